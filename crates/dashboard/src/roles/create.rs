//! A new role.

use askama::Template;
use http::StatusCode;
use vestibule_rbac::CreateRole;

use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, Asked, Visit};

#[derive(Template)]
#[template(path = "roles/new.html")]
struct NewPage {
    frame: Frame,
    name: String,
    description: String,
    problem: Option<String>,
}

pub(crate) async fn show(visit: Asked) -> Answer {
    form(&visit, StatusCode::OK, None)
}

fn form(visit: &Visit, status: StatusCode, problem: Option<String>) -> Answer {
    let field = |name| visit.form.get(name).to_owned();
    let page = NewPage { frame: visit.frame(), name: field("name"), description: field("description"), problem };
    visit.page_with(status, &page)
}

pub(crate) async fn create(visit: Asked) -> Answer {
    visit.form.only(&["name", "description"])?;
    let mut role = CreateRole::new(visit.form.get("name").trim());
    role.description = visit.form.text("description");
    match visit.flows().create_role(&role, &visit.by()).await {
        Ok(role) => visit.done(&format!("/app/roles/{}", role.id), "role-created"),
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(visit.language)?;
            form(&visit, status, Some(problem))
        }
    }
}
