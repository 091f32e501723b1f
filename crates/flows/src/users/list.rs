//! Users with what an administrator wants to see of each at a glance, in one query a page.

use vestibule_core::{Page, Timestamp, Value};
use vestibule_database::{Error, FromRow, Row, values};
use vestibule_rbac::RoleId;
use vestibule_user::{User, UserId};

use crate::Flows;
use crate::users::user_columns;

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

impl FromRow for Person {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let user = User::from_row(row)?;
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

/// Those of the users that are meant: `$1` a pattern, `$2` a role, `$3` a state; each may be empty.
macro_rules! wanted {
    () => {
        concat!(
            " FROM users
             WHERE users.deleted_at IS NULL
               AND ($1 = '' OR users.search_text LIKE $1 ESCAPE '\\')
               AND ($2 = '' OR EXISTS (SELECT 1 FROM rbac_assignments assignment
                                       WHERE assignment.subject_id = users.id AND assignment.role_id = $2))
               AND ($3 = '' OR ($3 = 'active' AND users.locked_at IS NULL)
                    OR ($3 = 'locked' AND users.locked_at IS NOT NULL) OR ($3 = 'without' AND NOT ",
            second_factor!(),
            "))"
        )
    };
}

/// First those of the page, then what is seen of each: else it would be looked for of all, to show fifty.
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
             FROM (SELECT id, first_name, last_name, email, email_canonical, avatar_url, NULL AS metadata, locked_at, created_at,
                       updated_at, deleted_at",
            wanted!(),
            $more,
            " ORDER BY ",
            $order,
            " LIMIT $4 OFFSET $5) users LEFT JOIN rbac_subjects subject ON subject.id = users.id ORDER BY ",
            $order
        )
    };
}

impl PeopleOrder {
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

impl Flows {
    /// A page of users with what an administrator wants to see of each, and how many there are in all.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_people(&self, query: &PeopleQuery) -> Result<Page<Person>, Error> {
        let wanted = wanted(query);
        let mut values = wanted.to_vec();
        values.extend_from_slice(values![i64::from(query.take), i64::from(query.skip)]);
        let people = self.database.query(query.order.text(), &values).await?;
        let count = self.database.query_scalar(concat!("SELECT count(*)", wanted!()), &wanted).await?;
        Ok((people, count))
    }

    /// The next users after one of them, in the order of their ids, that is of their creation: to go through any number of
    /// them, a few at a time. The order of `query` and what it skips do not count.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_people_after(&self, query: &PeopleQuery, after: Option<UserId>) -> Result<Vec<Person>, Error> {
        let mut values = wanted(query).to_vec();
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        values.extend_from_slice(values![i64::from(query.take), 0_i64, after]);
        self.database.query(page!(" AND users.id > $6", "users.id"), &values).await
    }
}

/// The values of `wanted!`.
fn wanted(query: &PeopleQuery) -> [Value; 3] {
    let pattern = query.search.as_deref().map(pattern).unwrap_or_default();
    let role = query.role.as_ref().map(ToString::to_string).unwrap_or_default();
    let state = match query.state {
        None => "",
        Some(PeopleState::Active) => "active",
        Some(PeopleState::Locked) => "locked",
        Some(PeopleState::WithoutSecondFactor) => "without",
    };
    [pattern.into(), role.into(), state.to_owned().into()]
}

/// What `LIKE` finds a text by, wherever it stands.
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
