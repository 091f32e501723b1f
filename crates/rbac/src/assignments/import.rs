//! Roles of subjects that an import has just created.

use std::collections::HashSet;

use vestibule_database::{Error, Transaction};

use crate::subjects::SHARED;
use crate::{RbacModule, RoleId};

impl RbacModule {
    /// Gives roles, all of which exist, to subjects that have none yet, within a transaction: no set of roles is
    /// computed twice.
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
        let (mut pointers, mut assignments) = (Vec::with_capacity(subjects.len()), Vec::with_capacity(subjects.len()));
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
            pointers.push([subject.into(), set.into()]);
            assignments.extend(ids.into_iter().map(|role| [subject.into(), role.into(), now.into()]));
        }
        transaction.insert_rows("INSERT INTO rbac_subject_sets (subject_id, set_id)", pointers).await?;
        let insert = "INSERT INTO rbac_assignments (subject_id, role_id, created_at)";
        transaction.insert_rows(insert, assignments).await?;
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
