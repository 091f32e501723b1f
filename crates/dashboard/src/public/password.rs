//! A forgotten password: requests a link, and sets a new password with it.

use askama::Template;
use http::StatusCode;
use vestibule_auth::{EMAILPASS, RequestPasswordReset};
use vestibule_flows::USER;

use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};

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
    /// The account of the password; none if the link does not work.
    email: Option<String>,
    /// The problem of the password or of the link.
    password_problem: Option<String>,
}

pub(crate) async fn show_forgot(request: SharedRequest) -> Answer {
    request.page(&ForgotPage {
        frame: request.frame(),
        email: request.query.get("email").to_owned(),
        is_sent: !request.query.get("sent").is_empty(),
    })
}

/// Sends a link. The response is the same whether or not the account exists.
pub(crate) async fn forgot(request: SharedRequest) -> Answer {
    request.form.only(&["email"])?;
    let email = request.form.get("email").trim().to_owned();
    let reset = RequestPasswordReset { provider: EMAILPASS, entity_id: &email, actor_type: USER };
    request.flows().request_password_reset(reset, None, &request.context()).await?;
    request.go("/app/forgot?sent=1")
}

pub(crate) async fn show_reset(request: SharedRequest) -> Answer {
    reset_form(&request, StatusCode::OK, request.query.get("token"), None).await
}

async fn reset_form(request: &PageRequest, status: StatusCode, token: &str, problem: Option<String>) -> Answer {
    let flows = request.flows();
    let (status, frame, email, problem) = match flows.find_password_reset(token, USER, EMAILPASS).await {
        Ok(pending) => {
            let least = flows.min_password_length_of(USER, &pending.actor_id).await?;
            (status, request.frame_for_password(least), Some(pending.claims.entity_id), problem)
        }
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(request.language)?;
            (status, request.frame(), None, Some(problem))
        }
    };
    request.page_with(status, &ResetPage { frame, token: token.to_owned(), email, password_problem: problem })
}

pub(crate) async fn reset(request: SharedRequest) -> Answer {
    request.form.only(&["token", "password"])?;
    let token = request.form.get("token");
    let redeemed = async {
        let pending = request.flows().find_password_reset(token, USER, EMAILPASS).await?;
        request.flows().reset_password(&pending, request.form.get("password"), &request.context()).await
    };
    match redeemed.await {
        Ok(known) => {
            let mut response = request.leave("/app/login?done=password-set")?;
            request.remember(&mut response, &known);
            Ok(response)
        }
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(request.language)?;
            reset_form(&request, status, token, Some(problem)).await
        }
    }
}
