//! Users with what an administrator wants to see of each at a glance, in one query a page.

use vestibule_core::{Page, Timestamp};
use vestibule_database::Error;
use vestibule_rbac::RoleId;
use vestibule_user::{User, UserId};

use crate::Flows;
use crate::queries::people;

/// Which users, in which order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PeopleQuery {
    /// A part of the name or the address, in any case.
    pub search: Option<String>,
    /// A role that they have themselves.
    pub role: Option<RoleId>,
    /// How they stand.
    pub state: Option<PeopleState>,
    /// In which order.
    pub order: PeopleOrder,
    /// How many are passed over.
    pub skip: u32,
    /// How many are wanted at most.
    pub take: u32,
}

/// How users stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeopleState {
    /// Not locked.
    Active,
    /// Kept out by an administrator.
    Locked,
    /// Without a second factor.
    WithoutSecondFactor,
}

/// The orders in which users can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PeopleOrder {
    /// Who was created last comes first.
    #[default]
    Newest,
    /// Who was created first comes first.
    Oldest,
    /// By first and last name.
    Name,
    /// By address.
    Email,
}

/// A user, without the metadata, and what an administrator wants to see at a glance.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Who.
    pub user: User,
    /// The roles that he has himself, in the order in which he got them.
    pub roles: Vec<RoleId>,
    /// When a session of his that is not over was last used, to the minute or so.
    pub last_seen_at: Option<Timestamp>,
    /// Whether he has a second factor.
    pub has_second_factor: bool,
}

impl Flows {
    /// A page of users with what an administrator wants to see of each, and how many there are in all.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_people(&self, query: &PeopleQuery) -> Result<Page<Person>, Error> {
        people::list_and_count(&self.database, query).await
    }

    /// The next users after one of them, in the order of their ids, that is of their creation: to go through any number of
    /// them, a few at a time. The order of `query` and what it skips do not count.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_people_after(&self, query: &PeopleQuery, after: Option<UserId>) -> Result<Vec<Person>, Error> {
        people::list_after(&self.database, query, after).await
    }
}
