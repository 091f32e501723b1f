//! The tables of roles, policies and assignments, for moving.

use vestibule_database::ColumnKind::{Bool, Json, Text, Time};
use vestibule_database::{Dumped, Error, Transaction, values};

use crate::{RbacModule, RoleId};

/// Policies, roles and who has them, in the order in which they are written. What is built in is there already, and replaced.
pub const DUMPED: [Dumped; 5] = [
    Dumped {
        kind: "policy",
        table: "rbac_policies",
        key: &["id"],
        columns: &[
            ("id", Text),
            ("key", Text),
            ("resource", Text),
            ("operation", Text),
            ("name", Text),
            ("description", Text),
            ("metadata", Json),
            ("search_text", Text),
            ("created_at", Time),
            ("updated_at", Time),
            ("deleted_at", Time),
        ],
        secrets: &[],
        replaces: true,
    },
    Dumped {
        kind: "role",
        table: "rbac_roles",
        key: &["id"],
        columns: &[
            ("id", Text),
            ("name", Text),
            ("description", Text),
            ("metadata", Json),
            ("requires_mfa", Bool),
            ("needs_mfa", Bool),
            ("grants", Text),
            ("search_text", Text),
            ("created_at", Time),
            ("updated_at", Time),
            ("deleted_at", Time),
        ],
        secrets: &[],
        replaces: true,
    },
    Dumped {
        kind: "role_parent",
        table: "rbac_role_parents",
        key: &["role_id", "parent_id"],
        columns: &[("role_id", Text), ("parent_id", Text)],
        secrets: &[],
        replaces: true,
    },
    Dumped {
        kind: "role_policy",
        table: "rbac_role_policies",
        key: &["id"],
        columns: &[
            ("id", Text),
            ("role_id", Text),
            ("policy_id", Text),
            ("metadata", Json),
            ("created_at", Time),
            ("updated_at", Time),
        ],
        secrets: &[],
        replaces: true,
    },
    Dumped {
        kind: "assignment",
        table: "rbac_assignments",
        key: &["subject_id", "role_id"],
        columns: &[("subject_id", Text), ("role_id", Text), ("created_at", Time)],
        secrets: &[],
        replaces: false,
    },
];

impl RbacModule {
    /// Gives up the key of a built-in policy that has another id elsewhere, before the one of this key and id is written.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn make_way_for_policy_within(
        &self,
        transaction: &mut Transaction,
        key: &str,
        id: &str,
    ) -> Result<(), Error> {
        let text = "UPDATE rbac_policies SET key = key || ' ' || id WHERE key = $1 AND id <> $2 AND deleted_at IS NULL";
        transaction.execute(text, values![key, id]).await.map(drop)
    }

    /// Gives the roles of the policy that has made way the one that was written, and deletes it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn take_place_of_policy_within(
        &self,
        transaction: &mut Transaction,
        key: &str,
        id: &str,
    ) -> Result<(), Error> {
        let text = "UPDATE rbac_role_policies SET policy_id = $2
                    WHERE policy_id IN (SELECT id FROM rbac_policies WHERE key = $1 || ' ' || id AND id <> $2)";
        transaction.execute(text, values![key, id]).await?;
        let text = "DELETE FROM rbac_policies WHERE key = $1 || ' ' || id AND id <> $2";
        transaction.execute(text, values![key, id]).await.map(drop)
    }

    /// Removes what says under another id that a role has a policy, before the one of this id is written.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn make_way_for_role_policy_within(
        &self,
        transaction: &mut Transaction,
        (role, policy): (&str, &str),
        id: &str,
    ) -> Result<(), Error> {
        let text = "DELETE FROM rbac_role_policies WHERE role_id = $1 AND policy_id = $2 AND id <> $3";
        transaction.execute(text, values![role, policy, id]).await.map(drop)
    }

    /// Computes what subjects may do, after their assignments or what their roles allow were written.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn gather_moved_within(
        &self,
        transaction: &mut Transaction,
        subjects: &[String],
        roles: &[RoleId],
    ) -> Result<(), Error> {
        if !roles.is_empty() {
            self.gather_holders_within(transaction, roles).await?;
        }
        for subject in subjects {
            self.hold_subject_within(transaction, subject).await?;
            self.gather_within(transaction, subject).await?;
        }
        Ok(())
    }
}
