//! The audit log.

use utoipa::{IntoParams, ToSchema};

/// What was done, by whom, to what, from where.
#[derive(ToSchema)]
pub(crate) struct AuditEntry {
    #[schema(example = "audit_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    #[schema(example = "user.locked")]
    action: String,
    /// `user`, `api_key`, `identity` (without a user), `operator` (of the program) or `nobody`.
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
    /// The `User-Agent` of the request.
    user_agent: Option<String>,
    /// The id of the request in the log.
    request_id: Option<String>,
    /// The values before the change; never a secret.
    before: Option<serde_json::Value>,
    /// The values after the change.
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
    /// How many match.
    count: u64,
    offset: u64,
    limit: u64,
}

/// Filters of entries. Each field can be compared in more ways: `action[]=…`, `action[$like]=user.%`, `created_at[$gte]=…`, and
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
    /// The id of the actor.
    #[param(required = false)]
    actor_id: String,
    /// `user`, `invite`, `role`, ….
    #[param(required = false)]
    target_type: String,
    /// The id of the target.
    #[param(required = false)]
    target_id: String,
    /// The client address.
    #[param(required = false)]
    address: String,
    /// The id of the request.
    #[param(required = false)]
    request_id: String,
    /// The time of the entry.
    #[param(required = false)]
    created_at: String,
}
