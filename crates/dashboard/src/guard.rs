//! The guard in front of the pages: identifies and authorizes the caller, checks that a form is ours, and shows failures.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use http::header::{CONTENT_LANGUAGE, COOKIE, RETRY_AFTER, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use vestibule_database::Version;
use vestibule_flows::{Credential, Stage};
use vestibule_server::PageRefusal;
use vestibule_web::access::Route;
use vestibule_web::access::{Access, Refusal};
use vestibule_web::{caller, cookies, is_recorded_refusal};

use crate::Dashboard;
use crate::failure::Failure;
use crate::form::Fields;
use crate::language;
use crate::page_cache;
use crate::public::{confirm, failed};
use crate::request::{Answer, PageRequest, SharedRequest, set_cookie};

pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

pub(crate) type Handler = fn(SharedRequest) -> BoxFuture<Answer>;

/// The handler of a page.
#[derive(Clone, Copy)]
pub(crate) struct PageHandler {
    pub(crate) run: Handler,
    /// Whether the page is cached while nothing has changed. Its handler responds with [`PageRequest::lasting_page`], and
    /// shows only what is in the database, the path and the session.
    pub(crate) is_cached: bool,
    /// Whether its form comes from other websites: without cookies, and so without a form token and a caller.
    pub(crate) is_foreign: bool,
}

pub(crate) async fn answer(
    dashboard: Arc<Dashboard>,
    (page, handler): (Route, PageHandler),
    parameters: Vec<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let (form_secrets, new_secret) = form_secrets(&parts.headers, &dashboard);
    let mut request = PageRequest {
        caller: None,
        client: caller::client(&parts.headers, &parts.extensions, &dashboard.web.site),
        language: language::wanted(&parts.headers),
        now: dashboard.flows().environment().now(),
        parameters,
        query: Fields::parse(parts.uri.query().unwrap_or_default().as_bytes()),
        form: Fields::default(),
        here: dashboard.inside(parts.uri.path_and_query().map_or("/app", |path| path.as_str())),
        access: page.access,
        form_secrets,
        dashboard,
    };
    // Read before anything that the page may show.
    let has_session_cookie = cookies::read(&parts.headers, &request.dashboard.web.site).next().is_some();
    let version =
        if handler.is_cached && has_session_cookie { request.flows().database().version().await.ok() } else { None };
    let entered = enter(&mut request, (&page, &handler), &parts, body).await;
    let request = Arc::new(request);
    let answered = match (entered, version) {
        (Ok(()), Some(version)) => cached_or_rendered(&request, &handler, version).await,
        (Ok(()), None) => (handler.run)(Arc::clone(&request)).await,
        (Err(failure), _) => Err(failure),
    };
    let (mut response, code) = match answered {
        Ok(response) => (response, None),
        Err(failure) => (refuse(&request, &failure).await, failure.code()),
    };
    if request.caller.is_some() && is_recorded_refusal(response.status(), code) {
        request.flows().note_refusal(&request.context(), page.method, page.path, request.path(), code).await;
    }
    response.headers_mut().insert(CONTENT_LANGUAGE, HeaderValue::from_static(request.language.code()));
    // The browser keeps its cookies from a foreign form: it may have one already.
    if let Some(cookie) = new_secret.filter(|_| !handler.is_foreign) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Returns the cached page if nothing has changed; otherwise renders it and caches it.
async fn cached_or_rendered(request: &SharedRequest, handler: &PageHandler, version: Version) -> Answer {
    let key =
        page_cache::Key { form_token: request.form_token(), language: request.language, here: request.here.clone() };
    let cache = &request.dashboard.page_cache;
    if let Some(response) = cache.find(&key, &version, request.now) {
        return Ok(response);
    }
    let response = (handler.run)(Arc::clone(request)).await?;
    Ok(cache.keep(key, version, request.now, response))
}

/// Returns the secrets that a browser's form tokens are bound to: its session cookie, or without a session a cookie of
/// their own, which is set if missing. Of several with one name, any may be that of the page with the form.
fn form_secrets(headers: &HeaderMap, dashboard: &Dashboard) -> (Vec<String>, Option<HeaderValue>) {
    let site = &dashboard.web.site;
    let name = if site.is_https() { "__Secure-vestibule-form" } else { "vestibule-form" };
    let mut secrets: Vec<String> = cookies::read(headers, site).map(str::to_owned).collect();
    if secrets.is_empty() {
        secrets = cookies::named(headers, name).map(str::to_owned).collect();
    }
    if !secrets.is_empty() {
        return (secrets, None);
    }
    let secret = BASE64.encode(dashboard.flows().environment().random_bytes::<16>());
    let cookie = set_cookie(dashboard, name, &secret, false);
    (vec![secret], Some(cookie))
}

async fn enter(
    request: &mut PageRequest,
    (page, handler): (&Route, &PageHandler),
    parts: &Parts,
    body: Body,
) -> Result<(), Failure> {
    let web = &request.dashboard.web;
    if let Some(refusal) = parts.extensions.get::<PageRefusal>() {
        return Err(Failure::Request(*refusal));
    }
    if page.is_rate_limited {
        web.address_limit.check(caller::address(&parts.extensions))?;
    }
    if handler.is_foreign {
        request.form = Fields::read(&parts.headers, body).await?;
        return Ok(());
    }
    for secret in cookies::read(&parts.headers, &web.site) {
        let client = request.client.clone();
        request.caller = web.flows.identify(Credential::Cookie(secret), move || client).await?;
        if request.caller.is_some() {
            request.form_secrets = vec![secret.to_owned()];
            break;
        }
    }
    if page.access != Access::Public {
        page.access.check_session(request.caller()?).map_err(Failure::Refused)?;
    }
    if parts.method == Method::POST {
        request.form = Fields::read(&parts.headers, body).await?;
        if !parts.headers.contains_key(COOKIE) {
            return Err(Failure::NoCookie);
        }
        request.check_form_token()?;
        if page.access != Access::Public && request.form.has_proof() {
            request.dashboard.web.address_limit.check(caller::address(&parts.extensions))?;
            confirm::prove(request).await?;
        }
    }
    Ok(())
}

/// Responds with the page of a failure, or redirects to the step that is due first.
async fn refuse(request: &PageRequest, failure: &Failure) -> Response {
    match failure {
        Failure::Refused(Refusal::Unauthenticated)
            if request.caller.as_ref().is_some_and(|caller| caller.stage == Stage::Unverified) =>
        {
            return request.redirect("/app/verify");
        }
        Failure::Refused(Refusal::Unauthenticated) if !request.is_in() => {
            let next: String = form_urlencoded::byte_serialize(request.here.as_bytes()).collect();
            return request.redirect(&format!("/app/login?next={next}"));
        }
        Failure::Refused(Refusal::SecondFactorDue) => return request.redirect("/app/login/factor"),
        Failure::Refused(Refusal::EnrolmentDue) => return request.redirect("/app/profile/second-factor"),
        _ => {}
    }
    let shown = match failure {
        Failure::Unproved(error) => {
            confirm::show(request, error.status(), Some(failure.message(request.language))).await
        }
        _ if failure.is_proof_required() => confirm::show(request, StatusCode::FORBIDDEN, None).await,
        _ => failed::show(request, failure),
    };
    let mut response = shown.unwrap_or_else(|_| {
        (StatusCode::INTERNAL_SERVER_ERROR, "The page cannot be shown at the moment.").into_response()
    });
    if let Failure::Flow(error) | Failure::Unproved(error) = failure
        && let Some(after) = error.retry_after()
    {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
    }
    response
}
