//! The users who have a role.
//!
//! Reason: assignments also name invites, API keys and deleted users, so a page and its count need both tables.

use std::collections::HashMap;

use vestibule_core::{Page, Value};
use vestibule_database::{Database, Error, FromRow, values};
use vestibule_rbac::RoleId;
use vestibule_user::{User, UserId, user_columns};

/// Selects the users who have a role, or one of several.
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

/// Counts the users of each role; roles without users are not in the map.
pub(crate) async fn count_of_each(database: &Database) -> Result<HashMap<RoleId, u64>, Error> {
    let text = "SELECT assignment.role_id AS role_id, count(*) AS count FROM rbac_assignments assignment
                JOIN users ON users.id = assignment.subject_id AND users.deleted_at IS NULL
                GROUP BY assignment.role_id";
    let counts: Vec<Holders> = database.query(text, &[]).await?;
    Ok(counts.into_iter().map(|holders| (holders.role_id, holders.count)).collect())
}

/// Lists a page of the users who have a role, or of those among `only`, and counts them all.
pub(crate) async fn list_and_count(
    database: &Database,
    role: &RoleId,
    only: Option<&[UserId]>,
    page: (u64, u64),
) -> Result<Page<User>, Error> {
    let (tail, values, count) = ending(database, role, only, page).await?;
    let users = database.query(format!("{}{tail}", holders!(user_columns!())), &values).await?;
    Ok((users, count))
}

/// The same for their ids.
pub(crate) async fn list_and_count_ids(
    database: &Database,
    role: &RoleId,
    only: Option<&[UserId]>,
    page: (u64, u64),
) -> Result<Page<String>, Error> {
    let (tail, values, count) = ending(database, role, only, page).await?;
    let ids = database.query_scalars(format!("{}{tail}", holders!("users.id")), &values).await?;
    Ok((ids, count))
}

/// The end of the page's statement, its values, and how many users there are in all.
async fn ending(
    database: &Database,
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
        // SQL has no empty list: no user has an empty id.
        format!(" AND users.id IN ({})", if places.is_empty() { "NULL".to_owned() } else { places.join(", ") })
    });
    let (skip, take) = (i64::try_from(skip).unwrap_or(i64::MAX), i64::try_from(take).unwrap_or(i64::MAX));
    let count = database.query_scalar(format!("{}{among}", holders!("count(*)")), &values).await?;
    let (limit, offset) = (values.len() + 1, values.len() + 2);
    let tail = format!("{among} ORDER BY assignment.created_at, users.id LIMIT ${limit} OFFSET ${offset}");
    values.extend([take.into(), skip.into()]);
    Ok((tail, values, count))
}
