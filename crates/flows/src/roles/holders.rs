//! Which users have a role.

use std::collections::HashMap;

use vestibule_core::{Page, Value};
use vestibule_database::{Error, FromRow, values};
use vestibule_rbac::RoleId;
use vestibule_user::{User, UserId};

use crate::Flows;
use crate::users::user_columns;

/// The users who have a role, or one of them.
macro_rules! holders {
    ($columns:expr) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM rbac_assignments assignment
             JOIN rbac_roles role ON role.id = assignment.role_id AND role.deleted_at IS NULL
             JOIN users ON users.id = assignment.subject_id AND users.deleted_at IS NULL
             WHERE assignment.role_id = $1"
        )
    };
}

#[derive(FromRow)]
struct Holders {
    role_id: RoleId,
    count: u64,
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
        Ok(counts.into_iter().map(|holders| (holders.role_id, holders.count)).collect())
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
        let (tail, values, count) = self.holders(role, only, (skip, take)).await?;
        let users = self.database.query(format!("{}{tail}", holders!(user_columns!())), &values).await?;
        Ok((users, count))
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
        let (tail, values, count) = self.holders(role, only, (skip, take)).await?;
        let ids = self.database.query_scalars(format!("{}{tail}", holders!("users.id")), &values).await?;
        Ok((ids, count))
    }

    /// How a statement on the page of holders ends, its values, and how many holders there are in all.
    async fn holders(
        &self,
        role: &RoleId,
        only: Option<&[UserId]>,
        (skip, take): (u64, u64),
    ) -> Result<(String, Vec<Value>, u64), Error> {
        let mut values = values![role].to_vec();
        let mut place = |value: Value| {
            values.push(value);
            format!("${}", values.len())
        };
        let among = only.map_or_else(String::new, |only| {
            let places: Vec<String> = only.iter().map(|id| place((*id).into())).collect();
            // A list without any is not one in SQL: no user has no id.
            format!(" AND users.id IN ({})", if places.is_empty() { "NULL".to_owned() } else { places.join(", ") })
        });
        let (skip, take) = (i64::try_from(skip).unwrap_or(i64::MAX), i64::try_from(take).unwrap_or(i64::MAX));
        let count = self.database.query_scalar(format!("{}{among}", holders!("count(*)")), &values).await?;
        let (limit, offset) = (values.len() + 1, values.len() + 2);
        let tail = format!("{among} ORDER BY assignment.created_at, users.id LIMIT ${limit} OFFSET ${offset}");
        values.extend([take.into(), skip.into()]);
        Ok((tail, values, count))
    }
}
