//! Listing roles by filter, or by a policy.

use vestibule_core::{Filter, FindConfig, Page};
use vestibule_database::{Connection, Error, list, values};

use super::{Role, RoleField, TABLE, columns};
use crate::{Permissions, PolicyId, RbacModule};

impl RbacModule {
    /// Lists the roles that match.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_rbac_roles(
        &self,
        filter: &Filter<RoleField>,
        find: &FindConfig<RoleField>,
    ) -> Result<Vec<Role>, Error> {
        list::list(&self.database, TABLE, filter, find).await
    }

    /// Lists the ids of the roles that match, and counts all matches regardless of `skip` and `take`.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_rbac_role_ids(
        &self,
        filter: &Filter<RoleField>,
        find: &FindConfig<RoleField>,
    ) -> Result<Page<String>, Error> {
        list::list_and_count_ids(&self.database, TABLE, filter, find).await
    }

    /// Lists the roles that match, and counts all matches regardless of `skip` and `take`.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_rbac_roles(
        &self,
        filter: &Filter<RoleField>,
        find: &FindConfig<RoleField>,
    ) -> Result<Page<Role>, Error> {
        list::list_and_count(&self.database, TABLE, filter, find).await
    }

    /// Lists the roles that match and allow nothing beyond `permissions`, so that their holder can give them.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_assignable_rbac_roles(
        &self,
        filter: &Filter<RoleField>,
        find: &FindConfig<RoleField>,
        permissions: &Permissions,
    ) -> Result<Page<Role>, Error> {
        let all = FindConfig { skip: 0, take: None, ..find.clone() };
        let roles = self.list_rbac_roles(filter, &all).await?;
        Ok(crate::page::page(roles.into_iter().filter(|role| permissions.covers(&role.grants)).collect(), find))
    }

    /// Lists the roles that have a policy directly, oldest first.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn roles_with_policy(
        &self,
        connection: impl Into<Connection<'_>>,
        policy: &PolicyId,
    ) -> Result<Vec<Role>, Error> {
        let text = concat!(
            "SELECT ",
            columns!(),
            " FROM rbac_roles WHERE id IN (SELECT role_id FROM rbac_role_policies WHERE policy_id = $1)
             AND deleted_at IS NULL ORDER BY created_at, id"
        );
        connection.into().query(text, values![policy]).await
    }
}
