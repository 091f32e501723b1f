//! Finding one role by id.

use vestibule_core::DomainError;
use vestibule_database::{Connection, Error, values};

use super::{Role, columns};
use crate::{RbacModule, RoleId};

/// Why a role could not be found.
#[derive(Debug, thiserror::Error, DomainError)]
pub enum RetrieveRoleError {
    /// There is none, or none any more.
    #[error("Role with id: {id} not found")]
    #[kind(NotFound)]
    NotFound {
        /// What was asked for.
        id: String,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl RbacModule {
    /// Finds the role of this id that is not deleted.
    ///
    /// # Errors
    ///
    /// [`RetrieveRoleError`].
    pub async fn retrieve_rbac_role(&self, id: &RoleId) -> Result<Role, RetrieveRoleError> {
        let found = self.find_role_within(&self.database, id).await?;
        found.ok_or_else(|| RetrieveRoleError::NotFound { id: id.to_string() })
    }

    /// Finds a role, or none, within a transaction.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_role_within(
        &self,
        connection: impl Into<Connection<'_>>,
        id: &RoleId,
    ) -> Result<Option<Role>, Error> {
        let text = concat!("SELECT ", columns!(), " FROM rbac_roles WHERE id = $1 AND deleted_at IS NULL");
        connection.into().query_optional(text, values![id]).await
    }
}
