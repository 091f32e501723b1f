//! The list of users.

use askama::Template;
use vestibule_core::{Filter, FindConfig};
use vestibule_flows::{PeopleOrder, PeopleQuery, PeopleState, Person};
use vestibule_rbac::{Role, RoleId};

use crate::failure::Failure;
use crate::frame::Frame;
use crate::shown;
use crate::visit::{Answer, Visit};

/// How many users one page shows, where nothing else is asked for.
const ROWS: u32 = 50;

#[derive(Template)]
#[template(path = "users/list.html")]
struct ListPage {
    frame: Frame,
    people: Vec<Person>,
    count: u64,
    roles: Vec<Role>,
    search: String,
    role: String,
    state: String,
    sort: String,
    pager: Pager,
    /// The query of the list, for the export of the same users.
    query: String,
    is_filtered: bool,
}

impl ListPage {
    fn role_names(&self, person: &Person) -> Vec<&str> {
        let name = |id: &RoleId| self.roles.iter().find(|role| role.id == *id).map(|role| role.name.as_str());
        person.roles.iter().filter_map(name).collect()
    }

    fn name(&self, person: &Person) -> String {
        shown::name(&person.user)
    }

    fn has_name(&self, person: &Person) -> bool {
        shown::full_name(person.user.first_name.as_deref(), person.user.last_name.as_deref()).is_some()
    }

    fn initials(&self, person: &Person) -> String {
        shown::initials(&shown::name(&person.user))
    }

    fn is_self(&self, person: &Person) -> bool {
        self.frame.user.as_ref().is_some_and(|user| user.id == person.user.id)
    }
}

/// Where one is among the pages of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pager {
    pub(crate) first: u64,
    pub(crate) last: u64,
    pub(crate) count: u64,
    /// The queries of the pages before and after.
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

/// The page that is asked for, from 1, and how many rows it has.
pub(crate) fn asked_page(visit: &Visit, rows: u32) -> (u32, u32) {
    let number = |name| visit.query.get(name).parse::<u32>().ok();
    let rows = number("rows").filter(|rows| (1..=200).contains(rows)).unwrap_or(rows);
    (number("page").filter(|page| (1..=1_000_000).contains(page)).unwrap_or(1), rows)
}

impl Pager {
    pub(crate) fn new(visit: &Visit, page: u32, rows: u32, shown: usize, count: u64) -> Self {
        let skipped = u64::from(page - 1) * u64::from(rows);
        let last = skipped + u64::try_from(shown).unwrap_or(0);
        let query = |page: u32| visit.query.with("page", &page.to_string());
        Self {
            first: if shown == 0 { 0 } else { skipped + 1 },
            last,
            count,
            before: (page > 1).then(|| query(page - 1)),
            after: (last < count && shown > 0).then(|| query(page + 1)),
        }
    }
}

/// Which users the query of a page asks for.
pub(crate) fn asked(visit: &Visit) -> PeopleQuery {
    let state = match visit.query.get("state") {
        "active" => Some(PeopleState::Active),
        "locked" => Some(PeopleState::Locked),
        "without" => Some(PeopleState::WithoutSecondFactor),
        _ => None,
    };
    let order = match visit.query.get("sort") {
        "oldest" => PeopleOrder::Oldest,
        "name" => PeopleOrder::Name,
        "email" => PeopleOrder::Email,
        _ => PeopleOrder::Newest,
    };
    let role = visit.query.get("role").parse().ok();
    PeopleQuery { search: visit.query.text("q"), role, state, order, skip: 0, take: ROWS }
}

/// All roles, by name, for whoever may see them.
pub(crate) async fn roles(visit: &Visit) -> Result<Vec<Role>, Failure> {
    if !visit.permissions().allows("rbac_role:read") {
        return Ok(Vec::new());
    }
    let find = FindConfig::default().page(0, 500);
    let mut roles = visit.flows().rbac().list_rbac_roles(&Filter::everything(), &find).await?;
    roles.sort_by_key(|role| role.name.to_lowercase());
    Ok(roles)
}

pub(crate) async fn list(visit: Visit) -> Answer {
    let (page, rows) = asked_page(&visit, ROWS);
    let query = PeopleQuery { skip: (page - 1).saturating_mul(rows), take: rows, ..asked(&visit) };
    let (people, count) = visit.flows().list_and_count_people(&query).await?;
    let field = |name| visit.query.get(name).to_owned();
    let page = ListPage {
        frame: visit.frame(),
        pager: Pager::new(&visit, page, rows, people.len(), count),
        people,
        count,
        roles: roles(&visit).await?,
        search: field("q"),
        role: field("role"),
        state: field("state"),
        sort: field("sort"),
        query: visit.query.with("page", ""),
        is_filtered: query.search.is_some() || query.role.is_some() || query.state.is_some(),
    };
    visit.page(&page)
}
