//! Roles of subjects that an import has just created.

use std::collections::HashSet;

use vestibule_database::{Error, Transaction, values};

use crate::subjects::SHARED;
use crate::{RbacModule, RoleId};

impl RbacModule {
    /// Gives roles, all of which exist, to subjects that have none yet, within a transaction: a subject costs two statements, and
    /// no set of roles is computed twice.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database; [`Error::Unique`] if a subject has roles. The transaction must then be rolled back.
    pub async fn import_assignments_within(
        &self,
        transaction: &mut Transaction,
        subjects: &[(String, Vec<RoleId>)],
    ) -> Result<(), Error> {
        if subjects.is_empty() {
            return Ok(());
        }
        transaction.execute_pipelined(&SHARED, &[]).await?;
        let (mut sets, now) = (HashSet::new(), self.environment.now());
        for (subject, roles) in subjects {
            let mut ids: Vec<String> = roles.iter().map(ToString::to_string).collect();
            ids.sort();
            ids.dedup();
            if ids.is_empty() {
                continue;
            }
            let set = ids.join(" ");
            if sets.insert(set.clone()) {
                self.create_set_within(transaction, &set, &set).await?;
            }
            let text = "INSERT INTO rbac_subject_sets (subject_id, set_id) VALUES ($1, $2)";
            transaction.execute_pipelined(text, values![subject, set]).await?;
            for role in ids {
                let text = "INSERT INTO rbac_assignments (subject_id, role_id, created_at) VALUES ($1, $2, $3)";
                transaction.execute_pipelined(text, values![subject, role, now]).await?;
            }
        }
        Ok(())
    }

    /// Takes every role from subjects of an import that is undone.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn forget_imported_within(&self, transaction: &mut Transaction, ids: &[String]) -> Result<(), Error> {
        for id in ids {
            self.remove_subject_within(transaction, id).await?;
        }
        Ok(())
    }
}
