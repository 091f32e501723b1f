//! The fields of an entry.

use serde::Serialize;
use serde_json::Value as Json;
use vestibule_core::Timestamp;
use vestibule_database::FromRow;
use vestibule_database::list::Table;

use crate::Action;

vestibule_core::id!(
    /// An entry of the audit log.
    EntryId,
    "audit"
);

vestibule_core::fields!(
    /// The fields of an [`Entry`].
    AuditField {
        Id: "id" as Text,
        Action: "action" as Text,
        ActorType: "actor_type" as Text,
        ActorId: "actor_id" as Text,
        TargetType: "target_type" as Text,
        TargetId: "target_id" as Text,
        Address: "address" as Text,
        UserAgent: "user_agent" as Text,
        RequestId: "request_id" as Text,
        Before: "before" as Json,
        After: "after" as Json,
        CreatedAt: "created_at" as Time,
    }
);

/// An entry of the audit log: who did what to whom, from where, when.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = AuditEntry))]
pub struct Entry {
    /// The id. Entries of one process ascend in the order in which they were created.
    pub id: EntryId,
    /// What was done.
    pub action: Action,
    /// `user`, `api_key`, `identity` (without a user), `operator` (of the program) or `nobody`.
    pub actor_type: String,
    /// The id of the actor; null for the operator of the program and for unauthenticated callers.
    pub actor_id: Option<String>,
    /// The kind of the target: `user`, `invite`, `role`, ….
    pub target_type: String,
    /// The id of the target.
    pub target_id: String,
    /// The client's address, if there was one.
    pub address: Option<String>,
    /// The `User-Agent` of the request.
    pub user_agent: Option<String>,
    /// The id of the request, as in the log.
    pub request_id: Option<String>,
    /// The values before the change; never a secret.
    pub before: Option<Json>,
    /// The values after the change.
    pub after: Option<Json>,
    /// When it was done.
    pub created_at: Timestamp,
}

pub(crate) const TABLE: Table = Table {
    name: "audit_entries",
    columns: "id, action, actor_type, actor_id, target_type, target_id, address, user_agent, request_id, before, after, created_at",
    searched: None,
};
