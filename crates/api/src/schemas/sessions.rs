//! Sessions.

use utoipa::ToSchema;

/// A session of a user.
#[derive(ToSchema)]
pub(crate) struct Session {
    #[schema(example = "sess_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    #[schema(example = "user")]
    actor_type: String,
    #[schema(example = "emailpass")]
    provider: String,
    /// The browser or program that used it last, in a few words.
    #[schema(example = "Firefox on Linux")]
    device: String,
    /// The same as `User-Agent`.
    user_agent: Option<String>,
    /// The address that used it last.
    address: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// Accurate to about a minute.
    #[schema(format = DateTime)]
    last_used_at: String,
    /// When it ends at the latest.
    #[schema(format = DateTime)]
    expires_at: String,
    /// When the second factor was verified.
    #[schema(format = DateTime)]
    mfa_completed_at: Option<String>,
    /// Whether it is the session of this request.
    current: bool,
}

#[derive(ToSchema)]
pub(crate) struct Sessions {
    sessions: Vec<Session>,
    count: u64,
    offset: u64,
    limit: u64,
}

#[derive(ToSchema)]
pub(crate) struct EndedSessions {
    #[schema(example = "session")]
    object: String,
    #[schema(example = true)]
    deleted: bool,
    /// How many ended.
    count: u64,
}
