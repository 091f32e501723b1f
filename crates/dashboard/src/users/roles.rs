//! A user's roles.

use vestibule_rbac::RoleId;
use vestibule_user::UserId;

use super::show::{Problems, page};
use crate::failure::Failure;
use crate::request::{Answer, PageRequest, SharedRequest};

/// Grants and removes roles so that the user has the chosen ones. Roles that the caller cannot change are not in the form,
/// and stay.
pub(crate) async fn set(request: SharedRequest) -> Answer {
    request.form.only(&["role", "shown"])?;
    let id: UserId = request.parameter(0)?;
    match change(&request, id).await {
        Ok(()) => request.done(&format!("/app/users/{id}"), "roles-saved"),
        Err(failure) => {
            let (status, problem) = failure.problem(request.language)?;
            let problems = Problems { roles: Some(problem), ..Problems::default() };
            page(&request, status, id, problems, None).await
        }
    }
}

async fn change(request: &PageRequest, id: UserId) -> Result<(), Failure> {
    let (wanted, shown) = (request.role_ids("role")?, request.role_ids("shown")?);
    let flows = request.flows();
    let held = flows.rbac().role_ids_of(flows.database(), &id.to_string()).await?;
    let given: Vec<RoleId> = wanted.iter().filter(|role| !held.contains(role)).cloned().collect();
    let taken: Vec<RoleId> = held.into_iter().filter(|role| shown.contains(role) && !wanted.contains(role)).collect();
    Ok(flows.change_roles(id, &given, &taken, &request.context()).await?)
}
