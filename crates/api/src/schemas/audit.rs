//! The audit log.

use utoipa::{IntoParams, ToSchema};

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
