//! Creates a user, with a link to set a password or without a sign-in method.

use askama::Template;
use http::StatusCode;
use vestibule_core::EmailAddress;
use vestibule_flows::{CreateUserAccount, SignInMethod};
use vestibule_rbac::RoleId;
use vestibule_user::CreateUser;

use crate::failure::Failure;
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
    email_problem: Option<String>,
    problem: Option<String>,
}

/// The problems of the form: that of the address is beside its field.
#[derive(Default)]
struct Problems {
    email: Option<String>,
    other: Option<String>,
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    let proposed = proposed(&assignable(&request).await?, request.flows().default_roles());
    page(&request, StatusCode::OK, &proposed, Problems::default()).await
}

async fn page(request: &PageRequest, status: StatusCode, chosen: &[RoleId], problems: Problems) -> Answer {
    let typed = |name: &str| request.form.get(name).to_owned();
    let page = NewPage {
        frame: request.frame(),
        email: typed("email"),
        first_name: typed("first_name"),
        last_name: typed("last_name"),
        is_invited: !request.is_form || !typed("invite").is_empty(),
        roles: choices(assignable(request).await?, chosen, request.texts()),
        email_problem: problems.email,
        problem: problems.other,
    };
    request.page_with(status, &page)
}

pub(crate) async fn create(request: SharedRequest) -> Answer {
    request.form.only(&["email", "first_name", "last_name", "invite", "role"])?;
    let chosen = request.role_ids("role")?;
    let email: EmailAddress = match request.form.get("email").trim().parse() {
        Ok(email) => email,
        Err(error) => {
            let email = Some(request.texts().of_email_problem(&error).to_owned());
            return page(&request, StatusCode::BAD_REQUEST, &chosen, Problems { email, other: None }).await;
        }
    };
    let mut user = CreateUser::new(email);
    user.first_name = request.form.text("first_name");
    user.last_name = request.form.text("last_name");
    let sign_in_method = match request.form.get("invite") {
        "" => SignInMethod::None,
        _ => SignInMethod::Invite,
    };
    let account = CreateUserAccount { user, sign_in_method, roles: Some(chosen.clone()) };
    match request.flows().create_user_account(&account, &request.context()).await {
        Ok(account) if request.permissions().allows("user:read") => {
            request.done(&format!("/app/users/{}", account.user.id), "user-created")
        }
        Ok(_) => request.done("/app/users/new", "user-created"),
        Err(error) => {
            let failure = Failure::from(error);
            let is_of_email = matches!(failure.code(), Some("email_taken" | "email_reserved"));
            let (status, problem) = failure.problem(request.language)?;
            let (email, other) = if is_of_email { (Some(problem), None) } else { (None, Some(problem)) };
            page(&request, status, &chosen, Problems { email, other }).await
        }
    }
}
