//! Which users have a role.

use std::collections::HashMap;

use vestibule_core::Page;
use vestibule_database::Error;
use vestibule_rbac::RoleId;
use vestibule_user::{User, UserId};

use crate::Flows;
use crate::queries::role_holders;

impl Flows {
    /// How many users have each role themselves; roles that nobody has are not there.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn count_holders_of_roles(&self) -> Result<HashMap<RoleId, u64>, Error> {
        role_holders::count_of_each(&self.database).await
    }

    /// A page of the users who have a role themselves, in the order in which they got it, and how many there are in
    /// all. With `only`, those among them.
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

    /// The same of their ids alone.
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
