//! Which users have a role.

use std::collections::HashMap;

use vestibule_core::{CursorPage, Direction, FindConfig, Page};
use vestibule_database::Error;
use vestibule_rbac::RoleId;
use vestibule_user::{User, UserId};

use crate::Flows;
use crate::queries::role_holders;

vestibule_core::fields!(
    /// The field by which the users of a role are listed.
    HolderField {
        /// When the user received the role.
        AssignedAt: "assigned_at" as Time,
    }
);

/// The order of the users of a role.
pub const FIRST_ASSIGNED_FIRST: [(HolderField, Direction); 1] = [(HolderField::AssignedAt, Direction::Ascending)];

impl Flows {
    /// Counts the users to whom each role is given directly; roles without users are not in the map.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn count_holders_of_roles(&self) -> Result<HashMap<RoleId, u64>, Error> {
        role_holders::count_of_each(&self.database, &self.rbac).await
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
        role_holders::list_and_count((&self.database, &self.rbac), role, only, (skip, take)).await
    }

    /// Lists a page of their ids, with what leads to the next page, in the same order: [`FIRST_ASSIGNED_FIRST`].
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_page_of_ids_of_users_of_role(
        &self,
        role: &RoleId,
        only: Option<&[UserId]>,
        page: &FindConfig<HolderField>,
    ) -> Result<CursorPage<String>, Error> {
        role_holders::list_page_of_ids((&self.database, &self.rbac), role, only, page).await
    }
}
