//! Second factors.

use utoipa::ToSchema;

use super::IdentityReference;

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
