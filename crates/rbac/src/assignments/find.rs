//! Who has which roles, and what they allow.

use vestibule_database::{Connection, Error, values};

use super::{AssignRolesError, UnknownRoles};
use crate::roles::Role;
use crate::{Permissions, RbacModule, RoleId};

/// The columns of a role beside those of an assignment, as a literal for `concat!`.
macro_rules! role_columns {
    () => {
        "role.id AS id, role.name AS name, role.description AS description, role.metadata AS metadata,
         role.requires_mfa AS requires_mfa, role.needs_mfa AS needs_mfa, role.grants AS grants, role.created_at AS created_at,
         role.updated_at AS updated_at, role.deleted_at AS deleted_at"
    };
}
pub(super) use role_columns;

impl RbacModule {
    /// Lists the roles given directly to a subject, in the order in which they were given.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn roles_of(&self, connection: impl Into<Connection<'_>>, subject_id: &str) -> Result<Vec<Role>, Error> {
        let text = concat!(
            "SELECT ",
            role_columns!(),
            " FROM rbac_assignments JOIN rbac_roles role ON role.id = rbac_assignments.role_id
             WHERE rbac_assignments.subject_id = $1 AND role.deleted_at IS NULL
             ORDER BY rbac_assignments.created_at, role.id"
        );
        connection.into().query(text, values![subject_id]).await
    }

    /// Lists the ids of the roles given directly to a subject, in the order in which they were given.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn role_ids_of(
        &self,
        connection: impl Into<Connection<'_>>,
        subject_id: &str,
    ) -> Result<Vec<RoleId>, Error> {
        let text = "SELECT role.id FROM rbac_assignments
             JOIN rbac_roles role ON role.id = rbac_assignments.role_id
             WHERE rbac_assignments.subject_id = $1 AND role.deleted_at IS NULL
             ORDER BY rbac_assignments.created_at, role.id";
        connection.into().query_scalars(text, values![subject_id]).await
    }

    /// Lists the subjects of a kind, such as `user`, to which a role is given directly, in the order of their ids.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn subjects_of_role(
        &self,
        connection: impl Into<Connection<'_>>,
        role: &RoleId,
        (kind, most): (&str, u32),
    ) -> Result<Vec<String>, Error> {
        // The character after the underscore.
        let (from, until) = (format!("{kind}_"), format!("{kind}`"));
        let text = "SELECT subject_id FROM rbac_assignments WHERE role_id = $1 AND subject_id > $2 AND subject_id < $3
                    ORDER BY subject_id LIMIT $4";
        connection.into().query_scalars(text, values![role, from, until, most]).await
    }

    /// What a subject may do.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn permissions_of(
        &self,
        connection: impl Into<Connection<'_>>,
        subject_id: &str,
    ) -> Result<Permissions, Error> {
        let text = "SELECT role_set.grants FROM rbac_subject_sets subject
                    JOIN rbac_role_sets role_set ON role_set.id = subject.set_id WHERE subject.subject_id = $1";
        let grants: Option<String> = connection.into().query_scalar_optional(text, values![subject_id]).await?;
        let mut permissions = Permissions::default();
        grants.iter().for_each(|grants| permissions.add(grants));
        Ok(permissions)
    }

    /// Whether the roles of a subject require a second factor.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn requires_mfa(&self, connection: impl Into<Connection<'_>>, subject_id: &str) -> Result<bool, Error> {
        let text = "SELECT role_set.requires_mfa FROM rbac_subject_sets subject
                    JOIN rbac_role_sets role_set ON role_set.id = subject.set_id WHERE subject.subject_id = $1";
        Ok(connection.into().query_scalar_optional(text, values![subject_id]).await?.unwrap_or(false))
    }

    /// Whether one of these roles requires a second factor, or one of its ancestors does.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn do_roles_require_mfa(
        &self,
        connection: impl Into<Connection<'_>>,
        roles: &[RoleId],
    ) -> Result<bool, Error> {
        let mut connection = connection.into();
        let text = "SELECT needs_mfa FROM rbac_roles WHERE id = $1 AND deleted_at IS NULL";
        for role in roles {
            if connection.again().query_scalar_optional(text, values![role]).await?.unwrap_or(false) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What these roles allow together.
    ///
    /// # Errors
    ///
    /// [`AssignRolesError`], if one of them does not exist.
    pub async fn grants_of_roles(
        &self,
        connection: impl Into<Connection<'_>>,
        roles: &[RoleId],
    ) -> Result<Permissions, AssignRolesError> {
        let (mut connection, mut unknown) = (connection.into(), Vec::new());
        let mut permissions = Permissions::default();
        for role in roles {
            match self.find_role_within(connection.again(), role).await? {
                Some(role) => permissions.extend(&role.grants),
                None => unknown.push(role.to_string()),
            }
        }
        if unknown.is_empty() { Ok(permissions) } else { Err(UnknownRoles { ids: unknown }.into()) }
    }

    /// Lists the subjects to which a role is given directly, in the order in which they received it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn subjects(&self, connection: impl Into<Connection<'_>>, role: &RoleId) -> Result<Vec<String>, Error> {
        let text = "SELECT assignment.subject_id FROM rbac_assignments assignment
             JOIN rbac_roles role ON role.id = assignment.role_id
             WHERE assignment.role_id = $1 AND role.deleted_at IS NULL
             ORDER BY assignment.created_at, assignment.subject_id";
        connection.into().query_scalars(text, values![role]).await
    }
}
