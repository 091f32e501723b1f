//! Deleting a role, after a question that says who has it.

use askama::Template;
use vestibule_rbac::{Role, RoleId};

use crate::layout::Frame;
use crate::request::{Answer, Asked};

#[derive(Template)]
#[template(path = "roles/delete.html")]
struct DeletePage {
    frame: Frame,
    role: Role,
    holders: u64,
}

pub(crate) async fn ask(visit: Asked) -> Answer {
    let role = visit.flows().rbac().retrieve_rbac_role(&visit.parameter(0)?).await?;
    let holders = visit.flows().count_holders_of_roles().await?.get(&role.id).copied().unwrap_or(0);
    visit.page(&DeletePage { frame: visit.frame(), role, holders })
}

pub(crate) async fn delete(visit: Asked) -> Answer {
    visit.form.only(&[])?;
    let id: RoleId = visit.parameter(0)?;
    visit.flows().delete_role(&id, &visit.by()).await?;
    visit.done("/app/roles", "role-deleted")
}
