//! The users who have a role.
//!
//! Reason: assignments also name invites, API keys and deleted users, so a page and its count need both tables.

use std::collections::HashMap;

use vestibule_core::{Count, Counting, Cursor, CursorPage, FindConfig, MOST_COUNTED, Page, Timestamp, Value};
use vestibule_database::{Database, Error, FromRow, values};
use vestibule_rbac::{RbacModule, RoleId};
use vestibule_user::{User, UserId, user_columns};

use crate::{HolderField, USER};

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
pub(crate) async fn count_of_each(database: &Database, rbac: &RbacModule) -> Result<HashMap<RoleId, u64>, Error> {
    if let Some(counts) = rbac.find_counts_of_subjects(USER).await? {
        return Ok(counts);
    }
    let text = "SELECT assignment.role_id AS role_id, count(*) AS count FROM rbac_assignments assignment
                JOIN users ON users.id = assignment.subject_id AND users.deleted_at IS NULL
                GROUP BY assignment.role_id";
    let counts: Vec<Holders> = database.query(text, &[]).await?;
    Ok(counts.into_iter().map(|holders| (holders.role_id, holders.count)).collect())
}

/// Lists a page of the users who have a role, or of those among `only`, and counts them all.
pub(crate) async fn list_and_count(
    (database, rbac): (&Database, &RbacModule),
    role: &RoleId,
    only: Option<&[UserId]>,
    page: (u64, u64),
) -> Result<Page<User>, Error> {
    let (tail, values) = ending(role, only, page);
    let count = match kept(rbac, role, only).await? {
        Some(count) => count,
        None => {
            let (among, values) = among(role, only);
            database.query_scalar(format!("{}{among}", holders!("count(*)")), &values).await?
        }
    };
    let users = database.query(format!("{}{tail}", holders!(user_columns!())), &values).await?;
    Ok((users, count))
}

/// An id, with the time by which the list is sorted.
#[derive(FromRow)]
struct Place {
    id: String,
    assigned_at: Timestamp,
}

/// Lists the ids of a page of the users who have a role, or of those among `only`, with what leads to the pages beside it.
pub(crate) async fn list_page_of_ids(
    (database, rbac): (&Database, &RbacModule),
    role: &RoleId,
    only: Option<&[UserId]>,
    page: &FindConfig<HolderField>,
) -> Result<CursorPage<String>, Error> {
    let (among, values) = among(role, only);
    let mut bound = values.clone();
    let mut place = |value: Value| {
        bound.push(value);
        format!("${}", bound.len())
    };
    let (sign, direction) = if page.reading().is_backwards() { ("<", "DESC") } else { (">", "ASC") };
    let mut following = String::new();
    if let Some(cursor) = page.cursor() {
        let time = cursor.values().first().cloned().unwrap_or(Value::Null);
        let (time, id) = (place(time), place(cursor.id().into()));
        // By the columns of one table, so that its index is read from there on.
        following = format!(" AND (assignment.created_at, assignment.subject_id) {sign} ({time}, {id})");
    }
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let take = place(number(page.take.unwrap_or(u64::MAX)).saturating_add(1).into());
    let skip = place(number(page.skipped()).into());
    let text = format!(
        "{}{among}{following} ORDER BY assignment.created_at {direction}, assignment.subject_id {direction}
         LIMIT {take} OFFSET {skip}",
        holders!("users.id AS id, assignment.created_at AS assigned_at")
    );
    let found: Vec<Place> = database.query(text, &bound).await?;
    let place = |user: &Place| Cursor::new(vec![user.assigned_at.into()], user.id.clone());
    let found = CursorPage::cut(found, page.reading(), page.take, place);
    let kept = if page.counting == Counting::None { None } else { kept(rbac, role, only).await? };
    let count = match (page.counting, kept) {
        (Counting::None, _) => None,
        (_, Some(count)) => Some(Count::Exactly(count)),
        (Counting::Exact, None) => {
            let text = format!("{}{among}", holders!("count(*)"));
            Some(Count::Exactly(database.query_scalar(text, &values).await?))
        }
        (Counting::Estimated, None) => {
            let text = format!("SELECT count(*) FROM ({}{among} LIMIT {}) counted", holders!("1"), MOST_COUNTED + 1);
            Some(Count::up_to_most(database.query_scalar(text, &values).await?))
        }
    };
    Ok(found.with_count(count).map(|place| place.id))
}

/// The condition that a user is among these, and the values up to there.
fn among(role: &RoleId, only: Option<&[UserId]>) -> (String, Vec<Value>) {
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
    (among, values)
}

/// The count that is kept: of all users of the role.
async fn kept(rbac: &RbacModule, role: &RoleId, only: Option<&[UserId]>) -> Result<Option<u64>, Error> {
    if only.is_some() { Ok(None) } else { rbac.find_count_of_subjects(role, USER).await }
}

/// The end of the page's statement, and its values.
fn ending(role: &RoleId, only: Option<&[UserId]>, (skip, take): (u64, u64)) -> (String, Vec<Value>) {
    let (among, mut values) = among(role, only);
    let (skip, take) = (i64::try_from(skip).unwrap_or(i64::MAX), i64::try_from(take).unwrap_or(i64::MAX));
    let (limit, offset) = (values.len() + 1, values.len() + 2);
    let tail = format!("{among} ORDER BY assignment.created_at, assignment.subject_id LIMIT ${limit} OFFSET ${offset}");
    values.extend([take.into(), skip.into()]);
    (tail, values)
}
