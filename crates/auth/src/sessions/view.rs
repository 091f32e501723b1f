//! A session as the API returns it.

use serde::Serialize;
use vestibule_core::Timestamp;

use super::{Session, SessionId, device};

/// A session as its owner, or an administrator, sees it. Its id is no secret: access needs a token or a cookie.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SessionView {
    /// The id.
    pub id: SessionId,
    /// The actor type: `user`, ….
    pub actor_type: String,
    /// The provider.
    pub provider: String,
    /// A short name of the device: `Firefox on Linux`.
    pub device: String,
    /// The user agent.
    pub user_agent: Option<String>,
    /// The address of its last use.
    pub address: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute or so.
    pub last_used_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// When the second factor was proved.
    pub mfa_completed_at: Option<Timestamp>,
    /// Whether it is the caller's present session.
    pub current: bool,
}

impl Session {
    /// Converts the session for a caller in session `asking`.
    pub fn view(self, asking: Option<SessionId>) -> SessionView {
        SessionView {
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
