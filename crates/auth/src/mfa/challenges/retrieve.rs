//! Retrieving challenges.

use vestibule_core::DomainError;
use vestibule_database::{Connection, Error, values};

use super::{MfaChallenge, MfaChallengeId, challenge_columns};
use crate::AuthModule;

/// Why a challenge was not retrieved.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RetrieveChallengeError {
    /// There is none, or it has expired.
    #[error("MFA challenge with id \"{0}\" was not found")]
    #[kind(NotFound)]
    NotFound(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl AuthModule {
    /// Retrieves the challenge of this id until it expires, passed or not.
    ///
    /// # Errors
    ///
    /// [`RetrieveChallengeError`].
    pub async fn retrieve_auth_mfa_challenge(
        &self,
        id: MfaChallengeId,
    ) -> Result<MfaChallenge, RetrieveChallengeError> {
        let found = self.find_challenge(&self.database, id).await?;
        found.ok_or_else(|| RetrieveChallengeError::NotFound(id.to_string()))
    }

    pub(super) async fn find_challenge(
        &self,
        connection: impl Into<Connection<'_>>,
        id: MfaChallengeId,
    ) -> Result<Option<MfaChallenge>, Error> {
        let text =
            concat!("SELECT ", challenge_columns!(), " FROM auth_mfa_challenges WHERE id = $1 AND expires_at > $2");
        connection.into().query_optional(text, values![id, self.environment.now()]).await
    }
}
