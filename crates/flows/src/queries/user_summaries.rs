//! Users with their roles, their last use and whether they have a second factor.
//!
//! Reason: a page that filters by role and by second factor cannot be built from the modules' lists without reading all users.

use std::collections::HashMap;

use vestibule_core::{CursorPage, FindConfig, MOST_COUNTED, Timestamp, Value};
use vestibule_database::list::{self, Conditions, Table};
use vestibule_database::{Database, Error, FromRow};
use vestibule_rbac::RoleId;
use vestibule_user::users::SEARCHED;
use vestibule_user::{User, UserField, UserId, user_columns};

use crate::{LastSeen, UserOrder, UserQuery, UserState, UserSummary};

const TABLE: Table = Table { name: "users", columns: user_columns!(), searched: Some(SEARCHED) };

macro_rules! second_factor {
    () => {
        "EXISTS (SELECT 1 FROM auth_mfa_factors factor
                 JOIN auth_identity_actors actor ON actor.auth_identity_id = factor.auth_identity_id
                 WHERE actor.actor_type = 'user' AND actor.actor_id = users.id AND factor.status = 'enabled')"
    };
}

/// Lists a page of the users that match.
pub(crate) async fn list_page(
    database: &Database,
    query: &UserQuery,
    find: &FindConfig<UserOrder>,
) -> Result<CursorPage<UserSummary>, Error> {
    let conditions = conditions(database, query, find).await?;
    let filter = query.filter.clone().map(UserOrder::Field);
    let page: CursorPage<User> = list::list_page_where(database, TABLE, &conditions, &filter, find).await?;
    let mut details = details(database, &page.rows).await?;
    Ok(page.map(|user| {
        let found = details.remove(&user.id).unwrap_or_default();
        UserSummary {
            roles: found.roles(),
            last_seen_at: user.last_seen_at.max(found.last_seen_at),
            user: User { metadata: None, ..user },
            has_second_factor: found.has_second_factor,
        }
    }))
}

/// Explains how the users of a page are found.
pub(crate) async fn explain(
    database: &Database,
    query: &UserQuery,
    find: &FindConfig<UserOrder>,
) -> Result<Vec<String>, Error> {
    let conditions = conditions(database, query, find).await?;
    list::explain_where(database, TABLE, &conditions, &query.filter.clone().map(UserOrder::Field), find).await
}

/// The conditions on users that need other tables. The users of a rare role, and a few locked ones, are found first and then sorted;
/// many are found soon enough by reading the list in its order.
async fn conditions(database: &Database, query: &UserQuery, find: &FindConfig<UserOrder>) -> Result<Conditions, Error> {
    let mut conditions = Conditions::new(database.engine());
    if let Some(role) = &query.role {
        let assigned = "SELECT 1 FROM rbac_assignments WHERE role_id = $2";
        let is_rare = are_few(database, assigned, Some(role.into())).await?;
        let role = conditions.bind(role);
        let holders = format!(
            "FROM rbac_assignments assignment
             JOIN rbac_roles role ON role.id = assignment.role_id AND role.deleted_at IS NULL
             WHERE assignment.role_id = {role}"
        );
        conditions.and(&match is_rare {
            true => format!("users.id IN (SELECT assignment.subject_id {holders})"),
            false => format!("EXISTS (SELECT 1 {holders} AND assignment.subject_id = users.id)"),
        });
    }
    match query.state {
        None => {}
        Some(UserState::Active) => conditions.and("users.locked_at IS NULL"),
        Some(UserState::Locked) => {
            restrict(database, &mut conditions, &BY_CREATION.of("locked_at IS NOT NULL"), find).await?
        }
        Some(UserState::WithoutSecondFactor) => {
            restrict(database, &mut conditions, &BY_CREATION.of("NOT has_second_factor"), find).await?;
        }
    }
    if let Some(since) = query.joined_since {
        let restriction = Restriction { value: Some(since.into()), ..BY_CREATION.of("created_at >= ") };
        restrict(database, &mut conditions, &restriction, find).await?;
    }
    let restriction = match query.last_seen {
        None => return Ok(conditions),
        Some(LastSeen::Never) => BY_CREATION.of("last_seen_at IS NULL"),
        // By the expression that has an index.
        Some(LastSeen::Since(since)) => {
            let seen = "last_seen_at IS NOT NULL AND coalesce(last_seen_at, created_at) >= ";
            Restriction { value: Some(since.into()), ..BY_LAST_SEEN.of(seen) }
        }
        Some(LastSeen::NotSince(since)) => {
            Restriction { value: Some(since.into()), ..BY_LAST_SEEN.of("coalesce(last_seen_at, created_at) < ") }
        }
    };
    restrict(database, &mut conditions, &restriction, find).await?;
    Ok(conditions)
}

/// A condition for which there is an index of the users in an order.
#[derive(Clone)]
struct Restriction {
    /// The condition; the placeholder of its value follows, if it has one.
    text: &'static str,
    value: Option<Value>,
    order: UserField,
}

const BY_CREATION: Restriction = Restriction { text: "", value: None, order: UserField::CreatedAt };
const BY_LAST_SEEN: Restriction = Restriction { text: "", value: None, order: UserField::LastSeenAt };

impl Restriction {
    fn of(self, text: &'static str) -> Self {
        Self { text, ..self }
    }

    /// Returns the users that it finds, with this placeholder of its value.
    fn found(&self, placeholder: &str) -> String {
        format!("FROM users WHERE {}{placeholder} AND deleted_at IS NULL", self.text)
    }
}

/// Adds a restriction. In another order than that of its index, a few users are found by it and sorted.
async fn restrict(
    database: &Database,
    conditions: &mut Conditions,
    restriction: &Restriction,
    find: &FindConfig<UserOrder>,
) -> Result<(), Error> {
    let bind = |conditions: &mut Conditions| restriction.value.clone().map(|value| conditions.bind(value));
    let placeholder = bind(conditions).unwrap_or_default();
    conditions.and(&format!("{}{placeholder}", restriction.text));
    let is_its_order = find.order.iter().all(|(order, _)| *order == UserOrder::Field(restriction.order));
    let counted = restriction.found(if restriction.value.is_some() { "$2" } else { "" });
    if !is_its_order && are_few(database, &format!("SELECT 1 {counted}"), restriction.value.clone()).await? {
        let placeholder = bind(conditions).unwrap_or_default();
        conditions.and(&format!("users.id IN (SELECT id {})", restriction.found(&placeholder)));
    }
    Ok(())
}

/// Whether a statement has fewer rows than a search is counted to: `$1` is that number.
async fn are_few(database: &Database, rows: &str, value: Option<Value>) -> Result<bool, Error> {
    let most = i64::try_from(MOST_COUNTED).unwrap_or(i64::MAX);
    let values: Vec<Value> = [most.into()].into_iter().chain(value).collect();
    let text = format!("SELECT count(*) FROM ({rows} LIMIT $1) AS found");
    Ok(database.query_scalar::<i64>(text, &values).await? < most)
}

/// What is shown of a user beside the user's fields.
#[derive(Default, FromRow)]
struct Details {
    role_ids: Option<String>,
    /// By the sessions that are left: of users who were last seen before that was stored with the user.
    last_seen_at: Option<Timestamp>,
    has_second_factor: bool,
}

#[derive(FromRow)]
struct OfUser {
    id: UserId,
    #[row(flatten)]
    details: Details,
}

impl Details {
    fn roles(&self) -> Vec<RoleId> {
        let ids = self.role_ids.as_deref().unwrap_or_default();
        ids.split_ascii_whitespace().filter_map(|id| id.parse().ok()).collect()
    }
}

/// Reads them for the users of a page alone, to whom the page was cut before.
async fn details(database: &Database, users: &[User]) -> Result<HashMap<UserId, Details>, Error> {
    if users.is_empty() {
        return Ok(HashMap::new());
    }
    let places: Vec<String> = (1..=users.len()).map(|number| format!("${number}")).collect();
    let text = format!(
        "SELECT users.id AS id, subject.role_ids AS role_ids,
             (SELECT max(COALESCE(last_used_at, session.created_at)) FROM auth_sessions session
              WHERE session.actor_id = users.id AND session.actor_type = 'user') AS last_seen_at,
             {} AS has_second_factor
         FROM users LEFT JOIN rbac_subjects subject ON subject.id = users.id WHERE users.id IN ({})",
        second_factor!(),
        places.join(", ")
    );
    let ids: Vec<Value> = users.iter().map(|user| user.id.into()).collect();
    let found: Vec<OfUser> = database.query(text, &ids).await?;
    Ok(found.into_iter().map(|found| (found.id, found.details)).collect())
}
