//! A session as it is shown to people.

use serde::Serialize;
use vestibule_core::Timestamp;

use super::{Session, SessionId, device};

/// A session as its owner, or whoever may look at it, sees it. Its id opens nothing: that takes a token or a cookie.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShownSession {
    /// The id.
    pub id: SessionId,
    /// As what somebody has signed in: `user`, ….
    pub actor_type: String,
    /// By which provider.
    pub provider: String,
    /// What it was last used by, in a few words: `Firefox on Linux`.
    pub device: String,
    /// The same in the program's own words.
    pub user_agent: Option<String>,
    /// From which address it was last used.
    pub address: Option<String>,
    /// Since when it is on.
    pub created_at: Timestamp,
    /// When it was last used, to the minute or so.
    pub last_used_at: Timestamp,
    /// Until when it lasts at most.
    pub expires_at: Timestamp,
    /// When the second factor was proved.
    pub mfa_completed_at: Option<Timestamp>,
    /// Whether it is the session by which this is asked.
    pub current: bool,
}

impl Session {
    /// The session as it is shown to whoever asks from session `asking`.
    pub fn shown(self, asking: Option<SessionId>) -> ShownSession {
        ShownSession {
            current: asking == Some(self.id),
            device: device::name(self.user_agent.as_deref()),
            id: self.id,
            actor_type: self.actor_type,
            provider: self.provider,
            user_agent: self.user_agent,
            address: self.address,
            created_at: self.created_at,
            last_used_at: self.last_used_at,
            expires_at: self.expires_at,
            mfa_completed_at: self.mfa_completed_at,
        }
    }
}
