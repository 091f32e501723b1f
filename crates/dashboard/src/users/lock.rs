//! Locks and unlocks users.

use vestibule_flows::TheirKeys;
use vestibule_user::UserId;

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
