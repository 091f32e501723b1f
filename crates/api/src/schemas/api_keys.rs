//! API keys.

use utoipa::{IntoParams, ToSchema};

/// The key of a program, or a publishable one.
#[derive(ToSchema)]
pub(crate) struct ApiKey {
    #[schema(example = "apk_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    /// A secret key only in the response that creates it, otherwise empty; a publishable key always.
    token: String,
    #[schema(example = "sk_1a2***f0e")]
    redacted: String,
    title: String,
    /// `secret`, or `publishable`, which gives no access.
    #[schema(rename = "type", example = "secret")]
    kind: String,
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
    /// The user or the API key that created it.
    created_by: Option<String>,
    revoked_by: Option<String>,
    /// May be in the future: until then the key works.
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
    /// When it expires.
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
    /// Always empty.
    #[schema(max_items = 0)]
    sales_channels: Vec<String>,
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

/// The kind of keys.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct KindParameter {
    /// `secret` or `publishable`.
    #[param(required = false, rename = "type")]
    kind: String,
}
