//! A user's roles.

use vestibule_rbac::{RoleId, read_role_ids};
use vestibule_user::UserId;

use super::show::{Problems, page};
use crate::failure::Failure;
use crate::visit::{Answer, Visit};

/// Gives and takes roles until the user has those that were chosen. What cannot be changed is not in the form, and stays.
pub(crate) async fn set(visit: Visit) -> Answer {
    visit.form.only(&["role", "shown"])?;
    let id: UserId = visit.parameter(0)?;
    match change(&visit, id).await {
        Ok(()) => visit.done(&format!("/app/users/{id}"), "roles-saved"),
        Err(failure) if failure.is_about_input() => {
            let problems = Problems { roles: Some(failure.message(visit.texts())), ..Problems::default() };
            page(&visit, failure.status(), id, problems, None).await
        }
        Err(failure) => Err(failure),
    }
}

async fn change(visit: &Visit, id: UserId) -> Result<(), Failure> {
    let ids = |name| -> Result<Vec<RoleId>, Failure> {
        let texts: Vec<String> = visit.form.all(name).map(str::to_owned).collect();
        Ok(read_role_ids(&texts).map_err(vestibule_rbac::AssignRolesError::from)?)
    };
    let (wanted, shown) = (ids("role")?, ids("shown")?);
    let flows = visit.flows();
    let held = flows.rbac().role_ids_of(flows.database(), &id.to_string()).await?;
    let given: Vec<RoleId> = wanted.iter().filter(|role| !held.contains(role)).cloned().collect();
    let taken: Vec<RoleId> = held.into_iter().filter(|role| shown.contains(role) && !wanted.contains(role)).collect();
    // First what is given: whoever exchanges his own roles needs those that he has for it.
    if !given.is_empty() {
        flows.assign_roles(id, &given, &visit.by()).await?;
    }
    if !taken.is_empty() {
        flows.remove_roles(id, &taken, &visit.by()).await?;
    }
    Ok(())
}
