//! Signing in by a password, and signing out.

use askama::Template;
use http::StatusCode;
use serde_json::{Map, json};
use vestibule_auth::{AuthInput, AuthenticateError, EMAILPASS};
use vestibule_flows::{SignIn, Stage};

use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, Asked, Visit, next_page};

#[derive(Template)]
#[template(path = "public/login.html")]
struct LoginPage {
    frame: Frame,
    email: String,
    next: String,
    /// The identifiers and names of the other ways to sign in.
    providers: Vec<(String, String)>,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "public/elsewhere.html")]
struct ElsewherePage {
    frame: Frame,
    location: String,
}

pub(crate) async fn show(visit: Asked) -> Answer {
    if visit.caller.as_ref().is_some_and(|caller| caller.user.is_some() && caller.stage == Stage::Full) {
        return visit.go(next_page(visit.query.get("next")));
    }
    form(&visit, StatusCode::OK, None)
}

fn form(visit: &Visit, status: StatusCode, problem: Option<String>) -> Answer {
    let wanted = [visit.form.get("next"), visit.query.get("next")].into_iter().find(|next| !next.is_empty());
    let providers = visit.flows().auth().providers().filter(|provider| !provider.holds_passwords());
    let page = LoginPage {
        frame: visit.frame(),
        email: [visit.form.get("email"), visit.query.get("email")].concat(),
        next: next_page(wanted.unwrap_or_default()).to_owned(),
        providers: providers
            .map(|provider| (provider.identifier().to_owned(), provider.display_name().to_owned()))
            .collect(),
        problem,
    };
    visit.page_with(status, &page)
}

pub(crate) async fn sign_in(visit: Asked) -> Answer {
    visit.form.only(&["email", "password", "next"])?;
    let body: Map<_, _> = [
        ("email".to_owned(), json!(visit.form.get("email"))),
        ("password".to_owned(), json!(visit.form.get("password"))),
    ]
    .into_iter()
    .collect();
    let input = AuthInput { body, query: Map::new() };
    match visit.flows().sign_in("user", EMAILPASS, &input, &visit.client).await {
        Ok(begun) => go_on(&visit, begun, visit.form.get("next")).await,
        // The reference's words are for programs.
        Err(AuthenticateError::Refused(_)) => {
            form(&visit, StatusCode::UNAUTHORIZED, Some(visit.texts().wrong_credentials.to_owned()))
        }
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(visit.language)?;
            form(&visit, status, Some(problem))
        }
    }
}

/// Goes on with a sign-in: in, or to what is still to be done.
pub(crate) async fn go_on(visit: &Visit, begun: SignIn, next: &str) -> Answer {
    let next = next_page(next);
    match begun {
        SignIn::Session(token) if token.actor_id.is_empty() => {
            let message = visit.texts().not_a_user.to_owned();
            form(visit, StatusCode::FORBIDDEN, Some(message))
        }
        SignIn::Session(token) => visit.enter_known(&token, next).await,
        SignIn::Challenge { token, .. } => {
            let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
            visit.enter(&token.sid, &format!("/app/login/factor?next={next}")).await
        }
        SignIn::Verification { token, .. } => {
            if let Ok(identity) = token.auth_identity_id.parse() {
                let (actor_type, provider) = (&token.actor_type, &token.auth_provider);
                visit.flows().send_first_verification(identity, actor_type, provider, &visit.by()).await?;
            }
            visit.enter(&token.sid, "/app/verify").await
        }
        // Not by a status: the content policy keeps a form from ending on another site, also by way of ours.
        SignIn::Redirect { location } => visit.page(&ElsewherePage { frame: visit.frame(), location }),
    }
}

pub(crate) async fn sign_out(visit: Asked) -> Answer {
    visit.form.only(&["next"])?;
    if let Some(caller) = &visit.caller {
        visit.flows().sign_out(caller, &visit.by()).await?;
    }
    match visit.form.get("next") {
        "" => visit.leave("/app/login?done=signed-out"),
        next => visit.leave(next_page(next)),
    }
}
