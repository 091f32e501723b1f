//! Which users have a role.

use std::collections::HashMap;

use vestibule_core::Page;
use vestibule_database::Error;
use vestibule_rbac::RoleId;
use vestibule_user::{User, UserId};

use crate::Flows;
use crate::queries::role_holders;

impl Flows {
    /// Counts the users to whom each role is given directly; roles without users are not in the map.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn count_holders_of_roles(&self) -> Result<HashMap<RoleId, u64>, Error> {
        role_holders::count_of_each(&self.database).await
    }

    /// Lists a page of the users to whom a role is given directly, in the order in which they received it, and counts
    /// them all. With `only`, those among them.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_users_of_role(
        &self,
        role: &RoleId,
        only: Option<&[UserId]>,
        skip: u64,
        take: u64,
    ) -> Result<Page<User>, Error> {
        role_holders::list_and_count(&self.database, role, only, (skip, take)).await
    }

    /// The same for their ids.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_ids_of_users_of_role(
        &self,
        role: &RoleId,
        only: Option<&[UserId]>,
        skip: u64,
        take: u64,
    ) -> Result<Page<String>, Error> {
        role_holders::list_and_count_ids(&self.database, role, only, (skip, take)).await
    }
}
