//! Sign-in, and the verification of an address.

use utoipa::ToSchema;

use super::MfaChallenge;

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

/// A session with a fresh proof of identity.
#[derive(ToSchema)]
pub(crate) struct ProvedSession {
    proof: SessionProof,
}

/// A proof of identity.
#[derive(ToSchema)]
pub(crate) struct SessionProof {
    /// Until when the proof counts as fresh.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// The new password.
#[derive(ToSchema)]
pub(crate) struct NewPassword {
    /// The address of the account; may be absent.
    #[schema(required = false, format = "email")]
    email: String,
    #[schema(format = Password, min_length = 8, max_length = 1024)]
    password: String,
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

/// A sign-in method.
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

/// The credentials of `emailpass`. Other providers require others.
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

/// A token, or the address to redirect to.
#[derive(ToSchema)]
pub(crate) struct SignedIn {
    /// For `Authorization: Bearer`.
    #[schema(required = false, nullable = false)]
    token: Option<String>,
    /// Whether the second factor is due: then the token is good for the challenge only.
    #[schema(required = false, nullable = false)]
    mfa_required: Option<bool>,
    /// The challenge for `/auth/mfa/challenges/{id}/verify`.
    #[schema(required = false, nullable = false)]
    mfa_challenge: Option<MfaChallenge>,
    /// Whether the address must be verified first: until then the token is that of a caller without an account.
    #[schema(required = false, nullable = false)]
    verification_required: Option<bool>,
    /// The latest verification requested, where one is pending.
    #[schema(required = false, nullable = false)]
    verification: Option<Verification>,
    /// Where to redirect the user; the callback continues the sign-in.
    #[schema(required = false, nullable = false)]
    location: Option<String>,
}

#[derive(ToSchema)]
pub(crate) struct SessionUser {
    user: SessionClaims,
}

/// The claims of a session's token.
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
    /// The id of the session.
    sid: String,
    purpose: String,
    iat: i64,
    exp: i64,
}
