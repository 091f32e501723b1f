//! Users with their roles, last use and second factor, a page at a time.

use vestibule_core::{Count, Counting, CursorPage, Direction, Field, FieldKind, Filter, FindConfig, Timestamp, Value};
use vestibule_database::Error;
use vestibule_rbac::RoleId;
use vestibule_user::users::BY_NAME;
use vestibule_user::{User, UserField};

use crate::queries::user_summaries;
use crate::{Flows, USER};

/// Which users.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct UserQuery {
    /// The users themselves.
    pub filter: Filter<UserField>,
    /// A role given directly.
    pub role: Option<RoleId>,
    /// The state.
    pub state: Option<UserState>,
    /// Created at this time or later.
    pub joined_since: Option<Timestamp>,
    /// When they were last seen, as it is stored with the user.
    pub last_seen: Option<LastSeen>,
}

/// When users were last seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastSeen {
    /// At this time or later.
    Since(Timestamp),
    /// Not since this time: before it, or never, if they were created before it.
    NotSince(Timestamp),
    /// Never.
    Never,
}

/// The state of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserState {
    /// Not locked.
    Active,
    /// Locked by an administrator.
    Locked,
    /// Without a second factor.
    WithoutSecondFactor,
}

/// What users are sorted by. Each has an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UserOrder {
    /// The name as it is shown: first and last name, the one that there is, or the address.
    Name,
    /// A field of the user.
    Field(UserField),
}

impl Field for UserOrder {
    const ALL: &'static [Self] = &[
        Self::Name,
        Self::Field(UserField::Email),
        Self::Field(UserField::CreatedAt),
        Self::Field(UserField::LastSeenAt),
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Field(field) => field.name(),
        }
    }

    fn kind(self) -> FieldKind {
        match self {
            Self::Name => FieldKind::Text,
            Self::Field(field) => field.kind(),
        }
    }

    fn sort_key(self) -> String {
        match self {
            Self::Name => BY_NAME.to_owned(),
            Self::Field(field) => field.sort_key(),
        }
    }
}

impl UserOrder {
    /// By creation, newest first.
    pub const NEWEST_FIRST: (Self, Direction) = (Self::Field(UserField::CreatedAt), Direction::Descending);
    /// By creation, oldest first.
    pub const OLDEST_FIRST: (Self, Direction) = (Self::Field(UserField::CreatedAt), Direction::Ascending);
    /// By when they were last seen, the latest first; those who never were, by their creation.
    pub const LAST_SEEN_FIRST: (Self, Direction) = (Self::Field(UserField::LastSeenAt), Direction::Descending);
    /// By name.
    pub const BY_NAME: (Self, Direction) = (Self::Name, Direction::Ascending);
    /// By address.
    pub const BY_EMAIL: (Self, Direction) = (Self::Field(UserField::Email), Direction::Ascending);
}

/// A user, without the metadata, with the details of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct UserSummary {
    /// The user.
    pub user: User,
    /// The roles given directly, in the order in which the user received them.
    pub roles: Vec<RoleId>,
    /// When the user was last seen, to the minute or so, and never in the future.
    pub last_seen_at: Option<Timestamp>,
    /// Whether the user has a second factor.
    pub has_second_factor: bool,
}

impl Flows {
    /// Lists a page of users with their details, with what leads to the pages beside it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_page_of_user_summaries(
        &self,
        query: &UserQuery,
        find: &FindConfig<UserOrder>,
    ) -> Result<CursorPage<UserSummary>, Error> {
        let known =
            if find.counting == Counting::None { None } else { self.find_count_of_user_summaries(query).await? };
        let Some(count) = known else { return self.list_summaries(query, find).await };
        let uncounted = FindConfig { counting: Counting::None, ..find.clone() };
        Ok(self.list_summaries(query, &uncounted).await?.with_count(Some(Count::Exactly(count))))
    }

    async fn list_summaries(
        &self,
        query: &UserQuery,
        find: &FindConfig<UserOrder>,
    ) -> Result<CursorPage<UserSummary>, Error> {
        let now = self.environment.now();
        let page = user_summaries::list_page(&self.database, query, find).await?;
        // The clock of another process may be ahead, or this one was set back.
        let until_now = |seen: Option<Timestamp>| seen.map(|seen| seen.min(now));
        Ok(page.map(|summary| UserSummary { last_seen_at: until_now(summary.last_seen_at), ..summary }))
    }

    /// The count that is kept of these users, if one is.
    async fn find_count_of_user_summaries(&self, query: &UserQuery) -> Result<Option<u64>, Error> {
        let of_state = |locked: Filter<UserField>| query.filter.clone().and(locked);
        if query.joined_since.is_some() || query.last_seen.is_some() {
            return Ok(None);
        }
        let filter = match (&query.role, query.state) {
            (None, None) => query.filter.clone(),
            (None, Some(UserState::Active)) => of_state(UserField::LockedAt.eq(Value::Null)),
            (None, Some(UserState::Locked)) => of_state(!UserField::LockedAt.eq(Value::Null)),
            (Some(role), None) if query.filter == Filter::everything() => {
                return self.rbac.find_count_of_subjects(role, USER).await;
            }
            _ => return Ok(None),
        };
        self.users.find_count_of_users(&filter).await
    }

    /// Explains how the database finds the users of such a page: the lines of its plan, in its own words. For tests.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn explain_page_of_user_summaries(
        &self,
        query: &UserQuery,
        find: &FindConfig<UserOrder>,
    ) -> Result<Vec<String>, Error> {
        user_summaries::explain(&self.database, query, find).await
    }
}
