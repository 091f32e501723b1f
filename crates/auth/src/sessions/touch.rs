//! The last use of a session: when, from where and by what.

use std::time::Duration;

use vestibule_core::Timestamp;
use vestibule_database::{Error, Transaction, transaction, values};

use super::{SessionId, is_on};
use crate::AuthModule;

/// The precision of the last use. Writing at each request would cost more than it is worth.
pub(crate) const EXACTNESS: Duration = Duration::from_secs(60);

impl AuthModule {
    /// Records the use of a session, if its last use known to the caller is more than a minute ago. A failure is only
    /// logged: it must not lock a user out. Where the database takes no writes, this returns after two seconds.
    pub async fn touch_session(
        &self,
        id: SessionId,
        last_used_at: Timestamp,
        address: Option<&str>,
        user_agent: Option<&str>,
    ) {
        if !self.is_touch_due(last_used_at) {
            return;
        }
        let (module, address, user_agent) = (self.clone(), address.map(str::to_owned), user_agent.map(str::to_owned));
        let write = async move {
            if let Err(error) = module.note_use(id, address.as_deref(), user_agent.as_deref()).await {
                tracing::warn!(session = %id, %error, "the use of a session could not be noted");
            }
        };
        self.uses.write(id, write).await;
    }

    /// Runs `work`, which writes the use of what has this id, and waits for it two seconds at most. Does nothing while a use of
    /// the same is being written, or too many others are.
    pub async fn write_use(&self, id: impl ToString, work: impl Future<Output = ()> + Send + 'static) {
        self.uses.write(id, work).await;
    }

    /// Whether to record a use when the last one was then.
    pub fn is_touch_due(&self, last_used_at: Timestamp) -> bool {
        self.environment.now().since(last_used_at) >= EXACTNESS
    }

    async fn note_use(&self, id: SessionId, address: Option<&str>, user_agent: Option<&str>) -> Result<(), Error> {
        transaction!(self.database, |transaction| self.note_use_within(transaction, id, address, user_agent).await)
    }

    /// Records the use of a session within a transaction. Of concurrent uses, one is written. One that comes too late does not
    /// revive a session unused for too long.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn note_use_within(
        &self,
        transaction: &mut Transaction,
        id: SessionId,
        address: Option<&str>,
        user_agent: Option<&str>,
    ) -> Result<(), Error> {
        let now = self.environment.now();
        let text = concat!(
            "UPDATE auth_sessions SET last_used_at = $2, address = $5, user_agent = $6
             WHERE id = $1 AND COALESCE(last_used_at, created_at) <= $4 AND ",
            is_on!("$2", "$3")
        );
        let values = values![id, now, self.idle_since(now), now - EXACTNESS, address, user_agent];
        transaction.execute_pipelined(text, values).await
    }

    /// A session that was last used then, or before, has ended.
    pub fn idle_since(&self, now: Timestamp) -> Timestamp {
        now - self.options.session_idle_lifetime
    }
}
