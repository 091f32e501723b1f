//! A user's roles.

use serde_json::{Value as Json, json};
use vestibule_rbac::RoleId;
use vestibule_user::UserId;

use super::show::{Left, Problems, Undo, page};
use crate::failure::Failure;
use crate::request::{Answer, PageRequest, SharedRequest};

/// Grants and removes roles so that the user has the chosen ones. Roles that the caller cannot change are not in the form,
/// and stay.
pub(crate) async fn set(request: SharedRequest) -> Answer {
    request.form.only(&["role", "shown"])?;
    let id: UserId = request.parameter(0)?;
    match change(&request, id).await {
        Ok(changed) => {
            let undo = json!({ "given": texts_of(&changed.given), "taken": texts_of(&changed.taken) });
            request.done_with(&format!("/app/users/{id}"), "roles-saved", json!({ "roles": undo })).await
        }
        Err(failure) => {
            let (status, problem) = failure.problem(request.language)?;
            let problems = Problems { roles: Some(problem), ..Problems::default() };
            page(&request, status, id, problems, Left::default()).await
        }
    }
}

/// What was changed.
struct Changed {
    given: Vec<RoleId>,
    taken: Vec<RoleId>,
}

fn texts_of(roles: &[RoleId]) -> Vec<&str> {
    roles.iter().map(RoleId::as_str).collect()
}

/// Returns the form that undoes a change of roles, from what it has left for its page.
pub(super) fn undo(id: UserId, what: &Json) -> Option<Undo> {
    let changed = what.get("roles")?;
    let roles = |name: &str| changed.get(name).and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
    let (given, taken) = (roles("given").map(|role| ("shown", role)), roles("taken"));
    let taken = taken.flat_map(|role| [("shown", role), ("role", role)]);
    let fields: Vec<_> = given.chain(taken).map(|(name, role)| (name, role.to_owned())).collect();
    (!fields.is_empty()).then(|| Undo { action: format!("/app/users/{id}/roles"), fields })
}

async fn change(request: &PageRequest, id: UserId) -> Result<Changed, Failure> {
    let (wanted, shown) = (request.role_ids("role")?, request.role_ids("shown")?);
    let flows = request.flows();
    let held = flows.rbac().role_ids_of(flows.database(), &id.to_string()).await?;
    let given: Vec<RoleId> = wanted.iter().filter(|role| !held.contains(role)).cloned().collect();
    let taken: Vec<RoleId> = held.into_iter().filter(|role| shown.contains(role) && !wanted.contains(role)).collect();
    flows.change_roles(id, &given, &taken, &request.context()).await?;
    Ok(Changed { given, taken })
}
