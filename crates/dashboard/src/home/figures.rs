//! The numbers of the start page. Each leads to the list that it counts.

use vestibule_core::{Condition, Count, Counting, Field, Filter, FindConfig};
use vestibule_notify::{DeliveryQuery, DeliveryState, MAIL, WEBHOOK};
use vestibule_user::{InviteField, InviteState};

use crate::failure::Failure;
use crate::format;
use crate::request::PageRequest;
use crate::texts;

/// How soon an invite expires that is reported as about to expire.
const SOON: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

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
    if permissions.allows("user:read") {
        let (users, locked) = (users(request).await?, locked(request).await?);
        figures.push(Figure {
            name: request.texts().users,
            value: format::number(users, language),
            note: if locked > 0 { texts.count_locked(&format::number(locked, language)) } else { String::new() },
            is_bad: false,
            path: "/app/users",
        });
    }
    if permissions.allows("invite:read") {
        let (pending, soon) = (pending(request).await?, expiring(request).await?);
        figures.push(Figure {
            name: texts.invites_pending,
            value: format::number(pending, language),
            note: if soon > 0 { texts.count_expiring(&format::number(soon, language)) } else { String::new() },
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

/// Returns how many users there are: the count is kept.
pub(super) async fn users(request: &PageRequest) -> Result<u64, Failure> {
    Ok(request.flows().users().find_count_of_users(&Filter::everything()).await?.unwrap_or_default())
}

async fn locked(request: &PageRequest) -> Result<u64, Failure> {
    let locked = !vestibule_user::UserField::LockedAt.eq(vestibule_core::Value::Null);
    Ok(request.flows().users().find_count_of_users(&locked).await?.unwrap_or_default())
}

/// Returns how many invites can be accepted: the count is kept.
pub(super) async fn pending(request: &PageRequest) -> Result<u64, Failure> {
    invites(request, InviteState::Pending.filter(request.now)).await
}

async fn expiring(request: &PageRequest) -> Result<u64, Failure> {
    let soon = InviteField::ExpiresAt.is(Condition::Lt((request.now + SOON).into()));
    invites(request, InviteState::Pending.filter(request.now).and(soon)).await
}

async fn invites(request: &PageRequest, filter: Filter<InviteField>) -> Result<u64, Failure> {
    let find = FindConfig { counting: Counting::Estimated, ..FindConfig::default().page(0, 0) };
    let count = request.flows().users().list_page_of_invite_ids(&filter, &find).await?.count;
    Ok(match count {
        Some(Count::Exactly(count) | Count::MoreThan(count)) => count,
        None => 0,
    })
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
