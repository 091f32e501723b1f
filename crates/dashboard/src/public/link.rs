//! `/app/link`: a sign-in elsewhere is linked with the user who has its address. The user signs in as before, and consents.

use askama::Template;
use http::StatusCode;
use http::header::SET_COOKIE;
use vestibule_web::cookies;

use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};

#[derive(Template)]
#[template(path = "public/link.html")]
struct LinkPage {
    frame: Frame,
    state: String,
    /// What buttons call the provider, and the account there; none if the link cannot be made.
    identity: Option<(String, String)>,
    /// The address of the user who is signed in.
    user: String,
    /// Whether the link waits for another user.
    is_of_other: bool,
    problem: Option<String>,
}

/// Remembers the link, and leads to the sign-in.
pub(crate) async fn begin(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let site = &request.dashboard.web.site;
    let (browser, cookie) = cookies::begin_sign_in(&request.client.browser, request.flows().environment(), site);
    let Some(state) = request.flows().begin_link(request.caller()?, &browser).await? else {
        return request.go("/app/sign-up");
    };
    let next: String = form_urlencoded::byte_serialize(path_of(&state).as_bytes()).collect();
    let mut response = request.go(&format!("/app/login?next={next}"))?;
    response.headers_mut().extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
    Ok(response)
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    page(&request, StatusCode::OK, request.query.get("state"), None).await
}

async fn page(request: &PageRequest, status: StatusCode, state: &str, problem: Option<String>) -> Answer {
    let (caller, browser) = (request.caller()?, &request.client.browser);
    let mut page = LinkPage {
        frame: request.frame(),
        state: state.to_owned(),
        identity: None,
        user: request.user()?.email.to_string(),
        is_of_other: false,
        problem,
    };
    match request.flows().preview_link(caller, state, browser).await {
        Ok(part) => {
            let provider = request.flows().auth().find_provider(&part.provider);
            let name = provider.map_or(part.provider.as_str(), |provider| provider.short_name());
            page.identity = Some((name.to_owned(), part.account().to_owned()));
            request.page_with(status, &page)
        }
        Err(error) => {
            let failure = Failure::from(error);
            page.is_of_other = failure.code() == Some("link_for_another_user");
            let (status, problem) = failure.problem(request.language)?;
            page.problem = Some(problem);
            request.page_with(status, &page)
        }
    }
}

/// Makes the link.
pub(crate) async fn confirm(request: SharedRequest) -> Answer {
    request.form.only(&["state"])?;
    let (state, browser) = (request.form.get("state"), &request.client.browser);
    match request.flows().confirm_link(request.caller()?, &request.context(), (state, browser)).await {
        Ok(()) => request.done("/app/profile", "linked"),
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(request.language)?;
            page(&request, status, state, Some(problem)).await
        }
    }
}

fn path_of(state: &str) -> String {
    format!("/app/link?state={state}")
}
