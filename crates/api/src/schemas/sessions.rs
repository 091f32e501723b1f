//! Sessions.

use utoipa::ToSchema;

/// Somebody's sign-in.
#[derive(ToSchema)]
pub(crate) struct Session {
    #[schema(example = "sess_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    #[schema(example = "user")]
    actor_type: String,
    #[schema(example = "emailpass")]
    provider: String,
    /// What it was last used by, in a few words.
    #[schema(example = "Firefox on Linux")]
    device: String,
    /// The same in the program's own words.
    user_agent: Option<String>,
    /// From which address it was last used.
    address: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// To the minute or so.
    #[schema(format = DateTime)]
    last_used_at: String,
    /// Until when it lasts at most.
    #[schema(format = DateTime)]
    expires_at: String,
    /// When the second factor was proved.
    #[schema(format = DateTime)]
    mfa_completed_at: Option<String>,
    /// Whether it is the session by which this is asked.
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
    /// How many there were.
    count: u64,
}
