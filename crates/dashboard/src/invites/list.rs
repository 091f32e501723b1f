//! The list of invites, by state.

use std::collections::HashMap;

use askama::Template;
use vestibule_core::{Counting, Direction, Filter, FindConfig};
use vestibule_notify::{Delivery, DeliveryState, MAIL};
use vestibule_user::{Invite, InviteField, InviteState};

use crate::layout::Frame;
use crate::paging::{Pager, Paging, counted};
use crate::request::{Answer, SharedRequest};

/// One of the tabs.
struct Tab {
    state: InviteState,
    name: &'static str,
    count: String,
    is_here: bool,
}

#[derive(Template)]
#[template(path = "invites/list.html")]
struct ListPage {
    frame: Frame,
    tabs: Vec<Tab>,
    state: InviteState,
    /// The name of this state's time.
    moment: &'static str,
    invites: Vec<Invite>,
    /// Their links; none if the caller cannot grant all that the invite grants.
    links: Vec<Option<String>>,
    /// Whether the caller may read deliveries.
    shows_mail: bool,
    /// The newest mail of each invite, by the invite's id.
    mails: HashMap<String, Delivery>,
    search: String,
    pager: Pager,
}

impl ListPage {
    /// Returns the newest mail of an invite, except one that is no longer needed.
    fn mail(&self, invite: &Invite) -> Option<&Delivery> {
        let found = self.mails.get(&invite.id.to_string());
        found.filter(|delivery| delivery.state != DeliveryState::Superseded)
    }
}

pub(crate) async fn list(request: SharedRequest) -> Answer {
    let texts = request.texts();
    let state = request.query.get("state").parse().unwrap_or(InviteState::Pending);
    let search = request.query.text("q");
    let paging = Paging::read(&request);
    let users = request.flows().users();
    let filter = |state: InviteState| {
        let filter = state.filter(request.now);
        search.clone().map_or(filter.clone(), |text| filter.and(Filter::Search(text)))
    };
    let counting = if search.is_some() { Counting::Estimated } else { Counting::Exact };
    let find = FindConfig { counting, ..paging.find().order_by(InviteField::SentAt, Direction::Descending) };
    let page = request.flows().list_page_of_invites(&filter(state), &find, &request.permissions()).await?;
    let (invites, count) = (page.rows, paging.number(page.count));
    let mut tabs = Vec::new();
    for tab in InviteState::ALL {
        let name = match tab {
            InviteState::Pending => texts.pending,
            InviteState::Expired => texts.expired,
            InviteState::Accepted => texts.accepted,
            InviteState::Revoked => texts.revoked,
        };
        let count = match tab == state {
            true => counted(&request, count, u64::from(paging.skip()) + u64::try_from(invites.len()).unwrap_or(0)),
            false => {
                let find = FindConfig { counting, ..FindConfig::default().page(0, 0) };
                let page = users.list_page_of_invite_ids(&filter(tab), &find).await?;
                counted(&request, paging.number(page.count), 0)
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
    let shows_mail = is_open && request.permissions().allows("delivery:read");
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
        pager: paging.pager(&request, invites.len(), count),
        links: invites
            .iter()
            .map(|invite| invite.token.as_ref().map(|_| request.dashboard.invite_link(invite)))
            .collect(),
        tabs,
        state,
        invites,
        search: search.unwrap_or_default(),
    };
    request.page(&page)
}
