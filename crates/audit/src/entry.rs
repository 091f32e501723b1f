//! What an entry tells.

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
pub struct Entry {
    /// The id. Entries of one process ascend in the order in which they were made.
    pub id: EntryId,
    /// What was done.
    pub action: Action,
    /// What kind of actor did it: `user`, `api_key`, `identity`, `operator` or `nobody`.
    pub actor_type: String,
    /// Who did it; none for the operator of the program and for somebody who was not known.
    pub actor_id: Option<String>,
    /// What kind of thing it was done to: `user`, `invite`, `role`, ….
    pub target_type: String,
    /// To which of them.
    pub target_id: String,
    /// The address from which it was asked for, where there was one.
    pub address: Option<String>,
    /// What the asking program called itself.
    pub user_agent: Option<String>,
    /// The request in which it was done, as the log names it.
    pub request_id: Option<String>,
    /// What an auditor would ask for, as it was before.
    pub before: Option<Json>,
    /// The same as it is since.
    pub after: Option<Json>,
    /// When.
    pub created_at: Timestamp,
}

pub(crate) const TABLE: Table = Table {
    name: "audit_entries",
    columns: "id, action, actor_type, actor_id, target_type, target_id, address, user_agent, request_id, before, after, created_at",
};
