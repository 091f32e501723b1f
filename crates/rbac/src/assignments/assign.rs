//! Giving roles to a subject.

use vestibule_database::{Connection, Error, Transaction, transaction, values};

use super::{AssignRolesError, UnknownRoles};
use crate::{RbacModule, RoleId};

impl RbacModule {
    /// Gives a subject roles, all or none. Those that it already has are ignored.
    ///
    /// # Errors
    ///
    /// [`AssignRolesError`].
    pub async fn assign_roles(&self, subject_id: &str, roles: &[RoleId]) -> Result<(), AssignRolesError> {
        transaction!(self.database, |transaction| self.assign_roles_within(transaction, subject_id, roles).await)
    }

    /// Gives a subject roles, within a transaction. Does not check whether the caller may.
    ///
    /// # Errors
    ///
    /// [`AssignRolesError`]; the transaction must then be rolled back.
    pub async fn assign_roles_within(
        &self,
        transaction: &mut Transaction,
        subject_id: &str,
        roles: &[RoleId],
    ) -> Result<(), AssignRolesError> {
        if roles.is_empty() {
            return Ok(());
        }
        self.hold_subject_within(transaction, subject_id).await?;
        let mut given = 0;
        for role in roles {
            given += transaction
                .execute(
                    "INSERT INTO rbac_assignments (subject_id, role_id, created_at)
                     SELECT $1, id, $3 FROM rbac_roles WHERE id = $2 AND deleted_at IS NULL
                     ON CONFLICT DO NOTHING",
                    values![subject_id, role, self.environment.now()],
                )
                .await?;
        }
        // Fewer, where the subject has one of them already, or where there is no such role.
        if given < u64::try_from(roles.len()).unwrap_or(u64::MAX) {
            self.refuse_unknown_roles_within(&mut *transaction, roles).await?;
        }
        Ok(self.gather_within(transaction, subject_id).await?)
    }

    /// Gives the roles of one subject to another, within a transaction: an invite's roles to the user who accepts it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn move_assignments_within(
        &self,
        transaction: &mut Transaction,
        from: &str,
        to: &str,
    ) -> Result<(), Error> {
        for subject in [from.min(to), from.max(to)] {
            self.hold_subject_within(transaction, subject).await?;
        }
        transaction
            .execute_pipelined(
                "INSERT INTO rbac_assignments (subject_id, role_id, created_at)
                 SELECT $2, role_id, $3 FROM rbac_assignments WHERE subject_id = $1 ON CONFLICT DO NOTHING",
                values![from, to, self.environment.now()],
            )
            .await?;
        self.gather_within(transaction, to).await?;
        self.remove_subject_within(transaction, from).await
    }

    /// Refuses roles that do not exist.
    pub(crate) async fn refuse_unknown_roles_within(
        &self,
        connection: impl Into<Connection<'_>>,
        roles: &[RoleId],
    ) -> Result<(), AssignRolesError> {
        let (mut connection, mut unknown) = (connection.into(), Vec::new());
        for role in roles {
            if self.find_role_within(connection.again(), role).await?.is_none() {
                unknown.push(role.to_string());
            }
        }
        if unknown.is_empty() { Ok(()) } else { Err(UnknownRoles { ids: unknown }.into()) }
    }
}
