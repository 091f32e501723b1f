//! The list of invites, by state.

use std::collections::HashMap;

use askama::Template;
use vestibule_core::{Counting, Direction, Filter, FindConfig};
use vestibule_notify::{Delivery, DeliveryState, MAIL};
use vestibule_user::{Invite, InviteField, InviteState};

use crate::audit::Names;
use crate::failure::Failure;
use crate::format;
use crate::layout::Frame;
use crate::paging::{Pager, Paging, exported};
use crate::request::{Answer, PageRequest, SharedRequest};

/// One of the tabs.
struct Tab {
    state: InviteState,
    name: &'static str,
    count: String,
    is_here: bool,
}

/// One invite of the list.
struct Row {
    invite: Invite,
    /// The link; none if the caller cannot grant all that the invite grants.
    link: Option<String>,
    roles: Vec<String>,
    /// The id and the name of the inviter, where there is one.
    inviter: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "invites/list.html")]
struct ListPage {
    frame: Frame,
    tabs: Vec<Tab>,
    state: InviteState,
    /// The name of this state's time.
    moment: &'static str,
    rows: Vec<Row>,
    /// Whether the caller may read roles.
    shows_roles: bool,
    /// Whether the caller may read deliveries.
    shows_mail: bool,
    /// The newest mail of each invite, by the invite's id.
    mails: HashMap<String, Delivery>,
    search: String,
    /// The query of the list, for the export of the same invites.
    query: String,
    pager: Pager,
}

impl ListPage {
    /// Returns the newest mail of an invite, except one that is no longer needed.
    fn mail(&self, invite: &Invite) -> Option<&Delivery> {
        let found = self.mails.get(&invite.id.to_string());
        found.filter(|delivery| delivery.state != DeliveryState::Superseded)
    }

    /// Returns whether the invites of this state can be sent again and revoked.
    fn is_open(&self) -> bool {
        matches!(self.state, InviteState::Pending | InviteState::Expired)
    }

    /// Returns whether invites can be chosen, to change several at once.
    fn is_choosable(&self) -> bool {
        self.is_open() && (self.frame.may("invite:update") || self.frame.may("invite:delete"))
    }

    fn has_menu(&self, invite: &Invite) -> bool {
        let may_change = self.frame.may("invite:update") || self.frame.may("invite:delete");
        (self.is_open() && may_change) || (invite.accepted_by.is_some() && self.frame.may("user:read"))
    }

    /// Explains an empty list.
    fn nothing(&self) -> &'static str {
        match self.state {
            InviteState::Pending => self.frame.t.no_invites,
            InviteState::Expired => self.frame.t.no_invites_expired,
            InviteState::Accepted => self.frame.t.no_invites_accepted,
            InviteState::Revoked => self.frame.t.no_invites_revoked,
        }
    }
}

/// Reads which state the query of a page requests.
pub(super) fn read_state(request: &PageRequest) -> InviteState {
    request.query.get("state").parse().unwrap_or(InviteState::Pending)
}

/// Reads which invites of the state it requests.
pub(super) fn read_search(request: &PageRequest) -> Filter<InviteField> {
    request.query.text("q").map_or_else(Filter::everything, Filter::Search)
}

pub(crate) async fn list(request: SharedRequest) -> Answer {
    let texts = request.texts();
    let state = read_state(&request);
    let search = request.query.text("q");
    let paging = Paging::read(&request, (state.sorted_by(), Direction::Descending));
    let users = request.flows().users();
    let filter = |state: InviteState| state.filter(request.now).and(read_search(&request));
    let counting = if search.is_some() { Counting::Estimated } else { Counting::Exact };
    let permissions = request.permissions();
    let listed = request.flows().list_page_of_invites(&filter(state), &paging.find(counting), &permissions).await?;
    if let Some(elsewhere) = paging.beyond(&request, &listed) {
        return elsewhere;
    }
    let pager = paging.pager(&request, &listed);
    let invites = listed.rows;
    let mut tabs = Vec::new();
    for tab in InviteState::ALL {
        let name = match tab {
            InviteState::Pending => texts.pending,
            InviteState::Expired => texts.expired,
            InviteState::Accepted => texts.accepted,
            InviteState::Revoked => texts.revoked,
        };
        let count = match tab == state {
            true => pager.count.clone(),
            false => {
                let find = FindConfig { counting, ..FindConfig::default().page(0, 0) };
                let page = users.list_page_of_invite_ids(&filter(tab), &find).await?;
                page.count.map(|count| format::count(count, request.language)).unwrap_or_default()
            }
        };
        tabs.push(Tab { state: tab, name, count, is_here: tab == state });
    }
    let moment = match state {
        InviteState::Pending => texts.works_until,
        InviteState::Expired => texts.expired,
        InviteState::Accepted => texts.accepted,
        InviteState::Revoked => texts.revoked,
    };
    let is_open = matches!(state, InviteState::Pending | InviteState::Expired);
    let shows_mail = is_open && permissions.allows("delivery:read");
    let ids: Vec<String> = match shows_mail {
        true => invites.iter().map(|invite| invite.id.to_string()).collect(),
        false => Vec::new(),
    };
    let mails = request.dashboard.web.deliveries.latest(MAIL, &ids).await?;
    let page = ListPage {
        shows_mail,
        mails: mails.into_iter().map(|delivery| (delivery.subject.clone(), delivery)).collect(),
        moment,
        frame: request.frame(),
        pager,
        rows: rows(&request, invites).await?,
        shows_roles: permissions.allows("rbac_role:read"),
        tabs,
        state,
        search: search.unwrap_or_default(),
        query: exported(&request),
    };
    request.page(&page)
}

/// Returns the invites with what else the list shows of them, in a query for the inviters and one for the roles.
async fn rows(request: &PageRequest, invites: Vec<Invite>) -> Result<Vec<Row>, Failure> {
    let inviters: Vec<&str> = invites.iter().filter_map(|invite| invite.invited_by.as_deref()).collect();
    let names = Names::of_ids(request, inviters).await?;
    let ids: Vec<String> = invites.iter().map(|invite| invite.id.to_string()).collect();
    let flows = request.flows();
    let mut held = match request.permissions().allows("rbac_role:read") {
        true => flows.rbac().roles_of_each(flows.database(), &ids).await?,
        false => HashMap::new(),
    };
    let mut row = |invite: Invite| Row {
        link: invite.token.as_ref().map(|_| request.dashboard.invite_link(&invite)),
        roles: held.remove(&invite.id.to_string()).into_iter().flatten().map(|role| role.name).collect(),
        inviter: invite.invited_by.clone().map(|id| (id.clone(), names.name(&id).to_owned())),
        invite,
    };
    Ok(invites.into_iter().map(&mut row).collect())
}
