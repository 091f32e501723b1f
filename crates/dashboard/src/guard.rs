//! The guard in front of the pages: identifies and authorizes the caller, checks that a form is ours, and shows failures.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use http::header::{CONTENT_LANGUAGE, COOKIE, REFERER, RETRY_AFTER, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use vestibule_database::Version;
use vestibule_flows::{Credential, Stage};
use vestibule_server::PageRefusal;
use vestibule_transfer::MOST_BYTES;
use vestibule_web::access::Route;
use vestibule_web::access::{Access, Refusal};
use vestibule_web::{caller, cookies, is_recorded_refusal};

use crate::failure::Failure;
use crate::form::Fields;
use crate::public::{confirm, failed};
use crate::request::{Answer, PageRequest, SharedRequest, set_cookie};
use crate::theme::Theme;
use crate::{Dashboard, ended, handover, language, page_cache};

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
    /// Whether its form has a file, which is read only for callers who may send it.
    pub(crate) is_upload: bool,
}

pub(crate) async fn answer(
    dashboard: Arc<Dashboard>,
    (page, handler): (Route, PageHandler),
    parameters: Vec<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let (form_secrets, new_secret) = form_secrets(&parts.headers, &dashboard);
    let session_secret = cookies::read(&parts.headers, &dashboard.web.site).next().map(str::to_owned);
    let mut request = PageRequest {
        caller: None,
        client: caller::client(&parts.headers, &parts.extensions, &dashboard.web.site),
        language: language::wanted(&parts.headers),
        theme: Theme::chosen(&parts.headers),
        now: dashboard.flows().environment().now(),
        parameters,
        query: Fields::parse(parts.uri.query().unwrap_or_default().as_bytes()),
        form: Fields::default(),
        file: None,
        here: dashboard.inside(parts.uri.path_and_query().map_or("/app", |path| path.as_str())),
        route: page,
        is_form: parts.method == Method::POST,
        referer: referer(&parts.headers, &dashboard),
        session_secret,
        form_secrets,
        named_user: ended::named_user(&parts.headers, &dashboard),
        draft: None,
        dashboard,
    };
    // Read before anything that the page may show.
    let is_plain = handover::NAMES.iter().all(|name| request.query.get(name).is_empty());
    let version = match handler.is_cached && is_plain && request.session_secret.is_some() {
        true => request.flows().database().version().await.ok(),
        false => None,
    };
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
    if let Some(cookie) = signed_in_cookie(&request) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    // The browser keeps its cookies from a foreign form: it may have one already.
    if let Some(cookie) = new_secret.filter(|_| !handler.is_foreign) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Returns the cached page if nothing has changed; otherwise renders it and caches it.
async fn cached_or_rendered(request: &SharedRequest, handler: &PageHandler, version: Version) -> Answer {
    let key = page_cache::Key {
        form_token: request.form_token(),
        language: request.language,
        theme: request.theme,
        here: request.here.clone(),
    };
    let cache = &request.dashboard.page_cache;
    if let Some(response) = cache.find(&key, &version, request.now) {
        return Ok(response);
    }
    let response = (handler.run)(Arc::clone(request)).await?;
    Ok(cache.keep(key, version, request.now, response))
}

/// Returns the `Set-Cookie` header that names the user who is signed in, if the browser does not know it.
fn signed_in_cookie(request: &PageRequest) -> Option<HeaderValue> {
    let caller = request.caller.as_ref().filter(|caller| caller.stage == Stage::Full)?;
    let user = caller.user.as_ref()?.id;
    let is_leaving = request.is_form && request.route.access == Access::Public;
    let value =
        (request.named_user != Some(user) && !is_leaving).then(|| ended::cookie_of(&request.dashboard, user))?;
    Some(set_cookie(&request.dashboard, ended::COOKIE, &value, true))
}

/// Returns the page that a request comes from, if it is one of ours.
fn referer(headers: &HeaderMap, dashboard: &Dashboard) -> Option<String> {
    let from: http::Uri = headers.get(REFERER)?.to_str().ok()?.parse().ok()?;
    dashboard.inside_public(from.path_and_query()?.as_str())
}

/// Returns the secrets that a browser's form tokens are bound to: those of a cookie of their own, which is set if missing. Of
/// several with one name, any may be that of the page with the form.
fn form_secrets(headers: &HeaderMap, dashboard: &Dashboard) -> (Vec<String>, Option<HeaderValue>) {
    let name = if dashboard.web.site.is_https() { "__Secure-vestibule-form" } else { "vestibule-form" };
    let secrets: Vec<String> = cookies::named(headers, name).map(str::to_owned).collect();
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
            request.session_secret = Some(secret.to_owned());
            break;
        }
    }
    let form = if request.is_form && handler.is_upload {
        request.caller().and_then(|caller| page.access.check_session(caller).map_err(Failure::Refused))?;
        let (fields, file) = Fields::read_upload(&parts.headers, body, MOST_BYTES).await?;
        request.file = file;
        Ok(fields)
    } else if request.is_form {
        Fields::read(&parts.headers, body).await
    } else {
        Ok(Fields::default())
    };
    if page.access != Access::Public {
        let checked = request.caller().and_then(|caller| page.access.check_session(caller).map_err(Failure::Refused));
        if let Err(refused) = checked {
            // What was typed is not lost when the session has ended.
            request.form = form.unwrap_or_default();
            return Err(refused);
        }
    }
    request.form = form?;
    if !request.is_form {
        request.draft = request.kept_form().await?;
    }
    if request.is_form {
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
            let path = ended::sign_in_path(request).await;
            return request.redirect(path.as_deref().unwrap_or("/app/login"));
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
