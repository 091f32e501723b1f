//! The table of the audit log, for moving.

use vestibule_database::ColumnKind::{Json, Text, Time};
use vestibule_database::Dumped;

/// The entries.
pub const DUMPED: [Dumped; 1] = [Dumped {
    kind: "audit",
    table: "audit_entries",
    key: &["id"],
    columns: &[
        ("id", Text),
        ("action", Text),
        ("actor_type", Text),
        ("actor_id", Text),
        ("target_type", Text),
        ("target_id", Text),
        ("address", Text),
        ("user_agent", Text),
        ("request_id", Text),
        ("before", Json),
        ("after", Json),
        ("created_at", Time),
    ],
    secrets: &[],
    replaces: false,
}];
