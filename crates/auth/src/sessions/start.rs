//! Starting sessions, and making them go on.

use vestibule_database::{Error, transaction, values};

use super::{Session, SessionId, SessionToken, columns};
use crate::{AuthIdentity, AuthModule, identities};

impl AuthModule {
    /// Starts a session of an identity that a provider has just authenticated, and issues its first token. While nobody
    /// has claimed the identity, its sessions last as long as it does.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database; [`Error::ForeignKey`] where the identity went away meanwhile.
    pub async fn start_session(
        &self,
        identity: &AuthIdentity,
        actor_type: &str,
        provider: &str,
    ) -> Result<SessionToken, Error> {
        let now = self.environment.now();
        let longest = now + self.options.session_lifetime;
        let expires_at = identity.expires_at.map_or(longest, |registration| registration.min(longest));
        let session = Session {
            id: self.environment.id(),
            auth_identity_id: identity.id,
            actor_type: actor_type.to_owned(),
            provider: provider.to_owned(),
            created_at: now,
            expires_at,
        };
        let inserted: Result<(), Error> = transaction!(self.database, |transaction| {
            transaction
                .execute(
                    "INSERT INTO auth_sessions (id, auth_identity_id, actor_type, provider, created_at, expires_at)
                     VALUES ($1, $2, $3, $4, $5, $6)",
                    values![session.id, identity.id, actor_type, provider, now, expires_at],
                )
                .await
                .map(drop)
        });
        inserted?;
        Ok(self.issue_token(&session, identity))
    }

    /// Issues a new token of a session that is not over, with what is known of its identity now.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database. `None` where the session is over.
    pub async fn refresh_session(&self, id: SessionId) -> Result<Option<SessionToken>, Error> {
        let text = concat!("SELECT ", columns!(), " FROM auth_sessions WHERE id = $1 AND expires_at > $2");
        let session: Option<Session> = self.database.query_optional(text, values![id, self.environment.now()]).await?;
        let Some(session) = session else {
            return Ok(None);
        };
        let identity = identities::find(&self.database, session.auth_identity_id).await?;
        Ok(identity.map(|identity| self.issue_token(&session, &identity)))
    }
}
