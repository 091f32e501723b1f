//! Retrieving one role by id.

use vestibule_core::DomainError;
use vestibule_database::{Connection, Error, values};

use super::{Role, columns};
use crate::{RbacModule, RoleId};

/// Why a role was not retrieved.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RetrieveRoleError {
    /// There is none, or no longer.
    #[error("Role with id: {id} not found")]
    #[kind(NotFound)]
    NotFound {
        /// The id that was given.
        id: String,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl RbacModule {
    /// Retrieves the role of this id that is not deleted.
    ///
    /// # Errors
    ///
    /// [`RetrieveRoleError`].
    pub async fn retrieve_rbac_role(&self, id: &RoleId) -> Result<Role, RetrieveRoleError> {
        let found = self.find_role_within(&self.database, id).await?;
        found.ok_or_else(|| RetrieveRoleError::NotFound { id: id.to_string() })
    }

    /// Finds a role within a transaction.
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
