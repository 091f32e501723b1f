//! A request for a page: its caller, language and form.

use std::cell::Cell;
use std::sync::Arc;

use askama::Template;
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use cookie::{Cookie, SameSite};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, SET_COOKIE};
use http::{HeaderValue, StatusCode};
use subtle::ConstantTimeEq;
use vestibule_auth::{DeviceSecrets, SessionId, SessionToken};
use vestibule_core::{EmailAddress, ErrorKind, Timestamp};
use vestibule_flows::{Batches, Client, Context, Credential, Flows, SessionCaller, Stage};
use vestibule_language::Language;
use vestibule_rbac::{AssignRolesError, Permissions, RoleId, read_role_ids};
use vestibule_user::{User, UserId};
use vestibule_web::access::{Access, Refusal, Route};
use vestibule_web::{ExportFormat, ExportReader, Problem, cookies, export};

use crate::failure::Failure;
use crate::form::{Fields, TOKEN, UploadedFile};
use crate::handover::Draft;
use crate::layout::Frame;
use crate::page_cache::Lasting;
use crate::refill::refill;
use crate::texts::{self, Texts};
use crate::theme::Theme;
use crate::{Dashboard, ended};

/// A request that the page shares with the guard, which shows its failure.
pub(crate) type SharedRequest = Arc<PageRequest>;

/// The result of a page.
pub(crate) type Answer = Result<Response, Failure>;

/// Allows our own scripts, styles and forms, pictures from anywhere (avatars), and nothing inline.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; \
    img-src 'self' https: data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// With `no-referrer`, browsers send `Origin: null` with our own forms, and over plain http beyond localhost nothing else
/// that shows the origin of a form (security.md 40). URLs of our pages may contain tokens, which reach no other site.
const REFERRER: &str = "same-origin";

/// A request for a page.
pub(crate) struct PageRequest {
    pub(crate) dashboard: Arc<Dashboard>,
    /// The caller of the session cookie.
    pub(crate) caller: Option<SessionCaller>,
    pub(crate) client: Client,
    pub(crate) language: Language,
    pub(crate) theme: Theme,
    pub(crate) now: Timestamp,
    /// The parameters of the path, in their order.
    pub(crate) parameters: Vec<String>,
    pub(crate) query: Fields,
    pub(crate) form: Fields,
    /// The file of the form.
    pub(crate) file: Option<UploadedFile>,
    /// The path with its query.
    pub(crate) here: String,
    /// The line of the table: who may call the page.
    pub(crate) route: Route,
    /// Whether a form was sent.
    pub(crate) is_form: bool,
    /// The page that the request comes from, with its query, if it is one of ours.
    pub(crate) referer: Option<String>,
    /// The session cookie of the caller, or the first that was sent if none is valid.
    pub(crate) session_secret: Option<String>,
    /// The secrets that form tokens are bound to: those of the browser's cookie for them. The first is that of this page's
    /// forms.
    pub(crate) form_secrets: Vec<String>,
    /// Who was signed in in this browser, by its cookie.
    pub(crate) named_user: Option<UserId>,
    /// The form that the user typed before they signed in again.
    pub(crate) draft: Option<Draft>,
}

impl PageRequest {
    pub(crate) fn flows(&self) -> &Flows {
        self.dashboard.flows()
    }

    pub(crate) fn texts(&self) -> &'static Texts {
        texts::of(self.language)
    }

    pub(crate) fn path(&self) -> &str {
        self.here.split('?').next().unwrap_or_default()
    }

    /// Returns the context of the page's flows.
    pub(crate) fn context(&self) -> Context {
        match &self.caller {
            Some(caller) => caller.context(self.client.clone()),
            None => Context::anonymous(self.client.clone()),
        }
    }

    /// Returns the caller that the guard has accepted.
    pub(crate) fn caller(&self) -> Result<&SessionCaller, Failure> {
        self.caller.as_ref().ok_or(Failure::Refused(Refusal::Unauthenticated))
    }

    /// Returns the user that the guard has accepted.
    pub(crate) fn user(&self) -> Result<&User, Failure> {
        let user = self.caller()?.user.as_ref();
        user.ok_or(Failure::Refused(Refusal::Unauthenticated))
    }

    pub(crate) fn permissions(&self) -> Permissions {
        self.caller.as_ref().map(|caller| caller.permissions.clone()).unwrap_or_default()
    }

    /// Parses a parameter of the path as an id. Other text is reported as not found.
    pub(crate) fn parameter<T: std::str::FromStr>(&self, index: usize) -> Result<T, Failure> {
        self.parameters.get(index).and_then(|text| text.parse().ok()).ok_or(Failure::NotFound)
    }

    /// Returns the roles that a field of the form names.
    pub(crate) fn role_ids(&self, field: &str) -> Result<Vec<RoleId>, Failure> {
        let texts: Vec<String> = self.form.all(field).map(str::to_owned).collect();
        Ok(read_role_ids(&texts).map_err(AssignRolesError::from)?)
    }

    /// Parses the address in a field of the form.
    pub(crate) fn email(&self, field: &'static str) -> Result<EmailAddress, Failure> {
        let email = EmailAddress::parse(self.form.get(field).trim());
        email.map_err(|problem| Failure::wrong_field(field, self.texts().of_email_problem(&problem)))
    }

    /// Returns the token of this visitor's forms: of this browser, and of the signed-in user. So a form stays valid when the
    /// same user signs in again in another tab.
    pub(crate) fn form_token(&self) -> String {
        let owner = self.form_owners().next().unwrap_or_default();
        self.form_token_of(self.form_secrets.first().map_or("", String::as_str), &owner)
    }

    fn form_token_of(&self, secret: &str, owner: &str) -> String {
        BASE64.encode(self.flows().auth().derive("form", &format!("{owner} {secret}")))
    }

    /// Returns who may have received the form of this request: the caller, as a user and before that was known, and on public
    /// pages a visitor.
    fn form_owners(&self) -> impl Iterator<Item = String> {
        let caller = self.caller.as_ref();
        let user = caller.and_then(|caller| caller.actor_id.clone());
        let identity = caller.map(|caller| caller.auth_identity_id.to_string());
        let named = self.named_user.filter(|_| caller.is_none()).map(|user| user.to_string());
        let visitor = (caller.is_none() || self.route.access == Access::Public).then(String::new);
        let named = named.filter(|_| self.is_form && self.route.access != Access::Public);
        [user, identity, named, visitor].into_iter().flatten()
    }

    /// Returns whether the form comes from one of our pages (security.md 24).
    pub(crate) fn check_form_token(&self) -> Result<(), Failure> {
        let given = self.form.get(TOKEN).as_bytes();
        let is_of = |secret: &String| {
            self.form_owners().any(|owner| self.form_token_of(secret, &owner).as_bytes().ct_eq(given).into())
        };
        if self.form_secrets.iter().any(is_of) { Ok(()) } else { Err(Failure::FormToken) }
    }

    /// Returns the user whose session has ended, if the browser shows whose it was.
    pub(crate) fn ended_user(&self) -> Option<UserId> {
        let of_session = self.caller.as_ref().filter(|caller| caller.is_user_type());
        of_session.and_then(|caller| caller.actor_id.as_ref()?.parse().ok()).or(self.named_user)
    }

    /// Returns the signed-in user, also one who must enrol a second factor.
    fn present_user(&self) -> Option<&User> {
        let caller = self.caller.as_ref()?;
        caller.user.as_ref().filter(|_| matches!(caller.stage, Stage::Full | Stage::Enrolment))
    }

    pub(crate) fn is_in(&self) -> bool {
        self.present_user().is_some()
    }

    pub(crate) fn frame(&self) -> Frame {
        let section = self
            .path()
            .trim_start_matches("/app")
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        Frame {
            t: self.texts(),
            language: self.language,
            assets: Arc::clone(&self.dashboard.assets),
            brand: Arc::clone(&self.dashboard.brand),
            theme: self.theme.as_str(),
            here: self.here.clone(),
            section,
            user: self.present_user().cloned(),
            permissions: self.permissions(),
            form_token: self.form_token(),
            done: texts::done(self.language).find(&self.query.get("done").replace('-', "_")),
            now: self.now,
            until: Cell::default(),
            least_password: self.flows().auth().options().password_policy.min_length_for(false),
        }
    }

    /// The frame of a page that asks for a new password of at least so many characters.
    pub(crate) fn frame_for_password(&self, least: usize) -> Frame {
        Frame { least_password: least, ..self.frame() }
    }

    /// Renders a page.
    pub(crate) fn page(&self, template: &impl Template) -> Answer {
        self.page_with(StatusCode::OK, template)
    }

    /// Renders a page that stays the same until a commit, or until one of the times that `frame` has written changes: it
    /// may be cached.
    pub(crate) fn lasting_page(&self, template: &impl Template, frame: &Frame) -> Answer {
        // Without spare capacity.
        let html = Bytes::from(self.html(template)?.into_boxed_str().into_boxed_bytes());
        let mut response = answer(StatusCode::OK, html.clone());
        response.extensions_mut().insert(Lasting { html, until: frame.until.get() });
        Ok(response)
    }

    /// Renders a page with another status.
    pub(crate) fn page_with(&self, status: StatusCode, template: &impl Template) -> Answer {
        Ok(answer(status, self.html(template)?))
    }

    fn html(&self, template: &impl Template) -> Result<String, Failure> {
        let html = template.render().map_err(|error| {
            tracing::error!(%error, page = self.path(), "a page could not be rendered");
            Failure::Flow(Problem::new(ErrorKind::Internal, "a page could not be rendered"))
        })?;
        let html = match &self.draft {
            Some(draft) => refill(html, draft),
            None => html,
        };
        Ok(self.dashboard.outside_html(html))
    }

    /// Sends all rows as a file of this name.
    pub(crate) async fn export(&self, name: &str, format: ExportFormat, batches: impl Batches) -> Answer {
        export(name, format, batches, self.export_reader()).await.map_err(Failure::Flow)
    }

    /// The caller of the page, as long as the session may see it.
    fn export_reader(&self) -> ExportReader {
        let (dashboard, access, client) = (Arc::clone(&self.dashboard), self.route.access, self.client.clone());
        let secret = self.session_secret.clone().unwrap_or_default();
        ExportReader::new(move || {
            let (dashboard, secret, client) = (Arc::clone(&dashboard), secret.clone(), client.clone());
            async move {
                let caller = dashboard.flows().identify(Credential::Cookie(&secret), move || client).await?;
                Ok(caller.is_some_and(|caller| access.check_session(&caller).is_ok()))
            }
        })
    }

    /// Redirects to another page, after a form.
    pub(crate) fn go(&self, path: &str) -> Answer {
        Ok(self.redirect(path))
    }

    /// Responds `303 See Other`: the browser requests the other page by GET.
    pub(crate) fn redirect(&self, path: &str) -> Response {
        let mut response = StatusCode::SEE_OTHER.into_response();
        let location = HeaderValue::try_from(self.dashboard.outside(path));
        response.headers_mut().insert(LOCATION, location.unwrap_or(HeaderValue::from_static("/")));
        response
    }

    /// Redirects to a page that reports what was done.
    pub(crate) fn done(&self, path: &str, what: &str) -> Answer {
        let sign = if path.contains('?') { '&' } else { '?' };
        self.go(&format!("{path}{sign}done={what}"))
    }

    /// Sets the cookie of a new session and redirects. The browser's previous session ends.
    pub(crate) async fn enter(&self, session: &str, path: &str) -> Answer {
        let unauthenticated = || Failure::Refused(Refusal::Unauthenticated);
        let session: SessionId = session.parse().map_err(|_| unauthenticated())?;
        let given = self.flows().give_cookie(session, self.caller.as_ref(), &self.client).await?;
        let secret = given.ok_or_else(unauthenticated)?;
        let mut response = self.redirect(path);
        response.headers_mut().append(SET_COOKIE, cookies::set(&secret, &self.dashboard.web.site));
        Ok(response)
    }

    /// Signs in with a full session: sets its cookie, and makes the browser known.
    pub(crate) async fn enter_known(&self, token: &SessionToken, path: &str) -> Answer {
        let mut response = self.enter(&token.sid, path).await?;
        if let Ok(identity) = token.auth_identity_id.parse()
            && let Some(known) = self.flows().remember_device(identity, &self.client).await?
        {
            self.remember(&mut response, &known);
        }
        Ok(response)
    }

    /// Sets the device cookie.
    pub(crate) fn remember(&self, response: &mut Response, known: &DeviceSecrets) {
        let cookie = cookies::set_device(known, self.now, &self.dashboard.web.site);
        response.headers_mut().append(SET_COOKIE, cookie);
    }

    /// Removes the session cookie and redirects.
    pub(crate) fn leave(&self, path: &str) -> Answer {
        let mut response = self.redirect(path);
        response.headers_mut().append(SET_COOKIE, cookies::clear(&self.dashboard.web.site));
        response.headers_mut().append(SET_COOKIE, remove_cookie(&self.dashboard, ended::COOKIE));
        Ok(response)
    }
}

fn answer(status: StatusCode, html: impl Into<Body>) -> Response {
    let mut response = (status, html.into()).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_POLICY));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static(REFERRER));
    response
}

/// Returns the `Set-Cookie` header of a cookie of the pages.
pub(crate) fn set_cookie(dashboard: &Dashboard, name: &str, value: &str, permanent: bool) -> HeaderValue {
    let (path, https) = (dashboard.outside("/app"), dashboard.web.site.is_https());
    let mut cookie = Cookie::build((name, value)).path(path).http_only(true).secure(https).same_site(SameSite::Lax);
    if permanent {
        cookie = cookie.permanent();
    }
    HeaderValue::try_from(cookie.build().to_string()).unwrap_or(HeaderValue::from_static(""))
}

/// Returns the `Set-Cookie` header that removes a cookie of the pages.
fn remove_cookie(dashboard: &Dashboard, name: &str) -> HeaderValue {
    let cookie = Cookie::build((name, "")).path(dashboard.outside("/app")).http_only(true).same_site(SameSite::Lax);
    let cookie = cookie.secure(dashboard.web.site.is_https()).max_age(cookie::time::Duration::ZERO);
    HeaderValue::try_from(cookie.build().to_string()).unwrap_or(HeaderValue::from_static(""))
}

/// Returns the path to continue at, if it is one of the pages.
pub(crate) fn next_page(wanted: &str) -> &str {
    let is_page = wanted.starts_with("/app")
        && !wanted.starts_with("/app/login")
        && !wanted.contains(|c: char| c == '\\' || c.is_control())
        && !wanted.starts_with("/app/..");
    if is_page { wanted } else { "/app" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_websites_are_no_next_page() {
        for (wanted, next) in [
            ("/app/users?q=a", "/app/users?q=a"),
            ("", "/app"),
            ("https://evil.example", "/app"),
            ("//evil.example", "/app"),
            ("/app\\@evil.example", "/app"),
            ("/app/users\r\nx: y", "/app"),
            ("/app/login", "/app"),
            ("/admin/users", "/app"),
        ] {
            assert_eq!(next_page(wanted), next);
        }
    }
}
