//! Which users have a role.

use std::collections::HashMap;

use vestibule_core::Page;
use vestibule_database::{Error, FromRow, Row, values};
use vestibule_rbac::RoleId;
use vestibule_user::{User, UserId};

use crate::Flows;
use crate::users::user_columns;

/// The users who have a role, or one of them.
macro_rules! holders {
    ($columns:expr, $tail:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM rbac_assignments assignment
             JOIN rbac_roles role ON role.id = assignment.role_id AND role.deleted_at IS NULL
             JOIN users ON users.id = assignment.subject_id AND users.deleted_at IS NULL
             WHERE assignment.role_id = $1 AND ($2 = '' OR users.id = $2)",
            $tail
        )
    };
}

/// How many users have a role.
struct Holders(RoleId, i64);

impl FromRow for Holders {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self(row.get("role_id")?, row.get("count")?))
    }
}

impl Flows {
    /// How many users have each role themselves; roles that nobody has are not there.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn count_holders_of_roles(&self) -> Result<HashMap<RoleId, u64>, Error> {
        let text = "SELECT assignment.role_id AS role_id, count(*) AS count FROM rbac_assignments assignment
             JOIN users ON users.id = assignment.subject_id AND users.deleted_at IS NULL
             GROUP BY assignment.role_id";
        let counts: Vec<Holders> = self.database.query(text, &[]).await?;
        Ok(counts.into_iter().map(|Holders(role, count)| (role, u64::try_from(count).unwrap_or(0))).collect())
    }

    /// A page of the users who have a role themselves, in the order in which they got it, and how many there are in
    /// all. Only this one, where one is asked about.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_users_of_role(
        &self,
        role: &RoleId,
        only: Option<UserId>,
        skip: u64,
        take: u64,
    ) -> Result<Page<User>, Error> {
        let only = only.map(|id| id.to_string()).unwrap_or_default();
        let (skip, take) = (i64::try_from(skip).unwrap_or(i64::MAX), i64::try_from(take).unwrap_or(i64::MAX));
        let text = holders!(user_columns!(), " ORDER BY assignment.created_at, users.id LIMIT $3 OFFSET $4");
        let users = self.database.query(text, values![role, &only, take, skip]).await?;
        let count = self.count(holders!("count(*) AS count", ""), values![role, &only]).await?;
        Ok((users, count))
    }
}
