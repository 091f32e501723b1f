//! The permissions of a subject from all its roles, so that a request finds them by two keys: the subject's set of roles,
//! and what the set allows. Few sets are in use, however many subjects have them, and a change of a role writes no more
//! than the sets that contain it.
//!
//! On PostgreSQL two transactions can each see half of what the other does. A change of a subject's roles first locks
//! its row, so that two changes of one subject wait for each other and the second sees both. A change of a role waits
//! for concurrent changes of assignments, and blocks new ones. The lock between the two is an advisory one: it is no
//! table lock, and other than share locks on a row, it queues, so that a steady stream of assignments cannot keep a
//! change of a role waiting (decision 19). The order of all locks is in docs/architecture.md. SQLite has one writer
//! anyway.

use sha2::{Digest, Sha256};
use vestibule_database::{Error, Sql, Transaction, values};

use crate::{RbacModule, RoleId};

/// Shared lock to change assignments. The number is "vestrole" in ASCII.
pub(crate) const SHARED: Sql = Sql::per_engine(
    "UPDATE rbac_turn SET taken = taken WHERE 1 = 0",
    "SELECT pg_advisory_xact_lock_shared(8531352013096578149)",
);

/// Exclusive lock to change what roles allow.
const EXCLUSIVE: Sql = Sql::per_engine(
    "UPDATE rbac_turn SET taken = taken WHERE 1 = 0",
    "SELECT pg_advisory_xact_lock(8531352013096578149)",
);

/// The longest id of a set that is its roles' ids, in bytes. PostgreSQL indexes 2 700 bytes.
const LONGEST_ID: usize = 1_000;

/// The ids of a subject's roles, in order.
macro_rules! roles {
    () => {
        "SELECT COALESCE(string_agg(role.id, ' ' ORDER BY role.id), '') FROM rbac_assignments assignment
         JOIN rbac_roles role ON role.id = assignment.role_id AND role.deleted_at IS NULL
         WHERE assignment.subject_id = $1"
    };
}

/// Updates what some sets allow.
macro_rules! gather {
    ($condition:literal) => {
        concat!(
            "UPDATE rbac_role_sets SET (role_ids, grants, requires_mfa) = (
                 SELECT COALESCE(string_agg(role.id, ' ' ORDER BY role.id), ''),
                     COALESCE(string_agg(role.grants, ' ' ORDER BY role.id), ''),
                     count(*) FILTER (WHERE role.needs_mfa) > 0
                 FROM rbac_role_set_roles held
                 JOIN rbac_roles role ON role.id = held.role_id AND role.deleted_at IS NULL
                 WHERE held.set_id = rbac_role_sets.id)
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
        transaction.execute_pipelined(&SHARED, &[]).await?;
        let text = "INSERT INTO rbac_subject_sets (subject_id, set_id) VALUES ($1, '')
                    ON CONFLICT (subject_id) DO UPDATE SET subject_id = excluded.subject_id";
        transaction.execute_pipelined(text, values![subject_id]).await
    }

    /// Gives a locked subject the set of its roles after one was given or taken.
    pub(crate) async fn gather_within(&self, transaction: &mut Transaction, subject_id: &str) -> Result<(), Error> {
        let text = concat!(
            "UPDATE rbac_subject_sets SET set_id = role_set.id FROM rbac_role_sets role_set
             WHERE subject_id = $1 AND role_set.id = (",
            roles!(),
            ")"
        );
        if transaction.execute(text, values![subject_id]).await? > 0 {
            return Ok(());
        }
        // The subject has no role any more, or is the first with this set, or has so many that their ids are no id.
        let roles: String = transaction.query_scalar(roles!(), values![subject_id]).await?;
        let set = set_id(&roles);
        let text = "UPDATE rbac_subject_sets SET set_id = $2
                    WHERE subject_id = $1 AND ($2 = '' OR EXISTS (SELECT 1 FROM rbac_role_sets WHERE id = $2))";
        if transaction.execute(text, values![subject_id, set.as_str()]).await? == 0 {
            self.create_set_within(transaction, &set, &roles).await?;
            transaction.execute_pipelined(text, values![subject_id, set]).await?;
        }
        Ok(())
    }

    /// Creates the set of these roles, unless another transaction does so at the same time.
    pub(crate) async fn create_set_within(
        &self,
        transaction: &mut Transaction,
        set: &str,
        roles: &str,
    ) -> Result<(), Error> {
        let text = "INSERT INTO rbac_role_sets (id, role_ids, grants, requires_mfa) VALUES ($1, '', '', $2)
                    ON CONFLICT DO NOTHING";
        if transaction.execute(text, values![set, false]).await? == 0 {
            return Ok(());
        }
        for role in roles.split_ascii_whitespace() {
            let text = "INSERT INTO rbac_role_set_roles (role_id, set_id) VALUES ($1, $2)";
            transaction.execute_pipelined(text, values![role, set]).await?;
        }
        transaction.execute_pipelined(gather!("id = $1"), values![set]).await
    }

    /// Updates the sets that contain one of these roles, after the roles were changed. The caller holds the lock.
    pub(crate) async fn gather_holders_within(
        &self,
        transaction: &mut Transaction,
        roles: &[RoleId],
    ) -> Result<(), Error> {
        transaction.execute_pipelined(&EXCLUSIVE, &[]).await?;
        let text = gather!("id IN (SELECT set_id FROM rbac_role_set_roles WHERE role_id = $1)");
        for role in roles {
            transaction.execute_pipelined(text, values![role]).await?;
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
        transaction.execute_pipelined(&EXCLUSIVE, &[]).await?;
        for some in subjects.chunks(1_000) {
            let rows: Vec<String> = (3..3 + some.len()).map(|place| format!("(${place}, $1, $2)")).collect();
            let text = format!(
                "INSERT INTO rbac_assignments (subject_id, role_id, created_at) VALUES {} ON CONFLICT DO NOTHING",
                rows.join(", ")
            );
            let mut values = values![role, self.environment.now()].to_vec();
            values.extend(some.iter().map(|subject| subject.as_str().into()));
            transaction.execute_pipelined(text, &values).await?;
        }
        let set = role.to_string();
        self.create_set_within(transaction, &set, &set).await?;
        let text = "INSERT INTO rbac_subject_sets (subject_id, set_id)
                    SELECT subject_id, $2 FROM rbac_assignments WHERE role_id = $1 ON CONFLICT DO NOTHING";
        transaction.execute_pipelined(text, values![role, set]).await?;
        // Those that have other roles, too.
        let text = "SELECT subject.subject_id FROM rbac_subject_sets subject
                    JOIN rbac_assignments assignment ON assignment.subject_id = subject.subject_id
                    WHERE assignment.role_id = $1 AND NOT EXISTS (
                        SELECT 1 FROM rbac_role_set_roles held
                        WHERE held.role_id = $1 AND held.set_id = subject.set_id)";
        for subject in transaction.query_scalars::<String>(text, values![role]).await? {
            self.gather_within(transaction, &subject).await?;
        }
        Ok(())
    }

    /// Counts the assignments of deleted roles, which the clean-up deletes.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn count_assignments_of_deleted_roles(&self) -> Result<u64, Error> {
        let text = "SELECT count(*) FROM rbac_roles role CROSS JOIN rbac_assignments assignment
                    WHERE role.deleted_at IS NOT NULL AND assignment.role_id = role.id";
        self.database.query_scalar(text, &[]).await
    }

    /// Deletes assignments of deleted roles, a portion in each transaction, and returns how many there were. Nothing
    /// depends on it: deleted roles are passed over wherever assignments are read.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database. What was deleted before stays deleted.
    pub async fn delete_assignments_of_deleted_roles(&self) -> Result<u64, Error> {
        // SQLite reads a cross join in this order, and so no assignments where no role is deleted.
        let text = "DELETE FROM rbac_assignments WHERE (subject_id, role_id) IN (
                        SELECT assignment.subject_id, assignment.role_id FROM rbac_roles role
                        CROSS JOIN rbac_assignments assignment
                        WHERE role.deleted_at IS NOT NULL AND assignment.role_id = role.id LIMIT $1)";
        self.database.execute_in_batches(text, &[]).await
    }
}

/// The id of the set of these roles, whose ids are sorted and separated by spaces.
fn set_id(roles: &str) -> String {
    match roles.len() <= LONGEST_ID {
        true => roles.to_owned(),
        false => Sha256::digest(roles).iter().fold("sha256:".to_owned(), |id, byte| format!("{id}{byte:02x}")),
    }
}
