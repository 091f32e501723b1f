//! When a session was last used, from where and by what.

use std::time::Duration;

use vestibule_core::Timestamp;
use vestibule_database::{Error, transaction, values};

use super::{SessionId, is_on};
use crate::AuthModule;

/// How exactly the last use is known. Writing at each request would cost more than it tells.
pub(crate) const EXACTNESS: Duration = Duration::from_secs(60);

impl AuthModule {
    /// Notes that a session is used, where its last use known to the caller is more than a minute ago. A failure is
    /// logged and nothing more: nobody must be kept out because a note could not be taken.
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
        if let Err(error) = self.note_use(id, address, user_agent).await {
            tracing::warn!(session = %id, %error, "the use of a session could not be noted");
        }
    }

    /// Whether a use is worth a note when the last one was then.
    pub fn is_touch_due(&self, last_used_at: Timestamp) -> bool {
        self.environment.now().since(last_used_at) >= EXACTNESS
    }

    /// Of any number of uses at once, one is written. One that comes too late does not wake what has rested too long.
    async fn note_use(&self, id: SessionId, address: Option<&str>, user_agent: Option<&str>) -> Result<(), Error> {
        let now = self.environment.now();
        transaction!(self.database, |transaction| {
            let text = concat!(
                "UPDATE auth_sessions SET last_used_at = $2, address = $5, user_agent = $6
                 WHERE id = $1 AND COALESCE(last_used_at, created_at) <= $4 AND ",
                is_on!("$2", "$3")
            );
            let values = values![id, now, self.idle_since(now), now - EXACTNESS, address, user_agent];
            transaction.execute(text, values).await.map(drop)
        })
    }

    /// A session that was last used then, or before, is over.
    pub fn idle_since(&self, now: Timestamp) -> Timestamp {
        now - self.options.session_idle_lifetime
    }
}
