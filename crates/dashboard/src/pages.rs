//! The table of the pages: which there are, who may come to each, and the guard in front of them.
//!
//! It is one piece of data, as the API's table of routes is, and it asks for the same policies (security.md 25).

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::{RawPathParams, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use http::header::{RETRY_AFTER, SET_COOKIE};
use http::{HeaderValue, Method};
use vestibule_flows::{Caller, Credential};
use vestibule_http::access::{Access, Refusal};
use vestibule_http::caller::{self, Asker};
use vestibule_http::{ApiError, cookies};

use crate::failure::Failure;
use crate::form::Fields;
use crate::language::Language;
use crate::outer::failed::show;
use crate::visit::{Answer, Visit, read_cookie, redirect, set_cookie};
use crate::{Dashboard, api_keys, assets, audit, invites, outer, profile, roles, users};

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path, its parts that vary in braces.
    pub path: &'static str,
    /// Who may come.
    pub access: Access,
    /// Whether something can be guessed here, or made without being known: then each address may knock only so often.
    pub is_door: bool,
}

type Handler = fn(Visit) -> Pin<Box<dyn Future<Output = Answer> + Send>>;

macro_rules! pages {
    ($($method:ident $path:literal $access:ident $([$($policy:literal),*])? $($door:ident)? => $handler:path;)+) => {
        /// The pages.
        pub static PAGES: &[Page] = &[$(
            Page {
                method: stringify!($method),
                path: $path,
                access: pages!(@access $access $([$($policy),*])?),
                is_door: pages!(@door $($door)?),
            },
        )+];

        static HANDLERS: &[Handler] = &[$(|visit| Box::pin($handler(visit)),)+];
    };
    (@door) => { false };
    (@door door) => { true };
    (@access $access:ident) => { Access::$access };
    (@access $access:ident [$($policy:literal),*]) => { Access::$access(&[$($policy),*]) };
}

pages! {
    GET "/app" Public => outer::home::home;
    GET "/app/assets/{file}" Public => assets::serve;
    POST "/app/language" Public => outer::language::choose;
    POST "/app/password-strength" Public door => outer::strength::judge;
    GET "/app/setup" Public => outer::setup::show;
    POST "/app/setup" Public door => outer::setup::create;
    GET "/app/login" Public => outer::login::show;
    POST "/app/login" Public door => outer::login::sign_in;
    GET "/app/login/factor" Challenge => outer::factor::show;
    POST "/app/login/factor" Challenge door => outer::factor::answer;
    GET "/app/login/callback/{provider}" Public door => outer::provider::callback;
    POST "/app/login/{provider}" Public door => outer::provider::start;
    POST "/app/logout" Public => outer::login::sign_out;
    GET "/app/forgot" Public => outer::password::show_forgot;
    POST "/app/forgot" Public door => outer::password::forgot;
    GET "/app/reset-password" Public => outer::password::show_reset;
    POST "/app/reset-password" Public door => outer::password::reset;
    GET "/app/verify" Public => outer::verify::show;
    POST "/app/verify" Public door => outer::verify::confirm;
    GET "/app/invite" Public door => outer::invitation::show;
    POST "/app/invite" Public door => outer::invitation::accept;
    POST "/app/invite/renew" Public door => outer::invitation::renew;

    GET "/app/users" Policies["user:read"] => users::list::list;
    GET "/app/users.csv" Policies["user:read"] => users::export::export;
    POST "/app/users/lock" Policies["user:update"] => users::lock::lock_many;
    GET "/app/users/{id}" Policies["user:read"] => users::show::show;
    POST "/app/users/{id}" Policies["user:update"] => users::edit::edit;
    POST "/app/users/{id}/lock" Policies["user:update"] => users::lock::lock;
    POST "/app/users/{id}/unlock" Policies["user:update"] => users::lock::unlock;
    POST "/app/users/{id}/roles" Policies["user:update", "rbac_role:update"] => users::roles::set;
    POST "/app/users/{id}/reset-link" Policies["user:update"] => users::access::reset_link;
    POST "/app/users/{id}/attempts" Policies["user:update"] => users::access::clear_attempts;
    POST "/app/users/{id}/second-factor" Policies["mfa:delete"] => users::access::reset_factor;
    POST "/app/users/{id}/sessions" Policies["session:delete"] => users::access::end_sessions;
    POST "/app/users/{id}/sessions/{session}" Policies["session:delete"] => users::access::end_session;
    GET "/app/users/{id}/delete" Policies["user:delete"] => users::delete::ask;
    POST "/app/users/{id}/delete" Policies["user:delete"] => users::delete::delete;

    GET "/app/invites" Policies["invite:read"] => invites::list::list;
    GET "/app/invites/new" Policies["invite:create"] => invites::create::show;
    POST "/app/invites/new" Policies["invite:create"] => invites::create::create;
    POST "/app/invites/{id}/resend" Policies["invite:update"] => invites::change::resend;
    GET "/app/invites/{id}/revoke" Policies["invite:delete"] => invites::change::ask;
    POST "/app/invites/{id}/revoke" Policies["invite:delete"] => invites::change::revoke;

    GET "/app/roles" Policies["rbac_role:read"] => roles::list::list;
    GET "/app/roles/new" Policies["rbac_role:create"] => roles::create::show;
    POST "/app/roles/new" Policies["rbac_role:create"] => roles::create::create;
    GET "/app/roles/{id}" Policies["rbac_role:read"] => roles::edit::show;
    POST "/app/roles/{id}" Policies["rbac_role:update"] => roles::edit::update;
    GET "/app/roles/{id}/delete" Policies["rbac_role:delete"] => roles::delete::ask;
    POST "/app/roles/{id}/delete" Policies["rbac_role:delete"] => roles::delete::delete;

    GET "/app/api-keys" Policies["api_key:read"] => api_keys::list;
    POST "/app/api-keys" Policies["api_key:create"] => api_keys::create;
    GET "/app/api-keys/{id}/revoke" Policies["api_key:update"] => api_keys::ask;
    POST "/app/api-keys/{id}/revoke" Policies["api_key:update"] => api_keys::revoke;

    GET "/app/audit" Policies["audit:read"] => audit::list;

    GET "/app/profile" User => profile::show::show;
    POST "/app/profile" User => profile::show::update;
    POST "/app/profile/password" User door => profile::password::change;
    GET "/app/profile/second-factor" Enrolment => profile::factor::show;
    POST "/app/profile/second-factor/start" Enrolment door => profile::factor::start;
    POST "/app/profile/second-factor/verify" Enrolment door => profile::factor::verify;
    POST "/app/profile/second-factor/disable" User door => profile::factor::disable;
    POST "/app/profile/second-factor/codes" Enrolment door => profile::factor::recovery_codes;
    POST "/app/profile/sessions" User => profile::sessions::end_others;
    POST "/app/profile/sessions/{id}" User => profile::sessions::end;
}

/// What leads to a page that is only found by a form, so that every page can be shown with the same errors.
#[derive(Clone)]
struct Door {
    page: Page,
    handler: Handler,
}

/// The pages, each behind the guard. What has no line in the table is not there.
pub fn router(dashboard: Dashboard) -> Router {
    let mut router = Router::new();
    for (page, handler) in PAGES.iter().zip(HANDLERS) {
        let door = Door { page: *page, handler: *handler };
        let filter = if page.method == "GET" { MethodFilter::GET } else { MethodFilter::POST };
        let answer = move |State(dashboard): State<Arc<Dashboard>>, parameters: RawPathParams, request: Request| {
            answer(dashboard, door, parameters.iter().map(|(_, value)| value.to_owned()).collect(), request)
        };
        router = router.route(page.path, on(filter, answer));
    }
    let nothing = |State(dashboard): State<Arc<Dashboard>>, request: Request| nothing_here(dashboard, request);
    router.route("/app/{*rest}", axum::routing::any(nothing)).with_state(Arc::new(dashboard))
}

async fn nothing_here(dashboard: Arc<Dashboard>, request: Request) -> Response {
    let handler: Handler = |_| Box::pin(async { Err(Failure::not_found()) });
    let page = Page { method: "GET", path: "/app/{*rest}", access: Access::Public, is_door: false };
    answer(dashboard, Door { page, handler }, Vec::new(), request).await
}

async fn answer(dashboard: Arc<Dashboard>, door: Door, parameters: Vec<String>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let https = dashboard.api.https;
    let name = if https { "__Secure-vestibule-form" } else { "vestibule-form" };
    let (secret, is_new) = match (cookies::read(&parts.headers, https), read_cookie(&parts.headers, name)) {
        (Some(session), _) => (session.to_owned(), false),
        (None, Some(secret)) => (secret.to_owned(), false),
        (None, None) => (BASE64.encode(dashboard.flows().environment().random_bytes::<16>()), true),
    };
    let uri = parts.uri.path_and_query().map_or("/app", |path| path.as_str());
    let mut visit = Visit {
        caller: None,
        client: caller::client(&parts.headers, &parts.extensions),
        language: Language::of(&parts.headers),
        now: dashboard.flows().environment().now(),
        parameters,
        query: Fields::parse(parts.uri.query().unwrap_or_default().as_bytes()),
        form: Fields::default(),
        here: uri.to_owned(),
        secret,
        dashboard,
    };
    let (secret, language) = (visit.secret.clone(), visit.language);
    let mut response = match enter(&mut visit, &door, &parts, body).await {
        Ok(()) => {
            let (frame, here) = (visit.frame(), visit.here.clone());
            let answered = (door.handler)(visit).await;
            answered.unwrap_or_else(|failure| refuse(failure, frame, &here))
        }
        Err(failure) => refuse(failure, visit.frame(), &visit.here),
    };
    let is_page = !response.headers().contains_key(http::header::CACHE_CONTROL)
        || response.headers().get(http::header::CACHE_CONTROL) == Some(&HeaderValue::from_static("no-store"));
    if is_new && is_page {
        response.headers_mut().append(SET_COOKIE, set_cookie(name, &secret, https, false));
    }
    let language = HeaderValue::from_static(language.code());
    response.headers_mut().insert(http::header::CONTENT_LANGUAGE, language);
    response
}

/// The guard: finds out who asks, whether he may, and whether his form is ours.
async fn enter(
    visit: &mut Visit,
    door: &Door,
    parts: &http::request::Parts,
    body: axum::body::Body,
) -> Result<(), Failure> {
    let api = &visit.dashboard.api;
    if door.page.is_door {
        api.address_limit.check(caller::address(&parts.extensions)).map_err(|error| Failure::Flow(error.into()))?;
    }
    if let Some(secret) = cookies::read(&parts.headers, api.https) {
        let client = visit.client.clone();
        visit.caller = api.flows.identify(Credential::Cookie(secret), move || client).await?;
    }
    if parts.method == Method::POST {
        visit.form = Fields::read(&parts.headers, body).await?;
    }
    check(door.page.access, visit.caller.as_ref()).map_err(Failure::Refused)?;
    if parts.method == Method::POST { visit.check_form_token() } else { Ok(()) }
}

fn check(access: Access, caller: Option<&Caller>) -> Result<(), Refusal> {
    match (access, caller) {
        (Access::Public, _) => Ok(()),
        (_, None) => Err(Refusal::Nobody),
        (_, Some(caller)) => access.check(&Asker::Person(Box::new(caller.clone()))),
    }
}

/// What somebody who cannot be shown a page is shown instead; where something is to be done first, he is led there.
fn refuse(failure: Failure, frame: crate::frame::Frame, here: &str) -> Response {
    match &failure {
        Failure::Refused(Refusal::Nobody) if frame.user.is_none() => {
            let next: String = form_urlencoded::byte_serialize(here.as_bytes()).collect();
            redirect(&format!("/app/login?next={next}"))
        }
        Failure::Refused(Refusal::SecondFactorDue) => redirect("/app/login/factor"),
        Failure::Refused(Refusal::EnrolmentDue) => redirect("/app/profile/second-factor"),
        _ => {
            let retry_after = match &failure {
                Failure::Flow(error) => error.retry_after(),
                _ => None,
            };
            let mut response = show(&failure, frame).unwrap_or_else(|failure| {
                let message = "The page cannot be shown at the moment.";
                match failure {
                    Failure::Flow(error) => error.into_response(),
                    _ => ApiError::new(vestibule_core::ErrorKind::Internal, message).into_response(),
                }
            });
            if let Some(after) = retry_after {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
            }
            response
        }
    }
}
