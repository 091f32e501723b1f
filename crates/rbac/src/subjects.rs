//! What somebody has from all his roles, in one row, so that a request finds it by one index.
//!
//! On PostgreSQL two transactions can each see half of what the other does. Whoever changes who has a role writes the
//! assignment first and the subject's row after, so that two who do it to one subject wait for each other at the row,
//! and the second sees both. Whoever changes a role waits until nobody is at the assignments.

use vestibule_database::{Error, Sql, Transaction, values};

use crate::{RbacModule, RoleId};

/// Waits for those who are giving or taking roles, and makes others wait. SQLite has one writer anyway, and does nothing.
const LOCK: Sql = Sql::per_engine(
    "UPDATE rbac_turn SET taken = taken WHERE 1 = 0",
    "LOCK TABLE rbac_assignments IN SHARE ROW EXCLUSIVE MODE",
);

/// Makes the rows of some subjects anew.
macro_rules! gather {
    ($condition:literal) => {
        concat!(
            "UPDATE rbac_subjects SET (role_ids, grants, requires_mfa) = (
                 SELECT COALESCE(string_agg(role.id, ' ' ORDER BY assignment.created_at, role.id), ''),
                     COALESCE(string_agg(role.grants, ' ' ORDER BY assignment.created_at, role.id), ''),
                     count(*) FILTER (WHERE role.requires_mfa) > 0
                 FROM rbac_assignments assignment
                 JOIN rbac_roles role ON role.id = assignment.role_id AND role.deleted_at IS NULL
                 WHERE assignment.subject_id = rbac_subjects.id)
             WHERE ",
            $condition
        )
    };
}

impl RbacModule {
    /// Makes a subject's row anew, after a role was given or taken.
    pub(crate) async fn gather_within(&self, transaction: &mut Transaction, subject_id: &str) -> Result<(), Error> {
        let text = "INSERT INTO rbac_subjects (id, role_ids, grants, requires_mfa) VALUES ($1, '', '', $2)
                    ON CONFLICT (id) DO UPDATE SET id = excluded.id";
        transaction.execute(text, values![subject_id, false]).await?;
        transaction.execute(gather!("id = $1"), values![subject_id]).await.map(drop)
    }

    /// Makes anew the rows of all who have one of these roles, after the roles were changed. Whoever calls this holds the
    /// turn.
    pub(crate) async fn gather_holders_within(
        &self,
        transaction: &mut Transaction,
        roles: &[RoleId],
    ) -> Result<(), Error> {
        transaction.execute(&LOCK, &[]).await?;
        let text = gather!("id IN (SELECT subject_id FROM rbac_assignments WHERE role_id = $1)");
        for role in roles {
            transaction.execute(text, values![role]).await?;
        }
        Ok(())
    }

    /// Gives a role to everybody whom a query names, within a transaction: `SELECT id … FROM …`. For those who were
    /// there before there were roles.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn assign_role_to_all_within(
        &self,
        transaction: &mut Transaction,
        role: &RoleId,
        subjects: &'static str,
    ) -> Result<(), Error> {
        let everybody = format!(
            "INSERT INTO rbac_assignments (subject_id, role_id, created_at)
             SELECT subject.id, $1, $2 FROM ({subjects}) subject WHERE 1 = 1 ON CONFLICT DO NOTHING"
        );
        transaction.execute(everybody, values![role, self.environment.now()]).await?;
        let text = "INSERT INTO rbac_subjects (id, role_ids, grants, requires_mfa)
                    SELECT subject_id, '', '', $2 FROM rbac_assignments WHERE role_id = $1 ON CONFLICT DO NOTHING";
        transaction.execute(text, values![role, false]).await?;
        self.gather_holders_within(transaction, std::slice::from_ref(role)).await
    }
}
