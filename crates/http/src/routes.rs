//! The table of the routes: which there are, who may come to each, and what it does.
//!
//! It is one piece of data. The guard in front of a route and the tests read the same line, and what has no line is
//! not there (security.md 25).

use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodFilter, on};

use crate::access::{Access, Guarded};
use crate::request::Path;
use crate::{Api, admin, auth, health, openapi};

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// `GET`, `POST` or `DELETE`.
    pub method: &'static str,
    /// The path, its parts that vary in braces.
    pub path: &'static str,
    /// Who may come.
    pub access: Access,
}

macro_rules! routes {
    ($($method:ident $path:literal $access:ident $([$($policy:literal),+])? => $handler:expr;)+) => {
        /// The routes. Beside them there are the documents of [`crate::openapi`], which everybody may read.
        pub static ROUTES: &[Route] = &[$(
            Route {
                method: stringify!($method),
                path: $path,
                access: routes!(@access $access $([$($policy),+])?),
            },
        )+];

        fn guarded() -> Router<Arc<Api>> {
            Router::new()$(
                .route($path, on(MethodFilter::$method, Guarded {
                    access: routes!(@access $access $([$($policy),+])?),
                    handler: $handler,
                }))
            )+
        }
    };
    (@access $access:ident) => { Access::$access };
    (@access $access:ident [$($policy:literal),+]) => { Access::$access(&[$($policy),+]) };
}

routes! {
    GET "/health" Public => health::health;
    GET "/health/live" Public => health::live;
    GET "/health/ready" Public => health::ready;

    POST "/auth/session" Bearer => auth::session::create;
    DELETE "/auth/session" Challenge => auth::session::delete;
    POST "/auth/token/refresh" Challenge => auth::refresh::refresh;
    POST "/auth/invites/preview" Public => auth::invites::preview;
    POST "/auth/invites/accept" Public => auth::invites::accept;
    POST "/auth/password" Owner => auth::password::change;
    POST "/auth/verification/request" Known => auth::verification::request::request;
    POST "/auth/verification/confirm" Public => auth::verification::confirm::confirm;
    GET "/auth/{actor_type}/providers" Public => auth::providers::providers;
    GET "/auth/{actor_type}/{provider}" Public => auth::sign_in::sign_in_by_query;
    POST "/auth/{actor_type}/{provider}" Public => auth::sign_in::sign_in;
    GET "/auth/{actor_type}/{provider}/callback" Public => auth::sign_in::callback_by_query;
    POST "/auth/{actor_type}/{provider}/callback" Public => auth::sign_in::callback;
    POST "/auth/{actor_type}/{provider}/register" Public => auth::register::register;
    POST "/auth/{actor_type}/{provider}/reset-password" Public => auth::reset_password::reset_password;
    POST "/auth/{actor_type}/{provider}/update" Public => auth::update::update;

    GET "/admin/users" Policies["user:read"] => admin::users::list::list;
    POST "/admin/users" Policies["user:create"] => admin::users::create::create;
    GET "/admin/users/me" User => admin::users::me::me;
    // To whoever changes or deletes, `me` is an id like any other, as in the reference: that of nobody.
    POST "/admin/users/me" Policies["user:update"] => |state, asker, query, body| {
        admin::users::update::update(state, asker, Path("me".to_owned()), query, body)
    };
    DELETE "/admin/users/me" Policies["user:delete"] => |state, asker| {
        admin::users::delete::delete(state, asker, Path("me".to_owned()))
    };
    GET "/admin/users/{id}" Policies["user:read"] => admin::users::retrieve::retrieve;
    POST "/admin/users/{id}" Policies["user:update"] => admin::users::update::update;
    DELETE "/admin/users/{id}" Policies["user:delete"] => admin::users::delete::delete;
    GET "/admin/users/{id}/auth-providers" Policies["user:read"] => admin::users::auth_providers::auth_providers;
    POST "/admin/users/{id}/reset-password" Policies["user:update"] => admin::users::reset_password::reset_password;

    GET "/admin/invites" Policies["invite:read"] => admin::invites::list::list;
    POST "/admin/invites" Policies["invite:create"] => admin::invites::create::create;
    POST "/admin/invites/accept" Known => admin::invites::accept::accept;
    GET "/admin/invites/{id}" Policies["invite:read"] => admin::invites::retrieve::retrieve;
    DELETE "/admin/invites/{id}" Policies["invite:delete"] => admin::invites::delete::delete;
    POST "/admin/invites/{id}/resend" Policies["invite:update"] => admin::invites::resend::resend;
}

/// The routes, each behind its guard. Mount them as they are: their paths are the wire contract.
///
/// Bodies are read whole: put a limit on them where you mount them yourself, as [`crate::server`] does.
pub fn router(api: Api) -> Router {
    guarded().merge(openapi::routes()).with_state(Arc::new(api))
}
