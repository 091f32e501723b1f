//! A forgotten password: asking for a link, and setting a new one by it.

use askama::Template;
use http::StatusCode;
use vestibule_auth::{EMAILPASS, RequestPasswordReset};

use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, Asked, Visit};

#[derive(Template)]
#[template(path = "public/forgot.html")]
struct ForgotPage {
    frame: Frame,
    email: String,
    is_sent: bool,
}

#[derive(Template)]
#[template(path = "public/reset.html")]
struct ResetPage {
    frame: Frame,
    token: String,
    /// Whose password it is; nobody's where the link does not work.
    email: Option<String>,
    /// What is wrong with the password, or with the link.
    password_problem: Option<String>,
}

pub(crate) async fn show_forgot(visit: Asked) -> Answer {
    visit.page(&ForgotPage { frame: visit.frame(), email: visit.query.get("email").to_owned(), is_sent: false })
}

/// The same answer whether there is such an account or not.
pub(crate) async fn forgot(visit: Asked) -> Answer {
    visit.form.only(&["email"])?;
    let email = visit.form.get("email").trim().to_owned();
    let request = RequestPasswordReset { provider: EMAILPASS, entity_id: &email, actor_type: "user" };
    visit.flows().request_password_reset(request, None, &visit.by()).await?;
    visit.page(&ForgotPage { frame: visit.frame(), email, is_sent: true })
}

pub(crate) async fn show_reset(visit: Asked) -> Answer {
    reset_form(&visit, StatusCode::OK, visit.query.get("token"), None).await
}

async fn reset_form(visit: &Visit, status: StatusCode, token: &str, problem: Option<String>) -> Answer {
    let (status, email, problem) = match visit.flows().find_password_reset(token, "user", EMAILPASS).await {
        Ok(pending) => (status, Some(pending.claims.entity_id), problem),
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(visit.language)?;
            (status, None, Some(problem))
        }
    };
    visit.page_with(
        status,
        &ResetPage { frame: visit.frame(), token: token.to_owned(), email, password_problem: problem },
    )
}

pub(crate) async fn reset(visit: Asked) -> Answer {
    visit.form.only(&["token", "password"])?;
    let token = visit.form.get("token");
    let redeemed = async {
        let pending = visit.flows().find_password_reset(token, "user", EMAILPASS).await?;
        visit.flows().reset_password(&pending, visit.form.get("password"), &visit.by()).await
    };
    match redeemed.await {
        Ok(known) => {
            let mut response = visit.leave("/app/login?done=password-set")?;
            visit.remember(&mut response, &known);
            Ok(response)
        }
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(visit.language)?;
            reset_form(&visit, status, token, Some(problem)).await
        }
    }
}
