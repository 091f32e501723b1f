//! Listing policies by filter, or by the permissions that cover them.

use vestibule_core::{Filter, FindConfig, Page};
use vestibule_database::{Connection, Error, list};

use super::{Policy, PolicyField, TABLE};
use crate::permissions::has_wildcard;
use crate::{Permissions, RbacModule};

impl RbacModule {
    /// Lists the policies that match.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_rbac_policies(
        &self,
        filter: &Filter<PolicyField>,
        find: &FindConfig<PolicyField>,
    ) -> Result<Vec<Policy>, Error> {
        list::list(&self.database, TABLE, filter, find).await
    }

    /// Lists the ids of the policies that match, and counts all matches regardless of `skip` and `take`.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_rbac_policy_ids(
        &self,
        filter: &Filter<PolicyField>,
        find: &FindConfig<PolicyField>,
    ) -> Result<Page<String>, Error> {
        list::list_and_count_ids(&self.database, TABLE, filter, find).await
    }

    /// Lists the policies that match, and counts all matches regardless of `skip` and `take`.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_rbac_policies(
        &self,
        filter: &Filter<PolicyField>,
        find: &FindConfig<PolicyField>,
    ) -> Result<Page<Policy>, Error> {
        list::list_and_count(&self.database, TABLE, filter, find).await
    }

    /// Lists the policies that match and that `permissions` cover, so that their holder can give them.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_assignable_rbac_policies(
        &self,
        filter: &Filter<PolicyField>,
        find: &FindConfig<PolicyField>,
        permissions: &Permissions,
    ) -> Result<Page<Policy>, Error> {
        let all = FindConfig { skip: 0, take: None, ..find.clone() };
        let policies = self.list_rbac_policies(filter, &all).await?;
        Ok(crate::page::page(policies.into_iter().filter(|policy| permissions.allows(&policy.key)).collect(), find))
    }

    /// Expands permissions: each wildcard becomes every existing policy that it covers. Sorted.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn spell_out(
        &self,
        connection: impl Into<Connection<'_>>,
        permissions: &Permissions,
    ) -> Result<Vec<String>, Error> {
        let (wild, mut keys): (Vec<_>, Vec<_>) =
            permissions.keys().into_iter().map(str::to_owned).partition(|key| has_wildcard(key));
        if !wild.is_empty() {
            let policies: Vec<Policy> =
                list::list(connection, TABLE, &Filter::<PolicyField>::everything(), &FindConfig::default()).await?;
            let covered = policies.into_iter().map(|policy| policy.key).filter(|key| permissions.allows(key));
            keys.extend(covered.filter(|key| !has_wildcard(key)));
        }
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }
}
