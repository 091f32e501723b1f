//! The forms of answers, for the OpenAPI document alone. A test holds them against what is really answered.

#![expect(dead_code, reason = "their fields are read by the OpenAPI document")]

pub(crate) mod roles;
pub(crate) mod webhooks;

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

#[derive(ToSchema)]
pub(crate) struct FailedAttempts {
    failed_attempts: Attempts,
}

/// Where the tries to come in as somebody stand.
#[derive(ToSchema)]
pub(crate) struct Attempts {
    /// Tries that count at present.
    failed: u32,
    /// How many are evaluated before everybody has to wait; 0 for any number.
    most: u32,
    /// When they are forgotten.
    #[schema(format = DateTime)]
    forgotten_at: Option<String>,
    /// Whether the next one is refused.
    blocked: bool,
}

/// A program's key.
#[derive(ToSchema)]
pub(crate) struct ApiKey {
    #[schema(example = "apk_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    /// The secret, when the key is made; empty ever after.
    token: String,
    #[schema(example = "sk_1a2***f0e")]
    redacted: String,
    title: String,
    #[schema(rename = "type", example = "secret")]
    kind: String,
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
    /// The user, or the API key, that made it.
    created_by: Option<String>,
    revoked_by: Option<String>,
    /// May lie ahead: then it opens doors until then.
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
    /// From when on it opens nothing anyway.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    #[schema(format = DateTime)]
    deleted_at: Option<String>,
    /// The ids of its roles.
    roles: Vec<String>,
}

#[derive(ToSchema)]
pub(crate) struct OneApiKey {
    api_key: ApiKey,
}

#[derive(ToSchema)]
pub(crate) struct ApiKeys {
    api_keys: Vec<ApiKey>,
    count: u64,
    offset: u64,
    limit: u64,
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

/// A token or a place to go, as the provider wants it.
#[derive(ToSchema)]
pub(crate) struct SignedIn {
    /// For `Authorization: Bearer`.
    #[schema(required = false, nullable = false)]
    token: Option<String>,
    /// Whether the second factor is due: then the token opens the challenge, and nothing else.
    #[schema(required = false, nullable = false)]
    mfa_required: Option<bool>,
    /// What is to be answered by `/auth/mfa/challenges/{id}/verify`.
    #[schema(required = false, nullable = false)]
    mfa_challenge: Option<MfaChallenge>,
    /// Whether the address is to be verified first: until then the token is that of somebody without an account.
    #[schema(required = false, nullable = false)]
    verification_required: Option<bool>,
    /// The verification that was asked for last, where one is outstanding.
    #[schema(required = false, nullable = false)]
    verification: Option<Verification>,
    /// Where to send the person first; the callback goes on.
    #[schema(required = false, nullable = false)]
    location: Option<String>,
}

/// The question that a sign-in has to answer whose second factor is due.
#[derive(ToSchema)]
pub(crate) struct MfaChallenge {
    #[schema(example = "authmfachal_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    auth_identity_id: String,
    #[schema(example = "emailpass")]
    auth_provider: String,
    /// By what it can be answered.
    #[schema(example = json!(["totp", "recovery_code"]))]
    methods: Vec<String>,
    #[schema(format = DateTime)]
    expires_at: String,
    /// How many tries it has taken.
    attempts: i64,
    /// How many it takes at most.
    max_attempts: i64,
    #[schema(format = DateTime)]
    completed_at: Option<String>,
    metadata: Option<serde_json::Map<String, serde_json::Value>>,
}

/// A second factor, without its secret.
#[derive(ToSchema)]
pub(crate) struct MfaFactor {
    #[schema(example = "authmfa_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    /// By which identity it was started.
    auth_identity_id: String,
    auth_identity: IdentityReference,
    #[schema(example = "totp")]
    provider: String,
    status: MfaStatus,
    /// Its `label`, and whatever programs keep here.
    metadata: serde_json::Map<String, serde_json::Value>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    #[schema(format = DateTime)]
    deleted_at: Option<String>,
}

/// Where a second factor stands: shown, proved, or given up.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum MfaStatus {
    Pending,
    Enabled,
    Disabled,
}

#[derive(ToSchema)]
pub(crate) struct MfaFactors {
    mfa_factors: Vec<MfaFactor>,
}

#[derive(ToSchema)]
pub(crate) struct OneMfaFactor {
    mfa_factor: MfaFactor,
}

/// A factor that was started, and what is shown of it this once.
#[derive(ToSchema)]
pub(crate) struct StartedMfa {
    mfa_factor: MfaFactor,
    /// To be typed into an authenticator app.
    secret: String,
    /// The same for an authenticator app's camera.
    #[schema(example = "otpauth://totp/Medusa:phone?secret=…&issuer=Medusa")]
    otpauth_url: String,
}

#[derive(ToSchema)]
pub(crate) struct RecoveryCodes {
    /// Each is good for one sign-in.
    #[schema(example = json!(["4099-972d-9deb-57ea-a77a-7325-a6a8-04ef"]))]
    recovery_codes: Vec<String>,
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

/// What was done, by whom, to whom, from where.
#[derive(ToSchema)]
pub(crate) struct AuditEntry {
    #[schema(example = "audit_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    #[schema(example = "user.locked")]
    action: String,
    /// `user`, `api_key`, `identity` (somebody who is no user), `operator` (of the program) or `nobody`.
    #[schema(example = "user")]
    actor_type: String,
    #[schema(example = "user_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    actor_id: Option<String>,
    #[schema(example = "user")]
    target_type: String,
    #[schema(example = "user_01JDMX5R4Z9WQ0H3T2B7K8N6VD")]
    target_id: String,
    #[schema(example = "192.0.2.7")]
    address: Option<String>,
    /// What the asking program called itself.
    user_agent: Option<String>,
    /// The request, as the log names it.
    request_id: Option<String>,
    /// What an auditor would ask for, as it was before; never a secret.
    before: Option<serde_json::Value>,
    /// The same as it is since.
    after: Option<serde_json::Value>,
    #[schema(format = DateTime)]
    created_at: String,
}

#[derive(ToSchema)]
pub(crate) struct OneAuditEntry {
    audit_entry: AuditEntry,
}

#[derive(ToSchema)]
pub(crate) struct AuditEntries {
    audit_entries: Vec<AuditEntry>,
    /// How many there are on all pages.
    count: u64,
    offset: u64,
    limit: u64,
}

/// What is shown.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FieldsParameter {
    /// `id,email` shows these alone, `+metadata` adds, `-metadata` takes away.
    #[param(required = false)]
    fields: String,
}

/// Which entries. Each can be compared in more ways: `action[]=…`, `action[$like]=user.%`, `created_at[$gte]=…`, and
/// conditions joined by `$and[0][…]`, `$or[0][…]` and `$not[…]`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditParameters {
    /// What was done: `user.locked`, ….
    #[param(required = false)]
    action: String,
    /// `user`, `api_key`, `identity`, `operator` or `nobody`.
    #[param(required = false)]
    actor_type: String,
    /// Who did it.
    #[param(required = false)]
    actor_id: String,
    /// `user`, `invite`, `role`, ….
    #[param(required = false)]
    target_type: String,
    /// To whom.
    #[param(required = false)]
    target_id: String,
    /// From where.
    #[param(required = false)]
    address: String,
    /// In which request.
    #[param(required = false)]
    request_id: String,
    /// When.
    #[param(required = false)]
    created_at: String,
}

/// Which of the rows that match.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageParameters {
    /// How many rows at most.
    #[param(required = false, minimum = 0, example = 50)]
    limit: u64,
    /// How many rows are passed over.
    #[param(required = false, minimum = 0)]
    offset: u64,
    /// `created_at`, `-action`; several separated by commas.
    #[param(required = false)]
    order: String,
}

/// Which kinds of keys are meant.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct KindParameter {
    /// `secret`; or `publishable`, of which there are none.
    #[param(required = false, rename = "type")]
    kind: String,
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
