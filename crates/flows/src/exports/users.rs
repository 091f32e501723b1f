//! The users, with what a list of them shows.

use serde::Serialize;
use vestibule_core::{EmailAddress, Timestamp};
use vestibule_database::Error;
use vestibule_rbac::Role;
use vestibule_user::UserId;

use super::{Batches, Place};
use crate::{Flows, UserOrder, UserQuery, UserSummary};

/// A user, as exports have them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportedUser {
    /// The id.
    pub id: UserId,
    /// The address.
    pub email: EmailAddress,
    /// The given name.
    pub first_name: Option<String>,
    /// The family name.
    pub last_name: Option<String>,
    /// The names of the roles given directly, for readers who may read roles.
    pub roles: Vec<String>,
    /// Whether the user has a second factor.
    pub second_factor: bool,
    /// When an administrator locked the user.
    pub locked_at: Option<Timestamp>,
    /// When the user was last seen, to the minute or so.
    pub last_seen_at: Option<Timestamp>,
    /// When the user was created.
    pub created_at: Timestamp,
    /// The telephone number, as the user writes it.
    pub phone: Option<String>,
}

const COLUMNS: [&str; 10] = [
    "id",
    "email",
    "first_name",
    "last_name",
    "roles",
    "second_factor",
    "locked_at",
    "last_seen_at",
    "created_at",
    "phone",
];

/// The users of a query, in the order of their creation.
#[derive(Debug)]
pub struct UserExport {
    flows: Flows,
    query: UserQuery,
    roles: Vec<Role>,
    place: Place<UserOrder>,
}

impl UserExport {
    /// Exports these users, and of their roles those that are known here.
    pub fn new(flows: Flows, query: UserQuery, roles: Vec<Role>) -> Self {
        Self { flows, query, roles, place: Place::start(UserOrder::OLDEST_FIRST) }
    }

    fn row(&self, summary: UserSummary) -> ExportedUser {
        let UserSummary { user, roles, last_seen_at, has_second_factor } = summary;
        let named = roles.iter().filter_map(|id| self.roles.iter().find(|role| role.id == *id));
        ExportedUser {
            id: user.id,
            email: user.email,
            first_name: user.first_name,
            last_name: user.last_name,
            roles: named.map(|role| role.name.clone()).collect(),
            second_factor: has_second_factor,
            locked_at: user.locked_at,
            last_seen_at,
            created_at: user.created_at,
            phone: user.phone,
        }
    }
}

impl Batches for UserExport {
    type Row = ExportedUser;

    fn columns(&self) -> &[&'static str] {
        &COLUMNS
    }

    async fn next_batch(&mut self) -> Result<Vec<ExportedUser>, Error> {
        let Some(find) = self.place.next() else { return Ok(Vec::new()) };
        let page = self.flows.list_page_of_user_summaries(&self.query, &find).await?;
        let rows = self.place.pass(page);
        Ok(rows.into_iter().map(|summary| self.row(summary)).collect())
    }
}
