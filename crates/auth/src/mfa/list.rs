//! Finding factors.

use std::time::Duration;

use vestibule_core::{DomainError, ErrorKind};
use vestibule_database::{Connection, Error, values};

use super::{MfaFactor, MfaFactorId, factor_columns, same_actor};
use crate::{AuthIdentityId, AuthModule};

/// Why a factor could not be found.
#[derive(Debug, thiserror::Error)]
pub enum RetrieveMfaError {
    /// There is none, or it is somebody else's.
    #[error("MFA factor with id \"{0}\" was not found")]
    NotFound(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl DomainError for RetrieveMfaError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound(_) => ErrorKind::NotFound,
            Self::Database(error) => error.kind(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::NotFound(_) => None,
            Self::Database(error) => error.retry_after(),
        }
    }
}

impl AuthModule {
    /// The factors of whoever has this identity, in the order in which they were started, without their secrets.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_auth_mfas(&self, identity: AuthIdentityId) -> Result<Vec<MfaFactor>, Error> {
        let text = concat!(
            "SELECT ",
            factor_columns!(),
            " FROM auth_mfa_factors WHERE auth_identity_id IN (",
            same_actor!(),
            ") ORDER BY id"
        );
        self.database.query(text, values![identity]).await
    }

    /// The factors of an actor, in the order in which they were started.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_auth_mfas_of(
        &self,
        connection: impl Into<Connection<'_>>,
        actor_type: &str,
        actor_id: &str,
    ) -> Result<Vec<MfaFactor>, Error> {
        let text = concat!(
            "SELECT ",
            factor_columns!(),
            " FROM auth_mfa_factors WHERE auth_identity_id IN (
                SELECT auth_identity_id FROM auth_identity_actors WHERE actor_type = $1 AND actor_id = $2) ORDER BY id"
        );
        connection.into().query(text, values![actor_type, actor_id]).await
    }

    /// Finds the factor of this id.
    ///
    /// # Errors
    ///
    /// [`RetrieveMfaError`].
    pub async fn retrieve_auth_mfa(&self, id: MfaFactorId) -> Result<MfaFactor, RetrieveMfaError> {
        let text = concat!("SELECT ", factor_columns!(), " FROM auth_mfa_factors WHERE id = $1");
        let found = self.database.query_optional(text, values![id]).await?;
        found.ok_or_else(|| RetrieveMfaError::NotFound(id.to_string()))
    }

    /// Finds a factor where it belongs to whoever has this identity.
    pub(super) async fn find_factor(
        &self,
        connection: impl Into<Connection<'_>>,
        identity: AuthIdentityId,
        id: MfaFactorId,
    ) -> Result<Option<MfaFactor>, Error> {
        let text = concat!(
            "SELECT ",
            factor_columns!(),
            " FROM auth_mfa_factors WHERE id = $2 AND auth_identity_id IN (",
            same_actor!(),
            ")"
        );
        connection.into().query_optional(text, values![identity, id]).await
    }
}
