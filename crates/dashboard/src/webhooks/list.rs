//! The list of webhooks.

use std::collections::HashMap;

use askama::Template;
use vestibule_core::{Counting, Direction};
use vestibule_notify::{Delivery, WEBHOOK, Webhook, WebhookField};

use crate::layout::Frame;
use crate::paging::{Pager, Paging};
use crate::request::{Answer, SharedRequest};

/// How many events of a webhook are listed.
const NAMED: usize = 3;

#[derive(Template)]
#[template(path = "webhooks/list.html")]
struct ListPage {
    frame: Frame,
    webhooks: Vec<Webhook>,
    /// The newest delivery to each, by its id.
    latest: HashMap<String, Delivery>,
    pager: Pager,
}

impl ListPage {
    fn latest(&self, webhook: &Webhook) -> Option<&Delivery> {
        self.latest.get(&webhook.id.to_string())
    }

    /// Returns the listed events, and how many others there are.
    #[expect(clippy::unused_self, reason = "templates call methods of their page")]
    fn events<'a>(&self, webhook: &'a Webhook) -> (&'a [String], usize) {
        let named = webhook.events.get(..NAMED).unwrap_or(&webhook.events);
        (named, webhook.events.len() - named.len())
    }
}

pub(crate) async fn list(request: SharedRequest) -> Answer {
    let (web, paging) = (&request.dashboard.web, Paging::read(&request, (WebhookField::Id, Direction::Ascending)));
    let listed = web.webhooks.list_page(&paging.find(Counting::Estimated)).await?;
    if let Some(elsewhere) = paging.beyond(&request, &listed) {
        return elsewhere;
    }
    let ids: Vec<String> = listed.rows.iter().map(|webhook| webhook.id.to_string()).collect();
    let latest = web.deliveries.latest_to(WEBHOOK, &ids).await?;
    let page = ListPage {
        frame: request.frame(),
        pager: paging.pager(&request, &listed),
        webhooks: listed.rows,
        latest: latest.into_iter().map(|delivery| (delivery.target.clone(), delivery)).collect(),
    };
    request.page(&page)
}
