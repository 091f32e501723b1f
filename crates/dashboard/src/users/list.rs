//! The list of users.

use std::time::Duration;

use askama::Template;
use vestibule_core::{Counting, Direction, Filter, FindConfig, Timestamp};
use vestibule_flows::{LastSeen, UserOrder, UserQuery, UserState, UserSummary};
use vestibule_rbac::{Role, RoleId};

use crate::failure::Failure;
use crate::form::Fields;
use crate::format;
use crate::layout::Frame;
use crate::paging::{Column, Pager, Paging, exported};
use crate::request::{Answer, PageRequest, SharedRequest};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The days of the filters by time.
const PERIODS: [u32; 3] = [7, 30, 90];

#[derive(Template)]
#[template(path = "users/list.html")]
struct ListPage {
    frame: Frame,
    users: Vec<UserSummary>,
    roles: Vec<Role>,
    search: String,
    role: String,
    state: String,
    joined: String,
    seen: String,
    sort: String,
    /// The headers that sort: the name, when the user was last seen, and when they joined.
    columns: [Column; 3],
    /// The roles that the caller can grant and remove.
    grantable: Vec<Role>,
    /// What selects all users that match, where there are more than on this page.
    all_matching: Option<String>,
    pager: Pager,
    /// The query of the list, for the export of the same users.
    query: String,
    is_filtered: bool,
}

impl ListPage {
    fn role_names(&self, person: &UserSummary) -> Vec<&str> {
        role_names(&self.roles, &person.roles)
    }

    fn name(&self, person: &UserSummary) -> String {
        format::name(&person.user)
    }

    fn has_name(&self, person: &UserSummary) -> bool {
        format::full_name(person.user.first_name.as_deref(), person.user.last_name.as_deref()).is_some()
    }

    fn initials(&self, person: &UserSummary) -> String {
        format::initials(&format::name(&person.user))
    }

    #[expect(clippy::unused_self, reason = "templates call methods of their page")]
    fn tint(&self, person: &UserSummary) -> &'static str {
        format::tint(&person.user.id.to_string())
    }

    /// Returns the choices of the filter by when users joined: value and name.
    fn joined_choices(&self) -> Vec<(String, String)> {
        PERIODS.map(|days| (days.to_string(), self.frame.t.joined_in(days.into()))).into()
    }

    /// Returns those of the filter by when they were last seen.
    fn seen_choices(&self) -> Vec<(String, String)> {
        let t = self.frame.t;
        let since = PERIODS.map(|days| (days.to_string(), t.seen_in(days.into())));
        let not_since = PERIODS.map(|days| (format!("-{days}"), t.not_seen_in(days.into())));
        since.into_iter().chain(not_since).chain([("never".to_owned(), t.never_seen.to_owned())]).collect()
    }

    fn is_self(&self, person: &UserSummary) -> bool {
        self.frame.user.as_ref().is_some_and(|user| user.id == person.user.id)
    }
}

/// Reads which users the query of a page requests.
pub(crate) fn read_query(request: &PageRequest) -> UserQuery {
    query_of(&request.query, request.now)
}

/// Reads which users a query requests.
pub(super) fn query_of(query: &Fields, now: Timestamp) -> UserQuery {
    let state = match query.get("state") {
        "active" => Some(UserState::Active),
        "locked" => Some(UserState::Locked),
        "without" => Some(UserState::WithoutSecondFactor),
        _ => None,
    };
    let filter = query.text("q").map_or_else(Filter::everything, Filter::Search);
    let days_ago = |text: &str| PERIODS.iter().find(|days| days.to_string() == text).map(|days| now - DAY * *days);
    let last_seen = match query.get("seen") {
        "never" => Some(LastSeen::Never),
        seen => match seen.strip_prefix('-') {
            Some(days) => days_ago(days).map(LastSeen::NotSince),
            None => days_ago(seen).map(LastSeen::Since),
        },
    };
    let joined_since = days_ago(query.get("joined"));
    UserQuery { filter, role: query.get("role").parse().ok(), state, joined_since, last_seen }
}

/// Reads the order that the query of a page requests.
fn read_order(request: &PageRequest) -> (UserOrder, Direction) {
    match request.query.get("sort") {
        "oldest" => UserOrder::OLDEST_FIRST,
        "seen" => UserOrder::LAST_SEEN_FIRST,
        "name" => UserOrder::BY_NAME,
        "-name" => (UserOrder::Name, Direction::Descending),
        "email" => UserOrder::BY_EMAIL,
        _ => UserOrder::NEWEST_FIRST,
    }
}

/// Returns the headers that sort: a second press reverses the order.
fn columns(request: &PageRequest) -> [Column; 3] {
    let (texts, list) = (request.texts(), request.query.without(&["after", "before", "page", "done"]));
    let column = |name, class, values: (&str, &str), orders: [(UserOrder, Direction); 2]| {
        let is_first = read_order(request) == orders[0];
        let is_sorted = match orders.into_iter().find(|order| *order == read_order(request)) {
            Some((_, Direction::Ascending)) => "ascending",
            Some((_, Direction::Descending)) => "descending",
            None => "",
        };
        Column { name, class, is_sorted, query: list.with("sort", if is_first { values.1 } else { values.0 }) }
    };
    let by_name = [UserOrder::BY_NAME, (UserOrder::Name, Direction::Descending)];
    [
        column(texts.person, "", ("name", "-name"), by_name),
        column(texts.last_seen, "w-s", ("seen", ""), [UserOrder::LAST_SEEN_FIRST, UserOrder::LAST_SEEN_FIRST]),
        column(texts.joined, "w-s p4", ("", "oldest"), [UserOrder::NEWEST_FIRST, UserOrder::OLDEST_FIRST]),
    ]
}

/// Returns all roles, by name, for callers who may read them.
pub(crate) async fn roles(request: &PageRequest) -> Result<Vec<Role>, Failure> {
    if !request.permissions().allows("rbac_role:read") {
        return Ok(Vec::new());
    }
    let find = FindConfig::default().page(0, 500);
    let mut roles = request.flows().rbac().list_rbac_roles(&Filter::everything(), &find).await?;
    roles.sort_by_key(|role| role.name.to_lowercase());
    Ok(roles)
}

/// Returns the names of these roles.
pub(crate) fn role_names<'a>(roles: &'a [Role], ids: &[RoleId]) -> Vec<&'a str> {
    ids.iter().filter_map(|id| roles.iter().find(|role| role.id == *id)).map(|role| role.name.as_str()).collect()
}

pub(crate) async fn list(request: SharedRequest) -> Answer {
    let paging = Paging::read(&request, read_order(&request));
    let query = read_query(&request);
    let is_search = request.query.text("q").is_some();
    // What is not kept is counted up to a limit.
    let is_of_period = query.joined_since.is_some() || query.last_seen.is_some();
    let is_counted = !is_search && !is_of_period && query.state != Some(UserState::WithoutSecondFactor);
    let find = paging.find(if is_counted { Counting::Exact } else { Counting::Estimated });
    let listed = request.flows().list_page_of_user_summaries(&query, &find).await?;
    if let Some(elsewhere) = paging.beyond(&request, &listed) {
        return elsewhere;
    }
    let field = |name| request.query.get(name).to_owned();
    let (pager, roles, permissions) = (paging.pager(&request, &listed), roles(&request).await?, request.permissions());
    let has_more = listed.previous.is_some() || listed.next.is_some();
    let may_grant = permissions.allows("user:update") && permissions.allows("rbac_role:update");
    let page = ListPage {
        frame: request.frame(),
        columns: columns(&request),
        grantable: roles.iter().filter(|role| may_grant && permissions.covers(&role.grants)).cloned().collect(),
        all_matching: has_more.then(|| request.texts().many_matching(&pager.count)),
        pager,
        users: listed.rows,
        roles,
        search: field("q"),
        role: field("role"),
        state: field("state"),
        joined: field("joined"),
        seen: field("seen"),
        sort: field("sort"),
        query: exported(&request),
        is_filtered: is_search || is_of_period || query.role.is_some() || query.state.is_some(),
    };
    // The period of a filter goes on, though nothing changes.
    if is_of_period { request.page(&page) } else { request.lasting_page(&page, &page.frame) }
}
