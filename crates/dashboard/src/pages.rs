//! The table of pages: the path of each, who may call it, and its handler.
//!
//! The table is data, like the API's table of routes, and requires the same policies (security.md 25). The guard in front
//! of the pages and the tests read the same line.
//!
//! ```
//! use vestibule_dashboard::pages::{PAGES, ROOT};
//! use vestibule_web::access::Access;
//!
//! assert!(PAGES.iter().all(|page| page.path.starts_with(ROOT)));
//! let users = PAGES.iter().find(|page| (page.method, page.path) == ("GET", "/app/users"));
//! assert_eq!(users.map(|page| page.access), Some(Access::Policies(&["user:read"])));
//! ```

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawPathParams, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodFilter, any, get, on};
use http::{Method, StatusCode};
use vestibule_web::access::Access;
use vestibule_web::access::{Route, with_and_without_slash};

use crate::failure::Failure;
use crate::guard::{BoxFuture, PageHandler, answer};
use crate::request::{Answer, SharedRequest};
use crate::{
    Dashboard, api_keys, assets, audit, deliveries, doctor, home, imports, invites, profile, public, roles, settings,
    theme, users, webhooks,
};

/// The path below which all pages are: see [`LayerConfig::pages`](vestibule_server::LayerConfig::pages).
pub const ROOT: &str = "/app";

/// The path, below [`ROOT`], to which providers of sign-in post their responses from their own websites: see
/// [`LayerConfig::foreign_forms`](vestibule_server::LayerConfig::foreign_forms).
pub const CALLBACKS: &str = "/login/callback/";

/// The path, below [`ROOT`], to which tables are uploaded: see [`LayerConfig::uploads`](vestibule_server::LayerConfig::uploads).
pub const UPLOADS: &str = "/import";

macro_rules! pages {
    ($($method:ident $path:literal $access:ident $([$($policy:literal),*])? $($mark:ident)? => $handler:path;)+) => {
        /// The pages. The stylesheet, the script and the icon are public and not among them.
        pub static PAGES: &[Route] = &[$(
            Route {
                method: stringify!($method),
                path: $path,
                access: pages!(@access $access $([$($policy),*])?),
                is_rate_limited: pages!(@is_rate_limited $($mark)?),
            },
        )+];

        static HANDLERS: &[PageHandler] = &[$(
            PageHandler {
                run: |request| Box::pin($handler(request)),
                is_cached: pages!(@is_cached $($mark)?),
                is_foreign: pages!(@is_foreign $($mark)?),
                is_upload: pages!(@is_upload $($mark)?),
            },
        )+];
    };
    (@is_rate_limited limited) => { true };
    (@is_rate_limited foreign) => { true };
    (@is_rate_limited $($other:ident)?) => { false };
    (@is_cached cached) => { true };
    (@is_cached $($other:ident)?) => { false };
    (@is_foreign foreign) => { true };
    (@is_foreign $($other:ident)?) => { false };
    (@is_upload upload) => { true };
    (@is_upload $($other:ident)?) => { false };
    (@access $access:ident) => { Access::$access };
    (@access $access:ident [$($policy:literal),*]) => { Access::$access(&[$($policy),*]) };
}

pages! {
    GET "/app" Public => home::home;
    POST "/app/language" Public => public::language::choose;
    POST "/app/theme" Public => theme::choose;
    POST "/app/password-strength" Public limited => public::strength::evaluate;
    GET "/app/setup" Public => public::setup::show;
    POST "/app/setup" Public limited => public::setup::create;
    GET "/app/login" Public => public::login::show;
    POST "/app/login" Public limited => public::login::sign_in;
    GET "/app/login/factor" Challenge => public::factor::show;
    POST "/app/login/factor" Challenge limited => public::factor::answer;
    GET "/app/login/code" Public => public::code::show;
    POST "/app/login/code" Public limited => public::code::redeem;
    POST "/app/login/code/send" Public limited => public::code::send;
    GET "/app/login/callback/{provider}" Public limited => public::provider::callback;
    POST "/app/login/callback/{provider}" Public foreign => public::provider::posted;
    POST "/app/login/passkey" Public limited => public::passkey::sign_in;
    POST "/app/login/passkey/begin" Public limited => public::passkey::begin;
    POST "/app/login/{provider}" Public limited => public::provider::start;
    POST "/app/logout" Public => public::login::sign_out;
    GET "/app/sign-up" Known => public::sign_up::show;
    POST "/app/sign-up" Known limited => public::sign_up::create;
    POST "/app/sign-up/link" Known limited => public::link::begin;
    GET "/app/link" User limited => public::link::show;
    POST "/app/link" User limited => public::link::confirm;
    GET "/app/forgot" Public => public::password::show_forgot;
    POST "/app/forgot" Public limited => public::password::forgot;
    GET "/app/reset-password" Public => public::password::show_reset;
    POST "/app/reset-password" Public limited => public::password::reset;
    GET "/app/verify" Public => public::verify::show;
    POST "/app/verify" Public limited => public::verify::confirm;
    POST "/app/verify/send" Challenge limited => public::verify::send;
    GET "/app/email" Public limited => public::email::show;
    POST "/app/email" Public limited => public::email::confirm;
    GET "/app/email/revert" Public limited => public::email::show_revert;
    POST "/app/email/revert" Public limited => public::email::revert;
    GET "/app/invite" Public limited => public::invitation::show;
    POST "/app/invite" Public limited => public::invitation::accept;
    POST "/app/invite/passkey" Public limited => public::invitation::begin_passkey;
    POST "/app/invite/renew" Public limited => public::invitation::renew;

    GET "/app/users" Policies["user:read"] cached => users::list::list;
    GET "/app/users.csv" Policies["user:read"] => users::export::csv;
    GET "/app/users.jsonl" Policies["user:read"] => users::export::json_lines;
    GET "/app/users/new" Policies["user:create"] => users::create::show;
    POST "/app/users/new" Policies["user:create"] => users::create::create;
    POST "/app/users/lock" Policies["user:update"] => users::many::lock;
    POST "/app/users/unlock" Policies["user:update"] => users::many::unlock;
    POST "/app/users/sessions" Policies["session:delete"] => users::many::end_sessions;
    POST "/app/users/roles/add" Policies["user:update", "rbac_role:update"] => users::many::add_role;
    POST "/app/users/roles/remove" Policies["user:update", "rbac_role:update"] => users::many::remove_role;
    GET "/app/users/{id}" Policies["user:read"] => users::show::show;
    POST "/app/users/{id}" Policies["user:update"] => users::edit::edit;
    POST "/app/users/{id}/email" Policies["user:update"] => users::email::change;
    POST "/app/users/{id}/lock" Policies["user:update"] => users::lock::lock;
    POST "/app/users/{id}/unlock" Policies["user:update"] => users::lock::unlock;
    POST "/app/users/{id}/roles" Policies["user:update", "rbac_role:update"] => users::roles::set;
    POST "/app/users/{id}/reset-link" Policies["user:update"] => users::access::reset_link;
    POST "/app/users/{id}/reset-mail" Policies["user:update"] => users::access::reset_mail;
    POST "/app/users/{id}/invite" Policies["user:update"] => users::access::invite;
    POST "/app/users/{id}/invite-link" Policies["user:update"] => users::access::invite_link;
    POST "/app/users/{id}/attempts" Policies["user:update"] => users::access::clear_attempts;
    POST "/app/users/{id}/second-factor" Policies["mfa:delete"] => users::access::reset_factor;
    POST "/app/users/{id}/second-factor/{factor}" Policies["mfa:delete"] => users::access::remove_factor;
    POST "/app/users/{id}/sessions" Policies["session:delete"] => users::access::end_sessions;
    POST "/app/users/{id}/sessions/{session}" Policies["session:delete"] => users::access::end_session;
    GET "/app/users/{id}/delete" Policies["user:delete"] => users::delete::ask;
    POST "/app/users/{id}/delete" Policies["user:delete"] => users::delete::delete;

    GET "/app/import" Policies["*:*"] => imports::list::show;
    POST "/app/import" Policies["*:*"] upload => imports::upload::upload;
    POST "/app/import/undo" Policies["*:*"] => imports::undo::undo;
    GET "/app/import/{id}" Policies["*:*"] => imports::show::show;
    POST "/app/import/{id}/check" Policies["*:*"] => imports::check::check;
    POST "/app/import/{id}/start" Policies["*:*"] => imports::start::start;
    POST "/app/import/{id}/discard" Policies["*:*"] => imports::discard::discard;
    GET "/app/import/{id}/report.csv" Policies["*:*"] => imports::report::download;

    GET "/app/invites" Policies["invite:read"] => invites::list::list;
    GET "/app/invites.csv" Policies["invite:read"] => invites::export::csv;
    GET "/app/invites.jsonl" Policies["invite:read"] => invites::export::json_lines;
    GET "/app/invites/new" Policies["invite:create"] => invites::create::show;
    POST "/app/invites/new" Policies["invite:create"] => invites::create::create;
    POST "/app/invites/preview" Policies["invite:create"] limited => invites::preview::show;
    POST "/app/invites/resend" Policies["invite:update"] => invites::many::resend;
    POST "/app/invites/revoke" Policies["invite:delete"] => invites::many::revoke;
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

    GET "/app/webhooks" Policies["webhook:read"] => webhooks::list::list;
    GET "/app/webhooks/new" Policies["webhook:create"] => webhooks::create::show;
    POST "/app/webhooks/new" Policies["webhook:create"] => webhooks::create::create;
    GET "/app/webhooks/{id}" Policies["webhook:read"] => webhooks::edit::show;
    POST "/app/webhooks/{id}" Policies["webhook:update"] => webhooks::edit::update;
    POST "/app/webhooks/{id}/rotate" Policies["webhook:update"] => webhooks::secret::rotate;
    POST "/app/webhooks/{id}/test" Policies["webhook:update"] => webhooks::sending::test;
    POST "/app/webhooks/{id}/deliveries/{delivery}/redeliver" Policies["webhook:update"] => webhooks::sending::redeliver;
    GET "/app/webhooks/{id}/delete" Policies["webhook:delete"] => webhooks::delete::ask;
    POST "/app/webhooks/{id}/delete" Policies["webhook:delete"] => webhooks::delete::delete;

    GET "/app/deliveries" Policies["delivery:read"] => deliveries::list::list;
    GET "/app/deliveries/{id}" Policies["delivery:read"] => deliveries::show::show;
    POST "/app/deliveries/{id}/retry" Policies["delivery:update"] => deliveries::retry::retry;

    GET "/app/audit" Policies["audit:read"] => audit::list::list;
    GET "/app/audit.csv" Policies["audit:read"] => audit::list::csv;
    GET "/app/audit.jsonl" Policies["audit:read"] => audit::list::json_lines;

    GET "/app/settings" Policies["audit:read"] => settings::show;
    POST "/app/settings/test-mail" Policies["*:*"] limited => settings::test_mail;

    GET "/app/doctor" Policies["user:read", "invite:read", "rbac_role:read", "rbac_policy:read", "api_key:read", "audit:read", "session:read", "webhook:read", "delivery:read", "event:read"] => doctor::show;
    POST "/app/doctor" Policies["user:read", "invite:read", "rbac_role:read", "rbac_policy:read", "api_key:read", "audit:read", "session:read", "webhook:read", "delivery:read", "event:read"] limited => doctor::examine;

    GET "/app/profile" User => profile::show::show;
    POST "/app/profile" User => profile::show::update;
    POST "/app/profile/email" User limited => profile::email::change;
    POST "/app/profile/password" User limited => profile::password::change;
    GET "/app/profile/methods" User => profile::methods::show;
    POST "/app/profile/methods/{provider}" User limited => public::provider::start_link;
    POST "/app/profile/methods/{provider}/unlink" User limited => profile::methods::unlink;
    GET "/app/profile/second-factor" Enrolment => profile::factor::show;
    POST "/app/profile/second-factor/start" Enrolment limited => profile::factor::start;
    POST "/app/profile/second-factor/passkey" Enrolment limited => profile::factor::start_passkey;
    POST "/app/profile/second-factor/verify" Enrolment limited => profile::factor::verify;
    POST "/app/profile/second-factor/rename" User limited => profile::factor::rename;
    POST "/app/profile/second-factor/disable" User limited => profile::factor::disable;
    POST "/app/profile/second-factor/codes" Enrolment limited => profile::factor::recovery_codes;
    POST "/app/profile/sessions" User => profile::sessions::end_others;
    POST "/app/profile/sessions/{id}" User => profile::sessions::end;
}

/// Returns `GET /`, which leads to the pages, for a server that has nothing else there.
pub fn entrance(dashboard: &Dashboard) -> Router {
    let pages = dashboard.outside(ROOT);
    Router::new().route("/", get(async move || Redirect::to(&pages)))
}

/// Returns the pages, each behind the guard. A path without a line in the table is not served.
pub fn router(dashboard: Dashboard) -> Router {
    let mut router = Router::new().route(&dashboard.routed("/app/assets/{file}"), get(assets::serve));
    for (page, handler) in PAGES.iter().zip(HANDLERS) {
        let filter = if page.method == "GET" { MethodFilter::GET } else { MethodFilter::POST };
        for path in with_and_without_slash(page.path) {
            router = router.route(&dashboard.routed(&path), on(filter, behind(*page, *handler)));
        }
    }
    let nowhere = Route { method: "GET", path: "/app/{*rest}", access: Access::Public, is_rate_limited: false };
    let handler = |run| PageHandler { run, is_cached: false, is_foreign: false, is_upload: false };
    let nothing = handler(|request| Box::pin(nothing_here(request)));
    let dashboard = Arc::new(dashboard);
    let router = router.route(&dashboard.routed(nowhere.path), any(behind(nowhere, nothing)));
    let form_only = handler(|request| Box::pin(form_only(request)));
    let other_method = behind(nowhere, form_only);
    let state = Arc::clone(&dashboard);
    let router = router.method_not_allowed_fallback(move |method: Method, parameters, request| {
        let (page, state) = (other_method.clone(), State(Arc::clone(&state)));
        async move {
            match method {
                Method::OPTIONS => StatusCode::NO_CONTENT.into_response(),
                _ => page(state, parameters, request).await,
            }
        }
    });
    router.with_state(dashboard)
}

/// A page behind its guard, as an axum handler.
fn behind(
    page: Route,
    handler: PageHandler,
) -> impl Fn(State<Arc<Dashboard>>, RawPathParams, Request) -> BoxFuture<Response> + Clone + Send + Sync + 'static {
    move |State(dashboard), parameters, request| {
        let parameters = parameters.iter().map(|(_, value)| value.to_owned()).collect();
        Box::pin(answer(dashboard, (page, handler), parameters, request))
    }
}

async fn nothing_here(_: SharedRequest) -> Answer {
    Err(Failure::NotFound)
}

async fn form_only(_: SharedRequest) -> Answer {
    Err(Failure::MethodNotAllowed)
}
