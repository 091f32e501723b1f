//! `/app/setup`: the first administrator, by the link that the program prints where nobody is in.

use askama::Template;
use http::StatusCode;
use serde_json::{Map, json};
use vestibule_auth::{AuthInput, EMAILPASS};
use vestibule_core::EmailAddress;
use vestibule_flows::{CreateUserAccount, FirstUserError, WayIn};
use vestibule_user::CreateUser;

use super::login::go_on;
use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, Asked, Visit};

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
    /// What is wrong with anything else.
    problem: Option<String>,
}

/// What is wrong, and beside which field it stands.
#[derive(Default)]
struct Problems {
    email: Option<String>,
    password: Option<String>,
    other: Option<String>,
}

pub(crate) async fn show(visit: Asked) -> Answer {
    let token = visit.query.get("token");
    if !visit.flows().is_first_user_token(token).await? {
        return Err(FirstUserError::InvalidLink.into());
    }
    form(&visit, StatusCode::OK, token, Problems::default())
}

fn form(visit: &Visit, status: StatusCode, token: &str, problems: Problems) -> Answer {
    let field = |name| visit.form.get(name).to_owned();
    let page = SetupPage {
        frame: visit.frame(),
        token: token.to_owned(),
        email: field("email"),
        first_name: field("first_name"),
        last_name: field("last_name"),
        email_problem: problems.email,
        password_problem: problems.password,
        problem: problems.other,
    };
    visit.page_with(status, &page)
}

pub(crate) async fn create(visit: Asked) -> Answer {
    visit.form.only(&["token", "email", "first_name", "last_name", "password"])?;
    let (token, password) = (visit.form.get("token"), visit.form.get("password"));
    let email: EmailAddress = match visit.form.get("email").parse() {
        Ok(email) => email,
        Err(error) => {
            let problem = visit.texts().of_email_problem(&error);
            return form(
                &visit,
                StatusCode::BAD_REQUEST,
                token,
                Problems { email: Some(problem.to_owned()), ..Problems::default() },
            );
        }
    };
    let mut user = CreateUser::new(email);
    user.first_name = visit.form.text("first_name");
    user.last_name = visit.form.text("last_name");
    let account = CreateUserAccount::new(user, WayIn::Password(password.to_owned()));
    match visit.flows().create_first_user(token, &account, &visit.client).await {
        Ok(user) => {
            let fields = [("email", user.email.as_str()), ("password", password)];
            let body: Map<_, _> = fields.into_iter().map(|(name, text)| (name.to_owned(), json!(text))).collect();
            let input = AuthInput { body, query: Map::new() };
            let begun = visit.flows().sign_in("user", EMAILPASS, &input, &visit.client).await?;
            go_on(&visit, begun, "/app/users?done=welcome").await
        }
        Err(error @ FirstUserError::InvalidLink) => Err(error.into()),
        Err(error) => {
            let failure = Failure::from(error);
            let is_password = failure.is_weak_password();
            let (status, problem) = failure.problem(visit.language)?;
            let problem = Some(problem);
            let problems = match is_password {
                true => Problems { password: problem, ..Problems::default() },
                false => Problems { other: problem, ..Problems::default() },
            };
            form(&visit, status, token, problems)
        }
    }
}
