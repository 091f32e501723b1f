//! The list of roles.

use askama::Template;
use vestibule_rbac::Role;

use crate::layout::Frame;
use crate::request::{Answer, SharedRequest};
use crate::roles::allows;
use crate::users::list::roles;

/// A role, and its number of users.
struct Row {
    role: Role,
    holders: u64,
}

#[derive(Template)]
#[template(path = "roles/list.html")]
struct ListPage {
    frame: Frame,
    rows: Vec<Row>,
}

pub(crate) async fn list(request: SharedRequest) -> Answer {
    let holders = request.flows().count_holders_of_roles().await?;
    let texts = request.texts();
    let row = |role: Role| Row {
        holders: holders.get(&role.id).copied().unwrap_or(0),
        role: Role { description: allows::description(&role, texts), ..role },
    };
    let rows = roles(&request).await?.into_iter().map(row).collect();
    request.page(&ListPage { frame: request.frame(), rows })
}
