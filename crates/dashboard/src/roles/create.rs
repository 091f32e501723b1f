//! Creates a role.

use askama::Template;
use http::StatusCode;
use vestibule_rbac::CreateRole;

use crate::form_problem::FormProblem;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};

#[derive(Template)]
#[template(path = "roles/new.html")]
struct NewPage {
    frame: Frame,
    name: String,
    description: String,
    problem: FormProblem,
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    form(&request, StatusCode::OK, FormProblem::default())
}

fn form(request: &PageRequest, status: StatusCode, problem: FormProblem) -> Answer {
    let field = |name| request.form.get(name).to_owned();
    let page = NewPage { frame: request.frame(), name: field("name"), description: field("description"), problem };
    request.page_with(status, &page)
}

pub(crate) async fn create(request: SharedRequest) -> Answer {
    request.form.only(&["name", "description"])?;
    let mut role = CreateRole::new(request.form.get("name").trim());
    role.description = request.form.text("description");
    match request.flows().create_role(&role, &request.context()).await {
        Ok(role) => request.done(&format!("/app/roles/{}", role.id), "role-created"),
        Err(error) => {
            let (status, problem) = FormProblem::of(error.into(), &request)?;
            form(&request, status, problem)
        }
    }
}
