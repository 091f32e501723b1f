//! Keeping users out, and letting them in again.

use vestibule_flows::TheirKeys;
use vestibule_user::UserId;

use crate::failure::Failure;
use crate::format;
use crate::request::{Answer, Asked, Visit};

/// What was chosen for the API keys of users who are locked or deleted.
pub(crate) fn their_keys(visit: &Visit) -> TheirKeys {
    if visit.form.get("revoke_keys").is_empty() { TheirKeys::Keep } else { TheirKeys::Revoke }
}

pub(crate) async fn lock(visit: Asked) -> Answer {
    visit.form.only(&["revoke_keys"])?;
    let id: UserId = visit.parameter(0)?;
    visit.flows().lock_user_and_keys(id, their_keys(&visit), &visit.by()).await?;
    visit.done(&format!("/app/users/{id}"), "locked")
}

pub(crate) async fn unlock(visit: Asked) -> Answer {
    visit.form.only(&[])?;
    let id: UserId = visit.parameter(0)?;
    visit.flows().unlock_user(id, &visit.by()).await?;
    visit.done(&format!("/app/users/{id}"), "unlocked")
}

/// Locks those who were chosen in the list. One who cannot be locked keeps nobody else from it, and is told.
pub(crate) async fn lock_many(visit: Asked) -> Answer {
    visit.form.only(&["user", "revoke_keys"])?;
    let ids: Vec<UserId> = visit.form.all("user").filter_map(|id| id.parse().ok()).collect();
    if ids.is_empty() {
        return Err(Failure::wrong(visit.texts().nobody_chosen));
    }
    let mut refused = Vec::new();
    for id in ids {
        if let Err(error) = visit.flows().lock_user_and_keys(id, their_keys(&visit), &visit.by()).await {
            let (_, problem) = Failure::from(error).problem(visit.language)?;
            let user = visit.flows().users().retrieve_user(id).await;
            let name = user.map_or_else(|_| id.to_string(), |user| format::name(&user));
            refused.push(format!("{name}{} {problem}", visit.texts().colon));
        }
    }
    if !refused.is_empty() {
        return Err(Failure::wrong(visit.texts().not_all_locked(&refused.join(" "))));
    }
    visit.done("/app/users?state=locked", "locked-many")
}
