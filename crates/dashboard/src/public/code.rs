//! `/app/login/code`: signs in with a code that is mailed. Opening the link of the mail changes nothing: programs open links
//! too. Code and link work in the browser that requested them.

use askama::Template;
use http::header::SET_COOKIE;
use serde_json::{Map, Value as Json};
use vestibule_auth::{AuthInput, Browser, Flow};
use vestibule_flows::{SignIn, USER};
use vestibule_web::cookies;

use super::login::continue_sign_in;
use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest, next_page};

#[derive(Template)]
#[template(path = "public/code.html")]
struct CodePage {
    frame: Frame,
    email: String,
    next: String,
    /// What belongs to the code; none before it was requested.
    state: Option<String>,
    /// The code of the mail's link.
    code: String,
    /// Whether the mail's link was opened: a button is left to press.
    is_link: bool,
    problem: Option<String>,
}

impl CodePage {
    fn of(request: &PageRequest) -> Self {
        let wanted = [request.form.get("next"), request.query.get("next")].into_iter().find(|next| !next.is_empty());
        Self {
            frame: request.frame(),
            email: [request.form.get("email"), request.query.get("email")].concat(),
            next: next_page(wanted.unwrap_or_default()).to_owned(),
            state: None,
            code: String::new(),
            is_link: false,
            problem: None,
        }
    }
}

/// The provider with codes, if users may use it.
fn provider(request: &PageRequest) -> Result<String, Failure> {
    let found = request.flows().auth().providers_of(USER).find(|provider| provider.flow() == Flow::Code);
    found.map(|provider| provider.identifier().to_owned()).ok_or(Failure::NotFound)
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    provider(&request)?;
    let mut page = CodePage::of(&request);
    if let Some((state, code)) = request.query.get("token").split_once('.') {
        (page.state, page.code, page.is_link) = (Some(state.to_owned()), code.to_owned(), true);
    } else if !request.query.get("state").is_empty() {
        page.state = Some(request.query.get("state").to_owned());
    }
    request.page(&page)
}

/// Has a code mailed. The page is the same whether or not the address has an account.
pub(crate) async fn send(request: SharedRequest) -> Answer {
    request.form.only(&["email", "next"])?;
    let provider = provider(&request)?;
    let site = &request.dashboard.web.site;
    let (browser, cookie) = cookies::begin_sign_in(&request.client.browser, request.flows().environment(), site);
    let mut page = CodePage::of(&request);
    let mut input = input(&request, [("email", page.email.trim())], browser);
    input.continue_to = Some(page.next.clone());
    let sent = match request.flows().sign_in(USER, &provider, &input, &request.client).await {
        Ok(SignIn::CodeSent { state }) => state,
        Ok(begun) => return continue_sign_in(&request, begun, &page.next).await,
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(request.language)?;
            page.problem = Some(problem);
            return request.page_with(status, &page);
        }
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("state", &sent).append_pair("email", page.email.trim()).append_pair("next", &page.next);
    let mut response = request.go(&format!("/app/login/code?{}", query.finish()))?;
    response.headers_mut().extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
    Ok(response)
}

/// Signs in with the code.
pub(crate) async fn redeem(request: SharedRequest) -> Answer {
    request.form.only(&["email", "next", "state", "code"])?;
    let provider = provider(&request)?;
    let (state, code) = (request.form.get("state"), request.form.get("code"));
    let input = input(&request, [("state", state), ("code", code)], request.client.browser.clone());
    match request.flows().sign_in_by_callback(USER, &provider, &input, &request.client).await {
        Ok(returned) => {
            let next = returned.continue_to.unwrap_or_default();
            continue_sign_in(&request, returned.sign_in, &next).await
        }
        Err(error) => {
            let failure = Failure::from(error);
            let is_over = failure.code() == Some("sign_in_expired");
            let (status, problem) = failure.problem(request.language)?;
            let mut page = CodePage::of(&request);
            page.state = Some(state.to_owned()).filter(|_| !is_over);
            page.problem = Some(problem);
            request.page_with(status, &page)
        }
    }
}

/// What the provider sees of a request: the link of its mail leads to the page.
fn input<const N: usize>(request: &PageRequest, fields: [(&str, &str); N], browser: Browser) -> AuthInput {
    let dashboard = &request.dashboard;
    let callback_url = Some(dashboard.address("/app/login/code"));
    let body: Map<String, Json> = fields.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let client_address = request.client.address;
    AuthInput { body, actor_type: USER.to_owned(), browser, callback_url, client_address, ..AuthInput::default() }
}
