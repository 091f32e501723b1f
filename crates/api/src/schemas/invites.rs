//! Invites.

use utoipa::{IntoParams, ToSchema};

use super::User;
use super::roles::RelatedRole;

/// An invite.
#[derive(ToSchema)]
pub(crate) struct Invite {
    #[schema(example = "invite_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    #[schema(format = "email")]
    email: String,
    accepted: bool,
    /// Accepts the invite while it is pending. Null for callers who cannot grant every role of the invite.
    token: Option<String>,
    state: InviteState,
    #[schema(format = DateTime)]
    expires_at: String,
    metadata: Option<serde_json::Map<String, serde_json::Value>>,
    /// The user who was created in advance and signs in through this invite.
    user_id: Option<String>,
    /// The user who invited.
    invited_by: Option<String>,
    /// The user who accepted it.
    accepted_by: Option<String>,
    #[schema(format = DateTime)]
    accepted_at: Option<String>,
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
    /// The newer invite that replaced this one after it expired.
    replaced_by: Option<String>,
    times_sent: i64,
    #[schema(format = DateTime)]
    sent_at: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    #[schema(format = DateTime)]
    deleted_at: Option<String>,
    /// The roles that it grants; with `*rbac_roles` in `fields`, for callers who may read roles.
    #[schema(required = false, nullable = false)]
    rbac_roles: Option<Vec<RelatedRole>>,
}

/// The state of an invite.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum InviteState {
    Pending,
    Expired,
    Accepted,
    Revoked,
}

#[derive(ToSchema)]
pub(crate) struct OneInvite {
    invite: Invite,
}

#[derive(ToSchema)]
pub(crate) struct Invites {
    invites: Vec<Invite>,
    /// How many match.
    count: u64,
    offset: u64,
    limit: u64,
}

#[derive(ToSchema)]
pub(crate) struct AcceptedInvite {
    user: User,
    /// A token for the new user.
    token: String,
}

#[derive(ToSchema)]
pub(crate) struct InvitePreview {
    invite: Preview,
}

#[derive(ToSchema)]
pub(crate) struct Preview {
    #[schema(format = "email")]
    email: String,
    state: InviteState,
    #[schema(format = DateTime)]
    expires_at: String,
    invited_by: Option<Inviter>,
}

/// The user who invites.
#[derive(ToSchema)]
pub(crate) struct Inviter {
    first_name: Option<String>,
    last_name: Option<String>,
    #[schema(format = "email")]
    email: String,
}

/// The states of invites.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StateParameter {
    /// `pending`, `expired`, `accepted`, `revoked` or `all`; several as `state[]=…`. Without it, pending and expired.
    #[param(required = false)]
    state: String,
}
