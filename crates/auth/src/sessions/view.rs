//! A session as the API returns it.

use serde::Serialize;
use vestibule_core::Timestamp;

use super::{Session, SessionId, device};

/// A session of a user.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Session))]
pub struct SessionView {
    /// The id.
    pub id: SessionId,
    /// The actor type: `user`, ….
    pub actor_type: String,
    /// The provider.
    pub provider: String,
    /// The browser or program that used it last, in a few words: `Firefox on Linux`.
    pub device: String,
    /// The same as `User-Agent`.
    pub user_agent: Option<String>,
    /// The address that used it last.
    pub address: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, accurate to about a minute.
    pub last_used_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// When the second factor was verified.
    pub mfa_completed_at: Option<Timestamp>,
    /// Whether it is the session of this request.
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
