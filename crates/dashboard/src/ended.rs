//! A session that has ended: the page that signs in says why, and afterwards the form that was being written is back.
//!
//! The session is gone, or can be used no more. Who it belonged to is in a cookie of the pages, signed by this service.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use http::HeaderMap;
use subtle::ConstantTimeEq;
use vestibule_user::UserId;
use vestibule_user::users::RetrieveUserError;
use vestibule_web::access::Route;
use vestibule_web::cookies;

use crate::Dashboard;
use crate::failure::Failure;
use crate::handover;
use crate::pages::{PAGES, ROOT};
use crate::request::{PageRequest, next_page};
use crate::texts::Texts;

/// The cookie that names who is signed in, and stays when the session ends by itself.
pub(crate) const COOKIE: &str = "vestibule-user";

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    Expired,
    Elsewhere,
    Locked,
    Deleted,
}

impl Reason {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Expired, "expired"),
        (Self::Elsewhere, "elsewhere"),
        (Self::Locked, "locked"),
        (Self::Deleted, "deleted"),
    ];

    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(reason, _)| *reason == self).map_or("", |(_, word)| word)
    }

    /// Returns the text for the word of an address; nothing else can be shown there.
    pub(crate) fn text(word: &str, texts: &Texts) -> Option<&'static str> {
        let (reason, _) = Self::ALL.iter().find(|(_, known)| *known == word)?;
        Some(match reason {
            Self::Expired => texts.ended_expired,
            Self::Elsewhere => texts.ended_elsewhere,
            Self::Locked => texts.ended_locked,
            Self::Deleted => texts.ended_deleted,
        })
    }
}

/// Returns the value of the cookie that names a user.
pub(crate) fn cookie_of(dashboard: &Dashboard, user: UserId) -> String {
    format!("{user}.{}", BASE64.encode(dashboard.flows().auth().derive("user of a browser", &user.to_string())))
}

/// Returns the user whom the cookie names.
pub(crate) fn named_user(headers: &HeaderMap, dashboard: &Dashboard) -> Option<UserId> {
    let is_ours = |value: &&str| -> bool {
        let user = value.split('.').next().and_then(|user| user.parse().ok());
        user.is_some_and(|user| cookie_of(dashboard, user).as_bytes().ct_eq(value.as_bytes()).into())
    };
    let value = cookies::named(headers, COOKIE).find(is_ours)?;
    value.split('.').next()?.parse().ok()
}

/// Returns the address of the page that signs in, from which the user comes back to where they were.
pub(crate) async fn sign_in_path(request: &PageRequest) -> Result<String, Failure> {
    let user = request.ended_user();
    let reason = match user {
        Some(user) => Some(reason(request, user).await?),
        None => None,
    };
    let mut next = if request.is_form { page_of(&request.route, request) } else { request.here.clone() };
    if let Some(user) = user.filter(|_| request.is_form && request.check_form_token().is_ok())
        && let Some((name, id)) = request.keep_form(user).await?
    {
        let sign = if next.contains('?') { '&' } else { '?' };
        next = format!("{next}{sign}{name}={id}&done=form-kept");
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("next", &next);
    if let Some(reason) = reason {
        query.append_pair("ended", reason.word());
    }
    Ok(format!("/app/login?{}", query.finish()))
}

/// Finds out why the session of a user has ended.
async fn reason(request: &PageRequest, user: UserId) -> Result<Reason, Failure> {
    let flows = request.flows();
    let user = match flows.users().retrieve_user(user).await {
        Ok(user) => user,
        Err(RetrieveUserError::NotFound { .. }) => return Ok(Reason::Deleted),
        Err(error) => return Err(error.into()),
    };
    if user.locked_at.is_some() {
        return Ok(Reason::Locked);
    }
    // The browser deletes the cookie of a session when it expires. Of others the row stays for a while.
    let is_expired = match &request.session_secret {
        None => true,
        Some(secret) => flows.auth().is_cookie_of_ended_session(secret).await?,
    };
    let idle_since = flows.auth().idle_since(request.now);
    let is_idle = user.last_seen_at.is_some_and(|last_seen_at| last_seen_at <= idle_since);
    Ok(if is_expired || is_idle { Reason::Expired } else { Reason::Elsewhere })
}

/// Returns the page that has the form of this path: the nearest one above it, as the user had sorted and filtered it.
fn page_of(route: &Route, request: &PageRequest) -> String {
    let is_page = |pattern: &str| PAGES.iter().any(|page| page.method == "GET" && page.path == pattern);
    let (mut pattern, mut path) = (route.path, request.path().trim_end_matches('/'));
    while !is_page(pattern) {
        match (pattern.rsplit_once('/'), path.rsplit_once('/')) {
            (Some((above, _)), Some((parent, _))) if above.starts_with(ROOT) => (pattern, path) = (above, parent),
            _ => return ROOT.to_owned(),
        }
    }
    let from = request.referer.as_deref().map(next_page).unwrap_or_default();
    let query = from.split_once('?').filter(|(page, _)| *page == path).map(|(_, query)| query);
    let query =
        query.map(|query| crate::form::Fields::parse(query.as_bytes()).without(&handover::NAMES).with("done", ""));
    query.filter(|query| !query.is_empty()).map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))
}
