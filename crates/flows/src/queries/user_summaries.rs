//! Users with their roles, their last use and whether they have a second factor.
//!
//! Reason: a page that filters by role and by second factor, and counts, cannot be built from the modules' lists
//! without reading all users.

use vestibule_core::{Page, Value};
use vestibule_database::{Database, Error, FromRow, Row, values};
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

/// The condition on users: `$1` a pattern, `$2` a role, `$3` a state; each may be empty.
macro_rules! wanted {
    () => {
        concat!(
            " FROM users
             WHERE users.deleted_at IS NULL
               AND ($1 = '' OR users.search_text LIKE $1 ESCAPE '\\')
               AND ($2 = '' OR EXISTS (SELECT 1 FROM rbac_assignments assignment
                                       JOIN rbac_roles role ON role.id = assignment.role_id AND role.deleted_at IS NULL
                                       WHERE assignment.subject_id = users.id AND assignment.role_id = $2))
               AND ($3 = '' OR ($3 = 'active' AND users.locked_at IS NULL)
                    OR ($3 = 'locked' AND users.locked_at IS NOT NULL) OR ($3 = 'without' AND NOT ",
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
            " LIMIT $4 OFFSET $5) users LEFT JOIN rbac_subjects subject ON subject.id = users.id ORDER BY ",
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

/// Lists a page of the users that match, and counts all matches.
pub(crate) async fn list_and_count(database: &Database, query: &UserQuery) -> Result<Page<UserSummary>, Error> {
    let wanted = wanted(query);
    let mut values = wanted.to_vec();
    values.extend_from_slice(values![i64::from(query.take), i64::from(query.skip)]);
    let users = database.query(query.order.text(), &values).await?;
    let count = database.query_scalar(concat!("SELECT count(*)", wanted!()), &wanted).await?;
    Ok((users, count))
}

/// Lists the users that match and follow one of them in the order of their ids.
pub(crate) async fn list_after(
    database: &Database,
    query: &UserQuery,
    after: Option<UserId>,
) -> Result<Vec<UserSummary>, Error> {
    let mut values = wanted(query).to_vec();
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    values.extend_from_slice(values![i64::from(query.take), 0_i64, after]);
    database.query(page!(" AND users.id > $6", "users.id"), &values).await
}

/// The values of `wanted!`.
fn wanted(query: &UserQuery) -> [Value; 3] {
    let pattern = query.search.as_deref().map(pattern).unwrap_or_default();
    let role = query.role.as_ref().map(ToString::to_string).unwrap_or_default();
    let state = match query.state {
        None => "",
        Some(UserState::Active) => "active",
        Some(UserState::Locked) => "locked",
        Some(UserState::WithoutSecondFactor) => "without",
    };
    [pattern.into(), role.into(), state.to_owned().into()]
}

/// The `LIKE` pattern that finds a text at any position.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.trim().to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
