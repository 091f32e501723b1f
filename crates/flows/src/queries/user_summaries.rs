//! Users with their roles, their last use and whether they have a second factor.
//!
//! Reason: a page that filters by role and by second factor, and counts, cannot be built from the modules' lists
//! without reading all users.

use vestibule_core::{MOST_COUNTED, Page, Value};
use vestibule_database::search::Plan;
use vestibule_database::{Database, Error, FromRow, Row, values};
use vestibule_user::users::SEARCHED;
use vestibule_user::{User, UserId, user_columns};

use crate::{UserOrder, UserQuery, UserState, UserSummary};

impl FromRow for UserSummary {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let user = User { metadata: None, ..User::from_row(row)? };
        let roles: Option<String> = row.get_optional("role_ids")?;
        let roles = roles.unwrap_or_default().split_ascii_whitespace().filter_map(|id| id.parse().ok()).collect();
        Ok(Self {
            user,
            roles,
            last_seen_at: row.get_optional("last_seen_at")?,
            has_second_factor: row.get("has_second_factor")?,
        })
    }
}

macro_rules! second_factor {
    () => {
        "EXISTS (SELECT 1 FROM auth_mfa_factors factor
                 JOIN auth_identity_actors actor ON actor.auth_identity_id = factor.auth_identity_id
                 WHERE actor.actor_type = 'user' AND actor.actor_id = users.id AND factor.status = 'enabled')"
    };
}

/// Every user who is not deleted: to this, a search is added.
macro_rules! not_deleted {
    () => {
        "users.deleted_at IS NULL"
    };
}

/// The condition on users: `$1` a role, `$2` a state; each may be empty.
macro_rules! wanted {
    () => {
        concat!(
            " FROM users WHERE ",
            not_deleted!(),
            "
               AND ($1 = '' OR EXISTS (SELECT 1 FROM rbac_assignments assignment
                                       JOIN rbac_roles role ON role.id = assignment.role_id AND role.deleted_at IS NULL
                                       WHERE assignment.subject_id = users.id AND assignment.role_id = $1))
               AND ($2 = '' OR ($2 = 'active' AND users.locked_at IS NULL)
                    OR ($2 = 'locked' AND users.locked_at IS NOT NULL) OR ($2 = 'without' AND NOT ",
            second_factor!(),
            "))"
        )
    };
}

/// Selects the page first, then the details of each row: otherwise they are computed for all users, to show fifty.
macro_rules! page {
    ($order:literal) => {
        page!("", $order)
    };
    ($more:literal, $order:literal) => {
        concat!(
            "SELECT ",
            user_columns!(),
            ",
                 subject.role_ids AS role_ids,
                 (SELECT max(COALESCE(last_used_at, session.created_at)) FROM auth_sessions session
                  WHERE session.actor_id = users.id AND session.actor_type = 'user') AS last_seen_at, ",
            second_factor!(),
            " AS has_second_factor
             FROM (SELECT users.*",
            wanted!(),
            $more,
            " ORDER BY ",
            $order,
            " LIMIT $3 OFFSET $4) users LEFT JOIN rbac_subjects subject ON subject.id = users.id ORDER BY ",
            $order
        )
    };
}

impl UserOrder {
    fn text(self) -> &'static str {
        match self {
            Self::Newest => page!("users.created_at DESC, users.id DESC"),
            Self::Oldest => page!("users.created_at, users.id"),
            Self::Name => page!(
                "lower(COALESCE(users.first_name, users.last_name, users.email)), lower(users.last_name), users.id"
            ),
            Self::Email => page!("users.email_canonical, users.id"),
        }
    }
}

/// Lists a page of the users that match, and counts all matches, unless their count is known.
pub(crate) async fn list_and_count(
    database: &Database,
    query: &UserQuery,
    known: Option<u64>,
) -> Result<Page<UserSummary>, Error> {
    let search = Search::of(database, query).await?;
    let wanted = wanted(query);
    let mut values = wanted.to_vec();
    values.extend_from_slice(values![i64::from(query.take), i64::from(query.skip)]);
    let users: Vec<UserSummary> = search.query(database, query.order.text(), values).await?;
    let read = u64::from(query.skip) + u64::try_from(users.len()).unwrap_or(u64::MAX);
    let count = match known {
        Some(count) => count,
        None => search.count(database, query, read).await?,
    };
    Ok((users, count))
}

/// Lists the users that match and follow one of them in the order of their ids.
pub(crate) async fn list_after(
    database: &Database,
    query: &UserQuery,
    after: Option<UserId>,
) -> Result<Vec<UserSummary>, Error> {
    let search = Search::of(database, query).await?;
    let mut values = wanted(query).to_vec();
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    values.extend_from_slice(values![i64::from(query.take), 0_i64, after]);
    search.query(database, page!(" AND users.id > $5", "users.id"), values).await
}

#[derive(FromRow)]
struct Count {
    number: u64,
}

/// Counts users.
macro_rules! count {
    () => {
        concat!("SELECT count(*) AS number", wanted!())
    };
}

/// The search of a query, if it has one.
struct Search<'a>(Option<(Plan, &'a str)>);

impl<'a> Search<'a> {
    async fn of(database: &Database, query: &'a UserQuery) -> Result<Self, Error> {
        let Some(text) = query.search.as_deref() else { return Ok(Self(None)) };
        Ok(Self(Some((Plan::of_text(database, SEARCHED, text).await?, text))))
    }

    /// Reads the rows of a statement that also match the search. With one, the statement is planned for its words each time,
    /// and reads as many rows as there are.
    async fn query<T: FromRow>(
        &self,
        database: &Database,
        text: &'static str,
        mut values: Vec<Value>,
    ) -> Result<Vec<T>, Error> {
        let Some((plan, words)) = &self.0 else { return database.query(text, &values).await };
        let condition = plan.condition(database.engine(), words, |value| {
            values.push(value);
            format!("${}", values.len())
        });
        let text = text.replacen(not_deleted!(), &format!("{} AND {condition}", not_deleted!()), 1);
        database.scan(text, &values).await
    }

    /// Counts the users that match; those of a search up to a limit, or up to those that were read.
    async fn count(&self, database: &Database, query: &UserQuery, read: u64) -> Result<u64, Error> {
        let mut values = wanted(query).to_vec();
        let Some((plan, words)) = &self.0 else { return database.query_scalar(count!(), &values).await };
        let mut bind = |value: Value| {
            values.push(value);
            format!("${}", values.len())
        };
        let is_search_alone = query.role.is_none() && query.state.is_none();
        let source = if is_search_alone { plan.source(database.engine(), words, &mut bind) } else { None };
        let condition = plan.condition(database.engine(), words, &mut bind);
        let limit = bind(i64::try_from(read.max(MOST_COUNTED) + 1).unwrap_or(i64::MAX).into());
        let text = wanted!()
            .replacen(" FROM users", &format!(" FROM {}", source.as_deref().unwrap_or("users")), 1)
            .replacen(not_deleted!(), &format!("{} AND {condition}", not_deleted!()), 1);
        let text = format!("SELECT count(*) AS number FROM (SELECT 1{text} LIMIT {limit}) AS found");
        let counts: Vec<Count> = database.scan(text, &values).await?;
        Ok(counts.first().map_or(0, |count| count.number))
    }
}

/// The values of `wanted!`.
fn wanted(query: &UserQuery) -> [Value; 2] {
    let role = query.role.as_ref().map(ToString::to_string).unwrap_or_default();
    let state = match query.state {
        None => "",
        Some(UserState::Active) => "active",
        Some(UserState::Locked) => "locked",
        Some(UserState::WithoutSecondFactor) => "without",
    };
    [role.into(), state.to_owned().into()]
}
