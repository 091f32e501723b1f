//! The numbers of the start page. Each leads to the list that it counts.

use std::time::Duration;

use vestibule_core::{Condition, Count, Counting, Field, Filter, FindConfig};
use vestibule_flows::{UserQuery, UserState};
use vestibule_notify::{DeliveryQuery, DeliveryState, MAIL, WEBHOOK};
use vestibule_user::{InviteField, InviteState};

use crate::failure::Failure;
use crate::format;
use crate::request::PageRequest;
use crate::texts;

/// How soon an invite expires that is reported as about to expire.
const SOON: Duration = Duration::from_hours(24);

/// How long ago users who are active were seen.
const WEEK: Duration = Duration::from_hours(7 * 24);
const MONTH: Duration = Duration::from_hours(30 * 24);

/// A number.
pub(super) struct Figure {
    pub(super) name: &'static str,
    pub(super) value: String,
    /// A word on it; empty where there is none.
    pub(super) note: String,
    pub(super) is_bad: bool,
    pub(super) path: &'static str,
}

/// Returns the numbers that the caller may see.
pub(super) async fn figures(request: &PageRequest) -> Result<Vec<Figure>, Failure> {
    let (permissions, texts, language) = (request.permissions(), texts::home(request.language), request.language);
    let mut figures = Vec::new();
    let note = |count: Count, text: &dyn Fn(&str) -> String| match count {
        Count::Exactly(0) => String::new(),
        count => text(&format::count(count, language)),
    };
    if permissions.allows("user:read") {
        let [users, locked, without, week, month] = people(request).await?;
        let figure =
            |name, count, note, path| Figure { name, value: format::count(count, language), note, is_bad: false, path };
        figures.extend([
            figure(request.texts().users, users, note(locked, &|count| texts.count_locked(count)), "/app/users"),
            figure(
                texts.seen_in_week,
                week,
                texts.count_seen_in_month(&format::count(month, language)),
                "/app/users?sort=seen",
            ),
            figure(request.texts().without_factor, without, String::new(), "/app/users?state=without"),
        ]);
    }
    if permissions.allows("invite:read") {
        let (pending, soon) = (pending(request).await?, expiring(request).await?);
        figures.push(Figure {
            name: texts.invites_pending,
            value: format::count(pending, language),
            note: note(soon, &|count| texts.count_expiring(count)),
            is_bad: false,
            path: "/app/invites",
        });
    }
    if permissions.allows("delivery:read") {
        for (name, destination, path) in [
            (texts.failed_mails, MAIL, "/app/deliveries?state=failed&destination=mail"),
            (texts.failed_webhooks, WEBHOOK, "/app/deliveries?state=failed&destination=webhook"),
        ] {
            let count = failed(request, destination).await?;
            figures.push(Figure {
                name,
                value: count.map(|count| format::count(count, language)).unwrap_or_default(),
                note: String::new(),
                is_bad: count != Some(Count::Exactly(0)),
                path,
            });
        }
    }
    Ok(figures)
}

/// A list of which the count alone is wanted: what is kept, or what an index finds up to a bound.
fn counted<F: Field>() -> FindConfig<F> {
    FindConfig { counting: Counting::Estimated, ..FindConfig::default().page(0, 0) }
}

/// Returns how many users there are; and how many are locked, have no second factor, were seen in a week, and in thirty days.
async fn people(request: &PageRequest) -> Result<[Count; 5], Failure> {
    let users = request.flows().users();
    let of_state = async |state| {
        let query = UserQuery { state, ..UserQuery::default() };
        Ok::<_, Failure>(or_none(request.flows().list_page_of_user_summaries(&query, &counted()).await?.count))
    };
    Ok([
        of_state(None).await?,
        of_state(Some(UserState::Locked)).await?,
        of_state(Some(UserState::WithoutSecondFactor)).await?,
        users.count_users_seen_since(request.now - WEEK).await?,
        users.count_users_seen_since(request.now - MONTH).await?,
    ])
}

/// Returns whether the caller is the only user.
pub(super) async fn is_alone(request: &PageRequest) -> Result<bool, Failure> {
    let page = request.flows().users().list_page_of_user_ids(&Filter::everything(), &counted()).await?;
    Ok(or_none(page.count) == Count::Exactly(1))
}

/// Returns how many invites can be accepted.
pub(super) async fn pending(request: &PageRequest) -> Result<Count, Failure> {
    invites(request, InviteState::Pending.filter(request.now)).await
}

async fn expiring(request: &PageRequest) -> Result<Count, Failure> {
    let soon = InviteField::ExpiresAt.is(Condition::Lt((request.now + SOON).into()));
    invites(request, InviteState::Pending.filter(request.now).and(soon)).await
}

async fn invites(request: &PageRequest, filter: Filter<InviteField>) -> Result<Count, Failure> {
    Ok(or_none(request.flows().users().list_page_of_invite_ids(&filter, &counted()).await?.count))
}

fn or_none(count: Option<Count>) -> Count {
    count.unwrap_or(Count::Exactly(0))
}

async fn failed(request: &PageRequest, destination: &str) -> Result<Option<Count>, Failure> {
    let query = DeliveryQuery {
        destinations: vec![destination.to_owned()],
        states: vec![DeliveryState::Failed],
        counting: Counting::Estimated,
        ..DeliveryQuery::default()
    };
    Ok(request.dashboard.web.deliveries.count(&query).await?)
}
