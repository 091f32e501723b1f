//! The guard in front of the pages: finds out who asks, whether he may, and whether his form is ours, and has what went
//! wrong told.

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
use crate::request::{Answer, Asked, Visit, set_cookie};

pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

pub(crate) type Handler = fn(Asked) -> BoxFuture<Answer>;

/// What answers for a page.
#[derive(Clone, Copy)]
pub(crate) struct Door {
    pub(crate) handler: Handler,
    /// Whether the page is sent again as it is while nothing has changed. Its handler answers with
    /// [`Visit::lasting_page`], and shows nothing but what is in the database, in the path, and told of the session.
    pub(crate) is_kept: bool,
}

pub(crate) async fn answer(
    dashboard: Arc<Dashboard>,
    (page, door): (Route, Door),
    parameters: Vec<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let (form_secrets, new_secret) = form_secrets(&parts.headers, &dashboard);
    let mut visit = Visit {
        caller: None,
        client: caller::client(&parts.headers, &parts.extensions),
        language: language::wanted(&parts.headers),
        now: dashboard.flows().environment().now(),
        parameters,
        query: Fields::parse(parts.uri.query().unwrap_or_default().as_bytes()),
        form: Fields::default(),
        here: dashboard.inside(parts.uri.path_and_query().map_or("/app", |path| path.as_str())),
        form_secrets,
        dashboard,
    };
    // Before anything is read that a page may show.
    let is_somebody = cookies::read(&parts.headers, visit.dashboard.web.https).next().is_some();
    let version = if door.is_kept && is_somebody { visit.flows().database().version().await.ok() } else { None };
    let entered = enter(&mut visit, &page, &parts, body).await;
    let visit = Arc::new(visit);
    let answered = match (entered, version) {
        (Ok(()), Some(version)) => kept_or_made(&visit, &door, version).await,
        (Ok(()), None) => (door.handler)(Arc::clone(&visit)).await,
        (Err(failure), _) => Err(failure),
    };
    let (mut response, code) = match answered {
        Ok(response) => (response, None),
        Err(failure) => (refuse(&visit, &failure).await, failure.code()),
    };
    if visit.caller.is_some() && is_recorded_refusal(response.status(), code) {
        visit.flows().note_refusal(&visit.by(), page.method, page.path, visit.path(), code).await;
    }
    response.headers_mut().insert(CONTENT_LANGUAGE, HeaderValue::from_static(visit.language.code()));
    if let Some(cookie) = new_secret {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// The page as it was made before, where nothing has changed; else as it is now, and kept.
async fn kept_or_made(visit: &Asked, door: &Door, version: Version) -> Answer {
    let asked = page_cache::Key { form_token: visit.form_token(), language: visit.language, here: visit.here.clone() };
    let kept = &visit.dashboard.kept;
    if let Some(response) = kept.find(&asked, &version, visit.now) {
        return Ok(response);
    }
    let response = (door.handler)(Arc::clone(visit)).await?;
    Ok(kept.keep(asked, version, visit.now, response))
}

/// What the form tokens of a browser are bound to: its session's cookie, or before there is one a cookie of its own,
/// which it gets where it has none. Of several with one name, any may be the one whose page was filled in.
fn form_secrets(headers: &HeaderMap, dashboard: &Dashboard) -> (Vec<String>, Option<HeaderValue>) {
    let https = dashboard.web.https;
    let name = if https { "__Secure-vestibule-form" } else { "vestibule-form" };
    let mut secrets: Vec<String> = cookies::read(headers, https).map(str::to_owned).collect();
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

async fn enter(visit: &mut Visit, page: &Route, parts: &Parts, body: Body) -> Result<(), Failure> {
    let web = &visit.dashboard.web;
    if let Some(refusal) = parts.extensions.get::<PageRefusal>() {
        return Err(Failure::Request(*refusal));
    }
    if page.is_door {
        web.address_limit.check(caller::address(&parts.extensions))?;
    }
    for secret in cookies::read(&parts.headers, web.https) {
        let client = visit.client.clone();
        visit.caller = web.flows.identify(Credential::Cookie(secret), move || client).await?;
        if visit.caller.is_some() {
            visit.form_secrets = vec![secret.to_owned()];
            break;
        }
    }
    if page.access != Access::Public {
        page.access.check_person(visit.caller()?).map_err(Failure::Refused)?;
    }
    if parts.method == Method::POST {
        visit.form = Fields::read(&parts.headers, body).await?;
        if !parts.headers.contains_key(COOKIE) {
            return Err(Failure::NoCookie);
        }
        visit.check_form_token()?;
        if page.access != Access::Public && visit.form.has_proof() {
            visit.dashboard.web.address_limit.check(caller::address(&parts.extensions))?;
            confirm::prove(visit).await?;
        }
    }
    Ok(())
}

/// What somebody is shown instead of a page; where something is to be done first, he is led there.
async fn refuse(visit: &Visit, failure: &Failure) -> Response {
    match failure {
        Failure::Refused(Refusal::Nobody)
            if visit.caller.as_ref().is_some_and(|caller| caller.stage == Stage::Unverified) =>
        {
            return visit.redirect("/app/verify");
        }
        Failure::Refused(Refusal::Nobody) if !visit.is_in() => {
            let next: String = form_urlencoded::byte_serialize(visit.here.as_bytes()).collect();
            return visit.redirect(&format!("/app/login?next={next}"));
        }
        Failure::Refused(Refusal::SecondFactorDue) => return visit.redirect("/app/login/factor"),
        Failure::Refused(Refusal::EnrolmentDue) => return visit.redirect("/app/profile/second-factor"),
        _ => {}
    }
    let shown = match failure {
        Failure::Unproved(error) => confirm::show(visit, error.status(), Some(failure.message(visit.language))).await,
        _ if failure.is_proof_required() => confirm::show(visit, StatusCode::FORBIDDEN, None).await,
        _ => failed::show(visit, failure),
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
