//! Which users have a role.

use std::collections::HashMap;

use vestibule_core::{CursorPage, Direction, Field, FindConfig, Page};
use vestibule_database::Error;
use vestibule_rbac::RoleId;
use vestibule_user::{User, UserField, UserId};

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

    /// Lists a page of the users who have the role, with what leads to the pages beside it, in the same order.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_page_of_users_of_role(
        &self,
        role: &RoleId,
        page: &FindConfig<HolderField>,
    ) -> Result<CursorPage<User>, Error> {
        let page = role_holders::list_page_of_ids((&self.database, &self.rbac), role, None, page).await?;
        let wanted = UserField::Id.is_in(page.rows.iter().map(String::as_str));
        let users = self.users.list_users(&wanted, &FindConfig::default()).await?;
        let mut users: HashMap<String, User> = users.into_iter().map(|user| (user.id.to_string(), user)).collect();
        // In the order of the page; without those that were deleted since it was read.
        Ok(page.filter_map(|id| users.remove(&id)))
    }

    /// Lists a page of their ids, with what leads to the pages beside it, in the same order: [`FIRST_ASSIGNED_FIRST`].
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
