//! Asking for the second factor.

use vestibule_database::{Error, FromRow, Row, Transaction, transaction, values};

use super::{LIFETIME, MAX_ATTEMPTS, MfaChallenge, challenge_columns};
use crate::mfa::{RECOVERY_CODE, same_actor};
use crate::{AuthIdentityId, AuthModule, Session};

struct Method(String);

impl FromRow for Method {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self(row.get("method")?))
    }
}

impl AuthModule {
    /// Makes the challenge of a session that awaits the second factor.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database; [`Error::ForeignKey`] where the session is over.
    pub async fn create_auth_mfa_challenge(&self, session: &Session) -> Result<MfaChallenge, Error> {
        transaction!(self.database, |transaction| self.create_auth_mfa_challenge_within(transaction, session).await)
    }

    /// Makes a challenge within a transaction. It takes the place of an older one of the same session that nobody has
    /// answered (security.md 3).
    ///
    /// # Errors
    ///
    /// As for [`AuthModule::create_auth_mfa_challenge`].
    pub async fn create_auth_mfa_challenge_within(
        &self,
        transaction: &mut Transaction,
        session: &Session,
    ) -> Result<MfaChallenge, Error> {
        let text = "DELETE FROM auth_mfa_challenges WHERE session_id = $1 AND completed_at IS NULL";
        transaction.execute(text, values![session.id]).await?;
        let now = self.environment.now();
        let challenge = MfaChallenge {
            id: self.environment.id(),
            auth_identity_id: session.auth_identity_id,
            session_id: session.id,
            auth_provider: session.provider.clone(),
            methods: methods(transaction, session.auth_identity_id).await?,
            expires_at: now + LIFETIME,
            attempts: 0,
            max_attempts: i64::from(MAX_ATTEMPTS),
            completed_at: None,
            metadata: None,
        };
        let text = concat!(
            "INSERT INTO auth_mfa_challenges (",
            challenge_columns!(),
            ", created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, NULL, $9)"
        );
        let values = values![
            challenge.id,
            challenge.auth_identity_id,
            challenge.session_id,
            &challenge.auth_provider,
            challenge.methods.join(" "),
            challenge.expires_at,
            challenge.attempts,
            challenge.max_attempts,
            now,
        ];
        transaction.execute(text, values).await?;
        Ok(challenge)
    }
}

/// By what somebody can prove a second factor at present.
async fn methods(transaction: &mut Transaction, identity: AuthIdentityId) -> Result<Vec<String>, Error> {
    let text = concat!(
        "SELECT DISTINCT provider AS method FROM auth_mfa_factors
         WHERE status = 'enabled' AND auth_identity_id IN (",
        same_actor!(),
        ") ORDER BY 1"
    );
    let enabled: Vec<Method> = transaction.query(text, values![identity]).await?;
    let text =
        concat!("SELECT 1 AS one FROM auth_mfa_recovery_codes WHERE auth_identity_id IN (", same_actor!(), ") LIMIT 1");
    let has_codes = transaction.query_optional::<()>(text, values![identity]).await?.is_some();
    let codes = has_codes.then(|| Method(RECOVERY_CODE.to_owned()));
    Ok(enabled.into_iter().chain(codes).map(|method| method.0).collect())
}
