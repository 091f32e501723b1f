//! Locks and unlocks users.

use vestibule_flows::TheirKeys;
use vestibule_user::UserId;

use crate::failure::Failure;
use crate::format;
use crate::request::{Answer, PageRequest, SharedRequest};

/// Returns the choice for the API keys of users who are locked or deleted.
pub(crate) fn their_keys(request: &PageRequest) -> TheirKeys {
    if request.form.get("revoke_keys").is_empty() { TheirKeys::Keep } else { TheirKeys::Revoke }
}

pub(crate) async fn lock(request: SharedRequest) -> Answer {
    request.form.only(&["revoke_keys"])?;
    let id: UserId = request.parameter(0)?;
    request.flows().lock_user_and_keys(id, their_keys(&request), &request.context()).await?;
    request.done(&format!("/app/users/{id}"), "locked")
}

pub(crate) async fn unlock(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let id: UserId = request.parameter(0)?;
    request.flows().unlock_user(id, &request.context()).await?;
    request.done(&format!("/app/users/{id}"), "unlocked")
}

/// Locks the users chosen in the list. One who cannot be locked is reported and does not stop the others.
pub(crate) async fn lock_many(request: SharedRequest) -> Answer {
    request.form.only(&["user", "revoke_keys"])?;
    let ids: Vec<UserId> = request.form.all("user").filter_map(|id| id.parse().ok()).collect();
    if ids.is_empty() {
        return Err(Failure::wrong(request.texts().none_chosen));
    }
    let mut refused = Vec::new();
    for id in ids {
        if let Err(error) = request.flows().lock_user_and_keys(id, their_keys(&request), &request.context()).await {
            let (_, problem) = Failure::from(error).problem(request.language)?;
            let user = request.flows().users().retrieve_user(id).await;
            let name = user.map_or_else(|_| id.to_string(), |user| format::name(&user));
            refused.push(format!("{name}{} {problem}", request.texts().colon));
        }
    }
    if !refused.is_empty() {
        return Err(Failure::wrong(request.texts().not_all_locked(&refused.join(" "))));
    }
    request.done("/app/users?state=locked", "locked-many")
}
