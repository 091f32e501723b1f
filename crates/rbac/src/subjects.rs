//! The permissions of a subject from all its roles, in one row, so that a request finds them by one index.
//!
//! On PostgreSQL two transactions can each see half of what the other does. A change of a subject's roles first locks
//! its row, so that two changes of one subject wait for each other and the second sees both. A change of a role waits
//! for concurrent changes of assignments, and blocks new ones. The lock between the two is an advisory one: it is no
//! table lock, and other than share locks on a row, it queues, so that a steady stream of assignments cannot keep a
//! change of a role waiting (decision 19). The order of all locks is in docs/architecture.md. SQLite has one writer
//! anyway.

use vestibule_database::{Error, Sql, Transaction, values};

use crate::{RbacModule, RoleId};

/// Shared lock to change assignments. The number is "vestrole" in ASCII.
const SHARED: Sql = Sql::per_engine(
    "UPDATE rbac_turn SET taken = taken WHERE 1 = 0",
    "SELECT pg_advisory_xact_lock_shared(8531352013096578149)",
);

/// Exclusive lock to change what roles allow.
const EXCLUSIVE: Sql = Sql::per_engine(
    "UPDATE rbac_turn SET taken = taken WHERE 1 = 0",
    "SELECT pg_advisory_xact_lock(8531352013096578149)",
);

/// Updates the rows of some subjects.
macro_rules! gather {
    ($condition:literal) => {
        concat!(
            "UPDATE rbac_subjects SET (role_ids, grants, requires_mfa) = (
                 SELECT COALESCE(string_agg(role.id, ' ' ORDER BY assignment.created_at, role.id), ''),
                     COALESCE(string_agg(role.grants, ' ' ORDER BY assignment.created_at, role.id), ''),
                     count(*) FILTER (WHERE role.needs_mfa) > 0
                 FROM rbac_assignments assignment
                 JOIN rbac_roles role ON role.id = assignment.role_id AND role.deleted_at IS NULL
                 WHERE assignment.subject_id = rbac_subjects.id)
             WHERE ",
            $condition
        )
    };
}

impl RbacModule {
    /// Locks the row of a subject before its assignments are changed. Lock several subjects in the order of their ids.
    pub(crate) async fn hold_subject_within(
        &self,
        transaction: &mut Transaction,
        subject_id: &str,
    ) -> Result<(), Error> {
        transaction.execute(&SHARED, &[]).await?;
        let text = "INSERT INTO rbac_subjects (id, role_ids, grants, requires_mfa) VALUES ($1, '', '', $2)
                    ON CONFLICT (id) DO UPDATE SET id = excluded.id";
        transaction.execute(text, values![subject_id, false]).await.map(drop)
    }

    /// Updates the locked row of a subject after a role was given or taken.
    pub(crate) async fn gather_within(&self, transaction: &mut Transaction, subject_id: &str) -> Result<(), Error> {
        transaction.execute(gather!("id = $1"), values![subject_id]).await.map(drop)
    }

    /// Updates the rows of all subjects that have one of these roles, after the roles were changed. The caller holds
    /// the lock.
    pub(crate) async fn gather_holders_within(
        &self,
        transaction: &mut Transaction,
        roles: &[RoleId],
    ) -> Result<(), Error> {
        transaction.execute(&EXCLUSIVE, &[]).await?;
        let text = gather!("id IN (SELECT subject_id FROM rbac_assignments WHERE role_id = $1)");
        for role in roles {
            transaction.execute(text, values![role]).await?;
        }
        Ok(())
    }

    /// Gives a role to all of these subjects, within a transaction: those that existed before there were roles.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn assign_role_to_all_within(
        &self,
        transaction: &mut Transaction,
        role: &RoleId,
        subjects: &[String],
    ) -> Result<(), Error> {
        transaction.execute(&EXCLUSIVE, &[]).await?;
        for some in subjects.chunks(1_000) {
            let rows: Vec<String> = (3..3 + some.len()).map(|place| format!("(${place}, $1, $2)")).collect();
            let text = format!(
                "INSERT INTO rbac_assignments (subject_id, role_id, created_at) VALUES {} ON CONFLICT DO NOTHING",
                rows.join(", ")
            );
            let mut values = values![role, self.environment.now()].to_vec();
            values.extend(some.iter().map(|subject| subject.as_str().into()));
            transaction.execute(text, &values).await?;
        }
        let text = "INSERT INTO rbac_subjects (id, role_ids, grants, requires_mfa)
                    SELECT subject_id, '', '', $2 FROM rbac_assignments WHERE role_id = $1 ON CONFLICT DO NOTHING";
        transaction.execute(text, values![role, false]).await?;
        self.gather_holders_within(transaction, std::slice::from_ref(role)).await
    }
}
