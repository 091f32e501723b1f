//! The list of all deliveries, by state.

use askama::Template;
use vestibule_core::Counting;
use vestibule_notify::{Delivery, DeliveryQuery, DeliveryState, MAIL, NEWEST_FIRST, WEBHOOK};

use crate::format;
use crate::layout::Frame;
use crate::paging::{Pager, Paging};
use crate::request::{Answer, SharedRequest};

/// One of the tabs.
struct Tab {
    name: &'static str,
    /// The query of the tab.
    query: String,
    /// How many there are, for states that may need attention.
    count: Option<String>,
    is_here: bool,
}

#[derive(Template)]
#[template(path = "deliveries/list.html")]
struct ListPage {
    frame: Frame,
    tabs: Vec<Tab>,
    deliveries: Vec<Delivery>,
    pager: Pager,
    state: &'static str,
    destination: String,
    /// The destinations to choose from, with their names.
    destinations: Vec<(String, String)>,
}

impl ListPage {
    fn destination_name(&self, delivery: &Delivery) -> String {
        let known = self.destinations.iter().find(|(name, _)| *name == delivery.destination);
        known.map_or_else(|| delivery.destination.clone(), |(_, called)| called.clone())
    }

    /// Returns the page of the webhook that it goes to.
    fn webhook(&self, delivery: &Delivery) -> Option<String> {
        let is_open = delivery.destination == WEBHOOK && self.frame.may("webhook:read");
        is_open.then(|| format!("/app/webhooks/{}", delivery.target))
    }
}

pub(crate) async fn list(request: SharedRequest) -> Answer {
    let (texts, deliveries) = (request.texts(), &request.dashboard.web.deliveries);
    let paging = Paging::read(&request, NEWEST_FIRST[0]);
    let state = DeliveryState::of(request.query.get("state"));
    let destination = request.query.text("destination");
    let query = |state: Option<DeliveryState>| DeliveryQuery {
        destinations: destination.clone().into_iter().collect(),
        states: Option::into_iter(state).collect(),
        counting: Counting::Estimated,
        ..DeliveryQuery::default()
    };
    let listed = deliveries.list_page(&query(state).page(&paging.find(Counting::Estimated))).await?;
    if let Some(elsewhere) = paging.beyond(&request, &listed) {
        return elsewhere;
    }
    let pager = paging.pager(&request, &listed);
    let mut tabs = Vec::new();
    for (tab, name, is_counted) in [
        (None, texts.all_deliveries, false),
        (Some(DeliveryState::Failed), texts.state_failed, true),
        (Some(DeliveryState::Queued), texts.state_queued, true),
        (Some(DeliveryState::Sent), texts.state_sent, false),
        (Some(DeliveryState::Superseded), texts.state_superseded, false),
    ] {
        let count = match is_counted {
            true if tab == state => Some(pager.count.clone()),
            true => deliveries.count(&query(tab)).await?.map(|count| format::count(count, request.language)),
            false => None,
        };
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(tab.map(|state| ("state", state.as_str())));
        query.extend_pairs(destination.as_deref().map(|name| ("destination", name)));
        tabs.push(Tab { name, query: query.finish(), count, is_here: tab == state });
    }
    let mut destinations =
        vec![(MAIL.to_owned(), texts.mail.to_owned()), (WEBHOOK.to_owned(), texts.webhook.to_owned())];
    if let Some(other) = destination.clone().filter(|name| destinations.iter().all(|(known, _)| known != name)) {
        // An embedder's destination.
        destinations.push((other.clone(), other));
    }
    let page = ListPage {
        frame: request.frame(),
        tabs,
        pager,
        deliveries: listed.rows,
        state: state.map_or("", DeliveryState::as_str),
        destination: destination.unwrap_or_default(),
        destinations,
    };
    request.page(&page)
}
