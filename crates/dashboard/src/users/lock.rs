//! Keeping users out, and letting them in again.

use vestibule_user::UserId;

use crate::failure::Failure;
use crate::visit::{Answer, Visit};

pub(crate) async fn lock(visit: Visit) -> Answer {
    visit.form.only(&[])?;
    let id: UserId = visit.parameter(0)?;
    visit.flows().lock_user(id, &visit.by()).await?;
    visit.done(&format!("/app/users/{id}"), "locked")
}

pub(crate) async fn unlock(visit: Visit) -> Answer {
    visit.form.only(&[])?;
    let id: UserId = visit.parameter(0)?;
    visit.flows().unlock_user(id, &visit.by()).await?;
    visit.done(&format!("/app/users/{id}"), "unlocked")
}

/// Locks those who were chosen in the list, one after the other: the first that cannot be locked is told, and the others
/// before it stay locked.
pub(crate) async fn lock_many(visit: Visit) -> Answer {
    visit.form.only(&["user"])?;
    let ids: Vec<UserId> = visit.form.all("user").filter_map(|id| id.parse().ok()).collect();
    if ids.is_empty() {
        return Err(Failure::wrong(visit.texts().nobody_chosen));
    }
    for id in ids {
        visit.flows().lock_user(id, &visit.by()).await?;
    }
    visit.done("/app/users?state=locked", "locked-many")
}
