//! `/app/setup`: creates the first administrator, through the link that the program prints while there is no user.

use askama::Template;
use http::StatusCode;
use serde_json::{Map, json};
use vestibule_auth::{AuthInput, EMAILPASS};
use vestibule_core::EmailAddress;
use vestibule_flows::{CreateUserAccount, FirstUserError, SignInMethod};
use vestibule_user::CreateUser;

use super::login::continue_sign_in;
use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};

#[derive(Template)]
#[template(path = "public/setup.html")]
struct SetupPage {
    frame: Frame,
    token: String,
    email: String,
    first_name: String,
    last_name: String,
    email_problem: Option<String>,
    password_problem: Option<String>,
    /// Any other problem.
    problem: Option<String>,
}

/// The problems, each beside its field.
#[derive(Default)]
struct Problems {
    email: Option<String>,
    password: Option<String>,
    other: Option<String>,
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    let token = request.query.get("token");
    if !request.flows().is_first_user_token(token).await? {
        return Err(FirstUserError::InvalidLink.into());
    }
    form(&request, StatusCode::OK, token, Problems::default()).await
}

async fn form(request: &PageRequest, status: StatusCode, token: &str, problems: Problems) -> Answer {
    let field = |name| request.form.get(name).to_owned();
    let page = SetupPage {
        frame: request.frame_for_password(request.flows().min_first_password_length().await?),
        token: token.to_owned(),
        email: field("email"),
        first_name: field("first_name"),
        last_name: field("last_name"),
        email_problem: problems.email,
        password_problem: problems.password,
        problem: problems.other,
    };
    request.page_with(status, &page)
}

pub(crate) async fn create(request: SharedRequest) -> Answer {
    request.form.only(&["token", "email", "first_name", "last_name", "password"])?;
    let (token, password) = (request.form.get("token"), request.form.get("password"));
    let email: EmailAddress = match request.form.get("email").parse() {
        Ok(email) => email,
        Err(error) => {
            let problem = request.texts().of_email_problem(&error);
            return form(
                &request,
                StatusCode::BAD_REQUEST,
                token,
                Problems { email: Some(problem.to_owned()), ..Problems::default() },
            )
            .await;
        }
    };
    let mut user = CreateUser::new(email);
    user.first_name = request.form.text("first_name");
    user.last_name = request.form.text("last_name");
    let account = CreateUserAccount::new(user, SignInMethod::Password(password.to_owned()));
    match request.flows().create_first_user(token, &account, &request.client).await {
        Ok(user) => {
            let fields = [("email", user.email.as_str()), ("password", password)];
            let body: Map<_, _> = fields.into_iter().map(|(name, text)| (name.to_owned(), json!(text))).collect();
            let input = AuthInput { body, ..AuthInput::default() };
            let begun = request.flows().sign_in("user", EMAILPASS, &input, &request.client).await?;
            continue_sign_in(&request, begun, "/app?done=welcome").await
        }
        Err(error @ FirstUserError::InvalidLink) => Err(error.into()),
        Err(error) => {
            let failure = Failure::from(error);
            let is_password = failure.is_weak_password();
            let (status, problem) = failure.problem(request.language)?;
            let problem = Some(problem);
            let problems = match is_password {
                true => Problems { password: problem, ..Problems::default() },
                false => Problems { other: problem, ..Problems::default() },
            };
            form(&request, status, token, problems).await
        }
    }
}
