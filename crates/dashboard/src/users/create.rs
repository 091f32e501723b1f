//! Creates a user, with a link to set a password or without a sign-in method.

use askama::Template;
use http::StatusCode;
use vestibule_flows::{CreateUserAccount, SignInMethod, UserAccount};
use vestibule_rbac::RoleId;
use vestibule_user::CreateUser;

use crate::failure::Failure;
use crate::form_problem::FormProblem;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};
use crate::roles::choices::{Choice, assignable, choices, proposed};

#[derive(Template)]
#[template(path = "users/new.html")]
struct NewPage {
    frame: Frame,
    email: String,
    first_name: String,
    last_name: String,
    /// Whether the user is sent a link to set a password.
    is_invited: bool,
    roles: Vec<Choice>,
    problem: FormProblem,
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    let proposed = proposed(&assignable(&request).await?, request.flows().default_roles());
    page(&request, StatusCode::OK, &proposed, FormProblem::default()).await
}

async fn page(request: &PageRequest, status: StatusCode, chosen: &[RoleId], problem: FormProblem) -> Answer {
    let typed = |name: &str| request.form.get(name).to_owned();
    let page = NewPage {
        frame: request.frame(),
        email: typed("email"),
        first_name: typed("first_name"),
        last_name: typed("last_name"),
        is_invited: !request.is_form || !typed("invite").is_empty(),
        roles: choices(assignable(request).await?, chosen, request.texts()),
        problem,
    };
    request.page_with(status, &page)
}

pub(crate) async fn create(request: SharedRequest) -> Answer {
    request.form.only(&["email", "first_name", "last_name", "invite", "role"])?;
    let chosen = request.role_ids("role")?;
    match create_account(&request, &chosen).await {
        Ok(account) if request.permissions().allows("user:read") => {
            request.done(&format!("/app/users/{}", account.user.id), "user-created")
        }
        Ok(_) => request.done("/app/users/new", "user-created"),
        Err(failure) => {
            let (status, problem) = FormProblem::of(failure, &request)?;
            page(&request, status, &chosen, problem).await
        }
    }
}

async fn create_account(request: &PageRequest, chosen: &[RoleId]) -> Result<UserAccount, Failure> {
    let mut user = CreateUser::new(request.email("email")?);
    user.first_name = request.form.text("first_name");
    user.last_name = request.form.text("last_name");
    let sign_in_method = match request.form.get("invite") {
        "" => SignInMethod::None,
        _ => SignInMethod::Invite,
    };
    let account = CreateUserAccount { user, sign_in_method, roles: Some(chosen.to_vec()) };
    Ok(request.flows().create_user_account(&account, &request.context()).await?)
}
