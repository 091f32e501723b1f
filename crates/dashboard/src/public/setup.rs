//! `/app/setup`: creates the first administrator, through the link that the program prints while there is no user.

use askama::Template;
use http::StatusCode;
use serde_json::{Map, json};
use vestibule_auth::{AuthInput, EMAILPASS};
use vestibule_flows::{CreateUserAccount, FirstUserError, SignInMethod};
use vestibule_user::CreateUser;

use super::login::continue_sign_in;
use crate::form_problem::FormProblem;
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
    problem: FormProblem,
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    let token = request.query.get("token");
    if !request.flows().is_first_user_token(token).await? {
        return Err(FirstUserError::InvalidLink.into());
    }
    form(&request, StatusCode::OK, token, FormProblem::default()).await
}

async fn form(request: &PageRequest, status: StatusCode, token: &str, problem: FormProblem) -> Answer {
    let field = |name| request.form.get(name).to_owned();
    let page = SetupPage {
        frame: request.frame_for_password(request.flows().min_first_password_length().await?),
        token: token.to_owned(),
        email: field("email"),
        first_name: field("first_name"),
        last_name: field("last_name"),
        problem,
    };
    request.page_with(status, &page)
}

pub(crate) async fn create(request: SharedRequest) -> Answer {
    request.form.only(&["token", "email", "first_name", "last_name", "password"])?;
    let (token, password) = (request.form.get("token"), request.form.get("password"));
    let email = match request.email("email") {
        Ok(email) => email,
        Err(failure) => {
            let (status, problem) = FormProblem::of(failure, &request)?;
            return form(&request, status, token, problem).await;
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
            let (status, problem) = FormProblem::of(error.into(), &request)?;
            form(&request, status, token, problem).await
        }
    }
}
