//! Deletes a role, after a confirmation that names its users.

use askama::Template;
use vestibule_rbac::{Role, RoleId};

use crate::layout::Frame;
use crate::request::{Answer, SharedRequest};

#[derive(Template)]
#[template(path = "roles/delete.html")]
struct DeletePage {
    frame: Frame,
    role: Role,
    holders: u64,
}

pub(crate) async fn ask(request: SharedRequest) -> Answer {
    let role = request.flows().rbac().retrieve_rbac_role(&request.parameter(0)?).await?;
    let holders = request.flows().count_holders_of_roles().await?.get(&role.id).copied().unwrap_or(0);
    request.page(&DeletePage { frame: request.frame(), role, holders })
}

pub(crate) async fn delete(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let id: RoleId = request.parameter(0)?;
    request.flows().delete_role(&id, &request.context()).await?;
    request.done("/app/roles", "role-deleted")
}
