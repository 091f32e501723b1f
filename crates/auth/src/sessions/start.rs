//! Starting sessions, and refreshing them.

use std::time::Duration;

use vestibule_database::{Connection, Error, Transaction, transaction, values};

use super::{Session, SessionId, SessionToken, columns, is_on};
use crate::{AuthIdentity, AuthIdentityId, AuthModule, MfaFactorId, identities};

/// How long a user has to prove the second factor, in any number of challenges.
const HALF_SESSION: Duration = Duration::from_secs(60 * 60);

/// How many sessions an unclaimed registration has at most.
const MOST_UNCLAIMED: i64 = 5;

/// A session to be started.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StartSession<'a> {
    /// The authenticated identity.
    pub identity: &'a AuthIdentity,
    /// The actor type: `user`, ….
    pub actor_type: &'a str,
    /// The provider.
    pub provider: &'a str,
    /// The state of the second factor.
    pub second_factor: SecondFactor,
    /// The second factor that was proved, where it is known.
    pub mfa_factor_id: Option<MfaFactorId>,
    /// Whether an address is yet to be verified.
    pub awaits_verification: bool,
    /// The client's address.
    pub address: Option<&'a str>,
    /// The user agent.
    pub user_agent: Option<&'a str>,
}

/// The state of the second factor when a session begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SecondFactor {
    /// There is none.
    #[default]
    None,
    /// It is due: the session opens only the challenge, and lasts for an hour.
    Due,
    /// It was proved just now.
    Proved,
}

impl<'a> StartSession<'a> {
    /// A session without a second factor, and without a client.
    pub fn new(identity: &'a AuthIdentity, actor_type: &'a str, provider: &'a str) -> Self {
        Self {
            identity,
            actor_type,
            provider,
            second_factor: SecondFactor::None,
            mfa_factor_id: None,
            awaits_verification: false,
            address: None,
            user_agent: None,
        }
    }
}

impl AuthModule {
    /// Starts a session of an identity that a provider has just authenticated, and issues its first token. While the
    /// identity is unclaimed, its sessions last as long as it does.
    ///
    /// This does not ask for a second factor: [`AuthModule::has_mfa`] returns whether there is one.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database; [`Error::ForeignKey`] if the identity was deleted in the meantime.
    pub async fn start_session(
        &self,
        identity: &AuthIdentity,
        actor_type: &str,
        provider: &str,
    ) -> Result<SessionToken, Error> {
        let start = StartSession::new(identity, actor_type, provider);
        let session: Result<Session, Error> =
            transaction!(self.database, |transaction| self.start_session_within(transaction, &start).await);
        Ok(self.issue_token(&session?, identity))
    }

    /// Starts a session within a transaction. [`AuthModule::issue_token`] issues its token. A whole one records the
    /// device that it begins on, see [`AuthModule::note_device_within`], and when its sign-in method was used.
    ///
    /// # Errors
    ///
    /// As for [`AuthModule::start_session`].
    pub async fn start_session_within(
        &self,
        transaction: &mut Transaction,
        start: &StartSession<'_>,
    ) -> Result<Session, Error> {
        let now = self.environment.now();
        let awaits_mfa = start.second_factor == SecondFactor::Due;
        let longest = now + if awaits_mfa { HALF_SESSION } else { self.options.session_lifetime };
        let session = Session {
            id: self.environment.id(),
            auth_identity_id: start.identity.id,
            actor_type: start.actor_type.to_owned(),
            provider: start.provider.to_owned(),
            created_at: now,
            expires_at: start.identity.expires_at.map_or(longest, |registration| registration.min(longest)),
            last_used_at: now,
            proved_at: now,
            awaits_mfa,
            mfa_completed_at: (start.second_factor == SecondFactor::Proved).then_some(now),
            mfa_factor_id: start.mfa_factor_id,
            awaits_verification: start.awaits_verification,
            address: start.address.map(str::to_owned),
            user_agent: start.user_agent.map(str::to_owned),
        };
        let text = concat!(
            "INSERT INTO auth_sessions (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $5, $5, $7, $8, $9, $10, $11, $12)"
        );
        let values = values![
            session.id,
            session.auth_identity_id,
            start.actor_type,
            start.provider,
            now,
            session.expires_at,
            awaits_mfa,
            session.mfa_completed_at,
            session.mfa_factor_id,
            session.awaits_verification,
            &session.address,
            &session.user_agent,
        ];
        transaction.execute_pipelined(text, values).await?;
        // By a statement of its own: having written the row, it blocks concurrent claims of the identity, and sees
        // earlier ones.
        let text = "UPDATE auth_sessions SET actor_id = (
                        SELECT actor_id FROM auth_identity_actors WHERE auth_identity_id = $2 AND actor_type = $3)
                    WHERE id = $1";
        transaction.execute_pipelined(text, values![session.id, session.auth_identity_id, start.actor_type]).await?;
        if start.identity.expires_at.is_some() {
            self.cap_unclaimed_sessions_within(transaction, session.auth_identity_id).await?;
        }
        if !awaits_mfa {
            let (address, user_agent) = (start.address, start.user_agent);
            self.note_device_within(transaction, start.identity.id, start.actor_type, address, user_agent).await?;
            let text = "UPDATE provider_identities SET last_used_at = $3 WHERE auth_identity_id = $1 AND provider = $2";
            transaction.execute_pipelined(text, values![start.identity.id, start.provider, now]).await?;
        }
        Ok(session)
    }

    /// Ends the oldest sessions of an unclaimed registration if it has too many: a stranger who signs in again and
    /// again must not fill the database.
    async fn cap_unclaimed_sessions_within(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
    ) -> Result<(), Error> {
        let text = "DELETE FROM auth_sessions WHERE auth_identity_id = $1 AND actor_id IS NULL AND id NOT IN (
                        SELECT id FROM auth_sessions WHERE auth_identity_id = $1 AND actor_id IS NULL
                        ORDER BY created_at DESC, id DESC LIMIT $2)";
        transaction.execute_pipelined(text, values![identity, MOST_UNCLAIMED]).await
    }

    /// Finds a session that has not ended, and its identity.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_session(
        &self,
        connection: impl Into<Connection<'_>>,
        id: SessionId,
    ) -> Result<Option<(Session, AuthIdentity)>, Error> {
        let mut connection = connection.into();
        let now = self.environment.now();
        let text = concat!("SELECT ", columns!(), " FROM auth_sessions WHERE id = $1 AND ", is_on!("$2", "$3"));
        let values = values![id, now, self.idle_since(now)];
        let Some(session) = connection.query_optional::<Session>(text, values).await? else {
            return Ok(None);
        };
        let identity = identities::find(connection, session.auth_identity_id).await?;
        Ok(identity.map(|identity| (session, identity)))
    }

    /// Issues a new token of a session that has not ended, with the present data of its identity. This counts as a use.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database. `None` where the session is over.
    pub async fn refresh_session(&self, id: SessionId) -> Result<Option<SessionToken>, Error> {
        let found = self.find_session(&self.database, id).await?;
        if let Some((session, _)) = &found {
            let (address, user_agent) = (session.address.as_deref(), session.user_agent.as_deref());
            self.touch_session(id, session.last_used_at, address, user_agent).await;
        }
        Ok(found.map(|(session, identity)| self.issue_token(&session, &identity)))
    }
}
