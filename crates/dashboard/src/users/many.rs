//! Changes the users chosen in the list, or all that it finds. One who cannot be changed is reported and does not stop the others.

use vestibule_core::{Counting, FindConfig};
use vestibule_flows::UserOrder;
use vestibule_rbac::RoleId;
use vestibule_user::UserId;

use super::list::query_of;
use super::lock::their_keys;
use crate::failure::Failure;
use crate::form::Fields;
use crate::format;
use crate::refused::Refused;
use crate::request::{Answer, PageRequest, SharedRequest};

/// The most users of one form.
const MOST: usize = 500;

/// The fields of the form around the list: those that do not concern an action are sent with it.
const FIELDS: &[&str] = &["user", "all", "role", "revoke_keys"];

/// What is done to each user.
enum Change {
    Lock,
    Unlock,
    EndSessions,
    AddRoles(Vec<RoleId>),
    RemoveRoles(Vec<RoleId>),
}

pub(crate) async fn lock(request: SharedRequest) -> Answer {
    change_each(&request, &Change::Lock, "/app/users?state=locked", "locked-many").await
}

pub(crate) async fn unlock(request: SharedRequest) -> Answer {
    change_each(&request, &Change::Unlock, "/app/users", "unlocked-many").await
}

pub(crate) async fn end_sessions(request: SharedRequest) -> Answer {
    change_each(&request, &Change::EndSessions, "/app/users", "sessions-ended-many").await
}

pub(crate) async fn add_role(request: SharedRequest) -> Answer {
    let roles = request.role_ids("role")?;
    change_each(&request, &Change::AddRoles(roles), "/app/users", "roles-saved-many").await
}

pub(crate) async fn remove_role(request: SharedRequest) -> Answer {
    let roles = request.role_ids("role")?;
    change_each(&request, &Change::RemoveRoles(roles), "/app/users", "roles-saved-many").await
}

/// Changes each of the users, and leads to the list; or reports those that were refused, with the reasons.
async fn change_each(request: &PageRequest, change: &Change, path: &str, done: &str) -> Answer {
    request.form.only(FIELDS)?;
    let mut refused = Refused::default();
    for id in chosen(request).await? {
        if let Err(failure) = apply(request, change, id).await {
            let user = request.flows().users().retrieve_user(id).await;
            let name = user.map_or_else(|_| id.to_string(), |user| format::name(&user));
            refused.add(request, name, failure)?;
        }
    }
    refused.answer(request, (path, done), |names| request.texts().not_all_changed(names))
}

async fn apply(request: &PageRequest, change: &Change, id: UserId) -> Result<(), Failure> {
    let (flows, context) = (request.flows(), request.context());
    match change {
        Change::Lock => drop(flows.lock_user_and_keys(id, their_keys(request), &context).await?),
        Change::Unlock => drop(flows.unlock_user(id, &context).await?),
        Change::EndSessions => drop(flows.end_sessions_of_user(id, &context).await?),
        Change::AddRoles(roles) | Change::RemoveRoles(roles) => {
            let is_given = matches!(change, Change::AddRoles(_));
            let held = flows.rbac().role_ids_of(flows.database(), &id.to_string()).await?;
            let changed: Vec<RoleId> = roles.iter().filter(|role| held.contains(role) != is_given).cloned().collect();
            let (given, taken): (&[RoleId], &[RoleId]) = if is_given { (&changed, &[]) } else { (&[], &changed) };
            flows.change_roles(id, given, taken, &context).await?;
        }
    }
    Ok(())
}

/// Returns the chosen users, or all that the query of the list finds, without the caller.
async fn chosen(request: &PageRequest) -> Result<Vec<UserId>, Failure> {
    let Some(list) = request.form.text("all") else {
        let ids: Vec<UserId> = request.form.all("user").filter_map(|id| id.parse().ok()).collect();
        return if ids.is_empty() { Err(Failure::wrong(request.texts().none_chosen)) } else { Ok(ids) };
    };
    let find = FindConfig { counting: Counting::None, ..FindConfig::default().page(0, MOST as u64 + 1) };
    let find = find.order_by(UserOrder::NEWEST_FIRST.0, UserOrder::NEWEST_FIRST.1);
    let query = query_of(&Fields::parse(list.trim_start_matches('?').as_bytes()), request.now);
    let users = request.flows().list_page_of_user_summaries(&query, &find).await?.rows;
    if users.len() > MOST {
        let most = format::number(MOST as u64, request.language);
        return Err(Failure::wrong(request.texts().most_at_once(&most)));
    }
    let own = request.user()?.id;
    Ok(users.into_iter().map(|summary| summary.user.id).filter(|id| *id != own).collect())
}
