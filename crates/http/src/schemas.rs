//! The forms of answers, for the OpenAPI document alone. A test holds them against what is really answered.

#![expect(dead_code, reason = "their fields are read by the OpenAPI document")]

use utoipa::{IntoParams, ToSchema};

/// An address, and whether it was verified.
#[derive(ToSchema)]
pub(crate) struct Verification {
    #[schema(example = "authver_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    auth_identity_id: String,
    auth_identity: IdentityReference,
    entity_id: String,
    #[schema(example = "email")]
    entity_type: String,
    #[schema(example = "token")]
    code_provider: String,
    #[schema(format = DateTime)]
    verified_at: Option<String>,
    #[schema(format = DateTime)]
    requested_at: String,
    /// The SHA-256 of the newest code, as `token_hash`.
    provider_metadata: serde_json::Map<String, serde_json::Value>,
    metadata: serde_json::Map<String, serde_json::Value>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    #[schema(format = DateTime)]
    deleted_at: Option<String>,
}

/// An identity, by its id.
#[derive(ToSchema)]
pub(crate) struct IdentityReference {
    id: String,
}

/// An address, and whether it was verified.
#[derive(ToSchema)]
pub(crate) struct OneVerification {
    verification: Verification,
}

/// An address that was verified.
#[derive(ToSchema)]
pub(crate) struct ConfirmedVerification {
    entity_id: String,
    entity_type: String,
    code_provider: String,
    #[schema(format = DateTime)]
    verified_at: String,
}

/// The password to sign in with from now on.
#[derive(ToSchema)]
pub(crate) struct NewPassword {
    #[schema(format = Password, min_length = 8, max_length = 1024)]
    password: String,
}

/// Somebody who is in.
#[derive(ToSchema)]
pub(crate) struct User {
    #[schema(example = "user_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    first_name: Option<String>,
    last_name: Option<String>,
    #[schema(format = "email")]
    email: String,
    avatar_url: Option<String>,
    metadata: Option<serde_json::Map<String, serde_json::Value>>,
    /// Since when an administrator keeps the user out.
    #[schema(format = DateTime)]
    locked_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    #[schema(format = DateTime)]
    deleted_at: Option<String>,
}

/// An invite.
#[derive(ToSchema)]
pub(crate) struct Invite {
    #[schema(example = "invite_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    #[schema(format = "email")]
    email: String,
    accepted: bool,
    /// Accepts the invite, while it is pending.
    token: Option<String>,
    state: InviteState,
    #[schema(format = DateTime)]
    expires_at: String,
    metadata: Option<serde_json::Map<String, serde_json::Value>>,
    /// The user who was created beforehand and comes in by this invite.
    user_id: Option<String>,
    /// The user who invited.
    invited_by: Option<String>,
    /// The user who came of it.
    accepted_by: Option<String>,
    #[schema(format = DateTime)]
    accepted_at: Option<String>,
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
    /// The newer invite that took the place of this one after it had expired.
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
}

/// Where an invite stands.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum InviteState {
    Pending,
    Expired,
    Accepted,
    Revoked,
}

#[derive(ToSchema)]
pub(crate) struct OneUser {
    user: User,
}

#[derive(ToSchema)]
pub(crate) struct CreatedUser {
    user: User,
    /// Where one was asked for.
    invite: Option<Invite>,
}

#[derive(ToSchema)]
pub(crate) struct Users {
    users: Vec<User>,
    /// How many match in all.
    count: u64,
    offset: u64,
    limit: u64,
}

#[derive(ToSchema)]
pub(crate) struct OneInvite {
    invite: Invite,
}

#[derive(ToSchema)]
pub(crate) struct Invites {
    invites: Vec<Invite>,
    /// How many match in all.
    count: u64,
    offset: u64,
    limit: u64,
}

#[derive(ToSchema)]
pub(crate) struct AcceptedInvite {
    user: User,
    /// A token of the new user.
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

/// Who invites.
#[derive(ToSchema)]
pub(crate) struct Inviter {
    first_name: Option<String>,
    last_name: Option<String>,
    #[schema(format = "email")]
    email: String,
}

#[derive(ToSchema)]
pub(crate) struct Deleted {
    id: String,
    #[schema(example = "user")]
    object: String,
    #[schema(example = true)]
    deleted: bool,
}

#[derive(ToSchema)]
pub(crate) struct ProviderNames {
    #[schema(example = json!(["emailpass"]))]
    providers: Vec<String>,
}

#[derive(ToSchema)]
pub(crate) struct Providers {
    providers: Vec<Provider>,
}

/// A way to sign in.
#[derive(ToSchema)]
pub(crate) struct Provider {
    #[schema(example = "emailpass")]
    id: String,
    #[schema(example = "emailpass")]
    identifier: String,
    #[schema(example = "Email/Password Authentication")]
    display_name: String,
    /// `credentials` or `redirect`.
    #[schema(example = "credentials")]
    flow: String,
}

/// What `emailpass` asks for. Other providers ask for other things.
#[derive(ToSchema)]
pub(crate) struct Credentials {
    #[schema(format = "email")]
    email: String,
    #[schema(format = Password)]
    password: String,
}

#[derive(ToSchema)]
pub(crate) struct Token {
    /// For `Authorization: Bearer`.
    token: String,
}

/// Either of the two, as the provider wants it.
#[derive(ToSchema)]
pub(crate) struct SignedIn {
    /// For `Authorization: Bearer`.
    #[schema(required = false, nullable = false)]
    token: Option<String>,
    /// Where to send the person first; the callback goes on.
    #[schema(required = false, nullable = false)]
    location: Option<String>,
}

#[derive(ToSchema)]
pub(crate) struct SessionUser {
    user: SessionClaims,
}

/// What a session's token says.
#[derive(ToSchema)]
pub(crate) struct SessionClaims {
    /// Empty where the identity belongs to no actor of this type.
    actor_id: String,
    #[schema(example = "user")]
    actor_type: String,
    auth_identity_id: String,
    #[schema(example = "emailpass")]
    auth_provider: String,
    mfa_enabled: bool,
    #[schema(format = DateTime)]
    mfa_challenge_completed_at: Option<String>,
    app_metadata: serde_json::Map<String, serde_json::Value>,
    user_metadata: serde_json::Map<String, serde_json::Value>,
    /// The session.
    sid: String,
    purpose: String,
    iat: i64,
    exp: i64,
}

#[derive(ToSchema)]
pub(crate) struct Success {
    #[schema(example = true)]
    success: bool,
}

/// What went wrong.
#[derive(ToSchema)]
pub(crate) struct Error {
    /// The kind: `invalid_data`, `not_allowed`, `unauthorized`, `forbidden`, `not_found`, `conflict`,
    /// `duplicate_error`, `too_many_requests`, `unavailable` or `unknown_error`. Absent where nobody is signed in.
    #[schema(rename = "type", example = "invalid_data", required = false, nullable = false)]
    kind: Option<String>,
    /// Where programs have to tell errors of one kind apart: `invite_expired`, ….
    #[schema(required = false, nullable = false)]
    code: Option<String>,
    /// What happened, and what to do, for people.
    message: String,
}

/// Nobody is signed in.
#[derive(ToSchema)]
pub(crate) struct Unauthorized {
    #[schema(example = "Unauthorized")]
    message: String,
}

/// What is shown.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FieldsParameter {
    /// `id,email` shows these alone, `+metadata` adds, `-metadata` takes away.
    #[param(required = false)]
    fields: String,
}

/// Which states are meant.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StateParameter {
    /// `pending`, `expired`, `accepted`, `revoked` or `all`; several as `state[]=…`. Without it, pending and expired.
    #[param(required = false)]
    state: String,
}

/// Which rows of those that match, and what is shown of them. Beside these, every field of the answer can be compared:
/// `email=…`, `id[]=…`, `created_at[$gt]=…` with `$eq`, `$ne`, `$in`, `$nin`, `$gt`, `$gte`, `$lt`, `$lte`, `$like` and
/// `$ilike`, and conditions joined by `$and[0][…]`, `$or[0][…]` and `$not[…]`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListParameters {
    /// Words, each of which must be part of a text field, capitals aside.
    #[param(required = false)]
    q: String,
    /// How many rows at most.
    #[param(required = false, minimum = 0, example = 50)]
    limit: u64,
    /// How many rows are passed over.
    #[param(required = false, minimum = 0)]
    offset: u64,
    /// `email`, `-created_at`; several separated by commas.
    #[param(required = false)]
    order: String,
    /// `id,email` shows these alone, `+metadata` adds, `-metadata` takes away.
    #[param(required = false)]
    fields: String,
    /// Whether soft-deleted rows are found as well.
    #[param(required = false)]
    with_deleted: bool,
}
