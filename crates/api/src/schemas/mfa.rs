//! Second factors.

use utoipa::ToSchema;

use super::IdentityReference;

/// The challenge of a sign-in whose second factor is due.
#[derive(ToSchema)]
pub(crate) struct MfaChallenge {
    #[schema(example = "authmfachal_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    auth_identity_id: String,
    #[schema(example = "emailpass")]
    auth_provider: String,
    /// The methods that are accepted.
    #[schema(example = json!(["totp", "recovery_code"]))]
    methods: Vec<String>,
    /// What the browser needs to answer, by method. Absent where every method takes a code.
    #[schema(required = false)]
    ceremonies: Option<serde_json::Map<String, serde_json::Value>>,
    #[schema(format = DateTime)]
    expires_at: String,
    /// How many tries were made.
    attempts: i64,
    /// The most tries that are accepted.
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
    /// The identity that started it.
    auth_identity_id: String,
    auth_identity: IdentityReference,
    #[schema(example = "totp")]
    provider: String,
    /// Its owner's name for it.
    #[schema(example = "Phone")]
    name: String,
    status: MfaStatus,
    /// Its `label`, and the data of programs.
    metadata: serde_json::Map<String, serde_json::Value>,
    /// When it was last proved.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    #[schema(format = DateTime)]
    deleted_at: Option<String>,
}

/// The state of a second factor: started, verified, or removed.
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

/// A factor that was started, with its secret, which is returned only here.
#[derive(ToSchema)]
pub(crate) struct StartedMfa {
    mfa_factor: MfaFactor,
    /// To type into an authenticator app.
    secret: String,
    /// To show as a QR code to an authenticator app.
    #[schema(example = "otpauth://totp/Medusa:phone?secret=…&issuer=Medusa")]
    otpauth_url: String,
}

#[derive(ToSchema)]
pub(crate) struct RecoveryCodes {
    /// Each works for one sign-in.
    #[schema(example = json!(["4099-972d-9deb-57ea-a77a-7325-a6a8-04ef"]))]
    recovery_codes: Vec<String>,
}
