//! `/app`: the start page: what there is, what needs attention, what happened in the last thirty days.
//!
//! Every number is kept, or counted by an index up to a bound: the page costs the same with a million users.

mod chart;
mod days;
mod figures;

use askama::Template;
use vestibule_auth::mfa::MfaStatus;
use vestibule_core::Count;
use vestibule_flows::Stage;
use vestibule_web::access::Refusal;

use self::chart::Chart;
pub(crate) use self::days::Days;
use self::figures::Figure;
use crate::failure::Failure;
use crate::layout::Frame;
use crate::profile::factor::in_state;
use crate::request::{Answer, PageRequest, SharedRequest};
use crate::texts::{self, Home};

/// A step of the first start.
struct Step {
    name: &'static str,
    why: &'static str,
    path: &'static str,
    is_done: bool,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    t: &'static Home,
    greeting: String,
    figures: Vec<Figure>,
    /// What is left to do after the first start; empty when all is done.
    steps: Vec<Step>,
    chart: Option<Chart>,
}

/// Shows the start page, or redirects to the step of signing in that is due.
pub(crate) async fn home(request: SharedRequest) -> Answer {
    let Some(caller) = &request.caller else { return request.go("/app/login") };
    match (caller.stage, &caller.user) {
        (Stage::Half, _) => request.go("/app/login/factor"),
        (Stage::Enrolment, _) => request.go("/app/profile/second-factor"),
        (Stage::Unverified, _) => request.go("/app/verify"),
        (Stage::Full, None) => Err(Failure::Refused(Refusal::Unauthenticated)),
        (Stage::Full, Some(_)) => page(&request).await,
    }
}

async fn page(request: &PageRequest) -> Answer {
    let user = request.user()?;
    let t = texts::home(request.language);
    let greeting = user.first_name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let page = HomePage {
        t,
        greeting: greeting.map_or_else(|| request.texts().home.to_owned(), |name| t.hello(name)),
        figures: figures::figures(request).await?,
        steps: steps(request).await?,
        chart: chart::chart(request).await?,
        frame: request.frame(),
    };
    request.page(&page)
}

/// Returns the first steps, as long as one of them is left and the user is alone.
async fn steps(request: &PageRequest) -> Result<Vec<Step>, Failure> {
    let texts = texts::home(request.language);
    if !request.permissions().allows("invite:create") || !figures::is_alone(request).await? {
        return Ok(Vec::new());
    }
    let has_factor = !in_state(request, MfaStatus::Enabled).await?.is_empty();
    let step = |name, why, path, is_done| Step { name, why, path, is_done };
    Ok(vec![
        step(
            texts.step_invite,
            texts.step_invite_why,
            "/app/invites/new",
            figures::pending(request).await? != Count::Exactly(0),
        ),
        step(texts.step_factor, texts.step_factor_why, "/app/profile/second-factor", has_factor),
        step(texts.step_role, texts.step_role_why, "/app/roles/new", false),
    ])
}
