//! Users with their roles, last use and second factor, in one query per page.

use vestibule_core::{Field, Filter, Page, Timestamp, Value};
use vestibule_database::Error;
use vestibule_rbac::RoleId;
use vestibule_user::{User, UserField, UserId};

use crate::queries::user_summaries;
use crate::{Flows, USER};

/// Which users, in which order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct UserQuery {
    /// A part of the name or the address, case-insensitive.
    pub search: Option<String>,
    /// A role given directly.
    pub role: Option<RoleId>,
    /// The state.
    pub state: Option<UserState>,
    /// The order.
    pub order: UserOrder,
    /// How many to skip.
    pub skip: u32,
    /// How many to return at most.
    pub take: u32,
}

/// The state of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserState {
    /// Not locked.
    Active,
    /// Locked by an administrator.
    Locked,
    /// Without a second factor.
    WithoutSecondFactor,
}

/// The orders in which users can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserOrder {
    /// Newest first.
    #[default]
    Newest,
    /// Oldest first.
    Oldest,
    /// By first and last name.
    Name,
    /// By address.
    Email,
}

/// A user, without the metadata, with the details of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct UserSummary {
    /// The user.
    pub user: User,
    /// The roles given directly, in the order in which the user received them.
    pub roles: Vec<RoleId>,
    /// When a session that has not ended was last used, to the minute or so.
    pub last_seen_at: Option<Timestamp>,
    /// Whether the user has a second factor.
    pub has_second_factor: bool,
}

impl Flows {
    /// Lists a page of users with their details, and counts all matches.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_user_summaries(&self, query: &UserQuery) -> Result<Page<UserSummary>, Error> {
        let known = self.find_count_of_user_summaries(query).await?;
        user_summaries::list_and_count(&self.database, query, known).await
    }

    /// The count that is kept of these users, if one is.
    async fn find_count_of_user_summaries(&self, query: &UserQuery) -> Result<Option<u64>, Error> {
        match (&query.search, &query.role, query.state) {
            (None, None, None) => self.users.find_count_of_users(&Filter::everything()).await,
            (None, None, Some(UserState::Active)) => {
                self.users.find_count_of_users(&UserField::LockedAt.eq(Value::Null)).await
            }
            (None, None, Some(UserState::Locked)) => {
                self.users.find_count_of_users(&!UserField::LockedAt.eq(Value::Null)).await
            }
            (None, Some(role), None) => self.rbac.find_count_of_subjects(role, USER).await,
            _ => Ok(None),
        }
    }

    /// Lists the next users after one of them, in the order of their ids, that is of their creation: to iterate over
    /// any number, a few at a time. The order of `query` and its skip do not count.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_user_summaries_after(
        &self,
        query: &UserQuery,
        after: Option<UserId>,
    ) -> Result<Vec<UserSummary>, Error> {
        user_summaries::list_after(&self.database, query, after).await
    }
}
