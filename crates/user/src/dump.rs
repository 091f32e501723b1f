//! The tables of users and invites, for moving.

use vestibule_database::ColumnKind::{Bool, Int, Json, Text, Time};
use vestibule_database::Dumped;

/// Users and invites, in the order in which they are written.
pub const DUMPED: [Dumped; 2] = [
    Dumped {
        kind: "user",
        table: "users",
        key: &["id"],
        columns: &[
            ("id", Text),
            ("email", Text),
            ("email_canonical", Text),
            ("first_name", Text),
            ("last_name", Text),
            ("avatar_url", Text),
            ("phone", Text),
            ("metadata", Json),
            ("locked_at", Time),
            ("locked_with", Text),
            ("has_second_factor", Bool),
            ("external_id", Text),
            ("display_name", Text),
            ("provisioned_by", Text),
            ("last_seen_at", Time),
            ("search_text", Text),
            ("created_at", Time),
            ("updated_at", Time),
            ("deleted_at", Time),
        ],
        secrets: &[],
        replaces: false,
    },
    Dumped {
        kind: "invite",
        table: "invites",
        key: &["id"],
        columns: &[
            ("id", Text),
            ("email", Text),
            ("email_canonical", Text),
            ("state", Text),
            ("nonce", Text),
            ("expires_at", Time),
            ("metadata", Json),
            ("user_id", Text),
            ("invited_by", Text),
            ("accepted_by", Text),
            ("accepted_at", Time),
            ("revoked_at", Time),
            ("replaced_by", Text),
            ("times_sent", Int),
            ("sent_at", Time),
            ("search_text", Text),
            ("created_at", Time),
            ("updated_at", Time),
            ("deleted_at", Time),
        ],
        secrets: &[],
        replaces: false,
    },
];
