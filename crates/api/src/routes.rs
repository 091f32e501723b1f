//! The table of routes: the path of each, who may call it, and its handler.
//!
//! The table is data, and the only list of routes: the guard in front of a route, the OpenAPI document and the tests read the same line, and a path without a line is not
//! served (security.md 25).
//!
//! ```
//! use vestibule_api::routes::ROUTES;
//! use vestibule_web::access::Access;
//!
//! let delete = ROUTES.iter().find(|route| (route.method, route.path) == ("DELETE", "/admin/users/{id}"));
//! assert_eq!(delete.map(|route| route.access), Some(Access::Policies(&["user:delete"])));
//! ```

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, map_response};
use axum::routing::{MethodFilter, on};

use vestibule_web::Web;
use vestibule_web::access::{Access, Guarded, Route, with_and_without_slash};

use crate::openapi::{Described, Operation};
use crate::{admin, auth, error, health, medusa_admin, openapi};

macro_rules! routes {
    (@operations $operations:ident: $($method:ident $path:literal $access:ident $([$($policy:literal),*])? $($flag:ident)* => $handler:path;)+) => {
        /// Returns the routes with the descriptions of their handlers. A handler without one does not compile.
        pub(crate) fn $operations() -> Vec<(Route, Operation)> {
            let mut operations = Vec::new();
            $(
                let route = routes!(@route $method $path $access $([$($policy),*])? $($flag)*);
                routes!(@operation operations, route, $handler, $($flag)*);
            )+
            operations
        }
    };
    (@operation $operations:ident, $route:ident, $handler:path, undocumented) => { let _ = $route; };
    (@operation $operations:ident, $route:ident, $handler:path, $($flag:ident)*) => {
        $operations.push(($route, <$handler as Described>::describe()));
    };
    (@table $(#[doc = $doc:literal])+ $table:ident, $router:ident: $($method:ident $path:literal $access:ident $([$($policy:literal),*])? $($flag:ident)* => $handler:path;)+) => {
        $(#[doc = $doc])+
        pub static $table: &[Route] = &[$(
            routes!(@route $method $path $access $([$($policy),*])? $($flag)*),
        )+];

        fn $router() -> Router<Arc<Web>> {
            let mut router = Router::new();
            $(
                for path in with_and_without_slash($path) {
                    router = router.route(&path, on(MethodFilter::$method, Guarded {
                        route: routes!(@route $method $path $access $([$($policy),*])? $($flag)*),
                        handler: $handler,
                    }));
                }
            )+
            router
        }
    };
    (@route $method:ident $path:literal $access:ident $([$($policy:literal),*])? $($flag:ident)*) => {
        Route {
            method: stringify!($method),
            path: $path,
            access: routes!(@access $access $([$($policy),*])?),
            is_rate_limited: routes!(@limited $($flag)*),
        }
    };
    (@limited) => { false };
    (@limited limited) => { true };
    (@limited undocumented) => { false };
    (@access $access:ident) => { Access::$access };
    (@access $access:ident [$($policy:literal),*]) => { Access::$access(&[$($policy),*]) };
    ($(#[doc = $doc:literal])+ $table:ident, $router:ident, $operations:ident: $($row:tt)+) => {
        routes!(@table $(#[doc = $doc])+ $table, $router: $($row)+);
        routes!(@operations $operations: $($row)+);
    };
}

routes! {
    /// The routes. The documents of [`crate::openapi`] are public and not among them.
    ROUTES, guarded, operations:

    GET "/health" Public => health::health;
    GET "/health/live" Public => health::live;
    GET "/health/ready" Public => health::ready;

    POST "/auth/session" Bearer => auth::session::create;
    DELETE "/auth/session" Challenge => auth::session::delete;
    GET "/auth/sessions" Owner => auth::sessions::list;
    DELETE "/auth/sessions" Owner => auth::sessions::end_others;
    DELETE "/auth/sessions/{id}" Owner => auth::sessions::end;
    POST "/auth/token/refresh" Challenge => auth::refresh::refresh;
    POST "/auth/password" Owner limited => auth::password::change;
    POST "/auth/email" Owner limited => auth::email::request::request;
    POST "/auth/email/confirm" Public limited => auth::email::confirm::confirm;
    POST "/auth/email/revert" Public limited => auth::email::revert::revert;
    POST "/auth/proof" Enrolment limited => auth::proof::prove;
    POST "/auth/proof/challenge" Enrolment limited => auth::proof::begin;
    POST "/auth/verification/request" Known limited => auth::verification::request::request;
    POST "/auth/verification/confirm" Public limited => auth::verification::confirm::confirm;
    POST "/auth/invites/preview" Public limited => auth::invites::preview;
    POST "/auth/invites/passkey" Public limited => auth::invites::begin_passkey;
    POST "/auth/invites/accept" Public limited => auth::invites::accept;
    GET "/auth/export" Owner => auth::export::export;
    GET "/auth/identities" Owner => auth::identities::list;
    POST "/auth/identities" Owner limited => auth::identities::link;
    DELETE "/auth/identities/{provider}" Owner limited => auth::identities::unlink;
    POST "/auth/{provider}/user" Known limited => auth::identities::sign_up;
    GET "/auth/mfa/factors" Factors => auth::mfa::factors::list::list;
    POST "/auth/mfa/factors" Factors limited => auth::mfa::factors::start::start;
    POST "/auth/mfa/factors/{id}" Factors limited => auth::mfa::factors::rename::rename;
    POST "/auth/mfa/factors/{id}/verify" Factors limited => auth::mfa::factors::verify::verify;
    DELETE "/auth/mfa/factors/{id}" Factors limited => auth::mfa::factors::delete::delete;
    POST "/auth/mfa/recovery-codes" Factors limited => auth::mfa::recovery_codes::generate;
    POST "/auth/mfa/challenges/{id}/verify" Challenge limited => auth::mfa::challenges::verify;
    GET "/auth/{actor_type}/providers" Public => auth::providers::providers;
    GET "/auth/{actor_type}/{provider}" Public limited => auth::sign_in::sign_in_by_query;
    POST "/auth/{actor_type}/{provider}" Public limited => auth::sign_in::sign_in;
    GET "/auth/{actor_type}/{provider}/callback" Public limited => auth::sign_in::callback_by_query;
    POST "/auth/{actor_type}/{provider}/callback" Public limited => auth::sign_in::callback;
    POST "/auth/{actor_type}/{provider}/register" Public limited => auth::register::register;
    POST "/auth/{actor_type}/{provider}/reset-password" Public limited => auth::reset_password::reset_password;
    POST "/auth/{actor_type}/{provider}/update" Public limited => auth::update::update;

    GET "/admin/users" Policies["user:read"] => admin::users::list::list;
    POST "/admin/users" Policies["user:create"] => admin::users::create::create;
    // Also before a required second factor is set up: a client that cannot learn who is signed in cannot lead to enrolment.
    GET "/admin/users/me" Enrolment => admin::users::me::me;
    POST "/admin/users/me" Policies["user:update"] undocumented => admin::users::me::update;
    DELETE "/admin/users/me" Policies["user:delete"] undocumented => admin::users::me::delete;
    GET "/admin/users/export" Policies["user:read"] => admin::users::export::export;
    GET "/admin/users/{id}" Policies["user:read"] => admin::users::retrieve::retrieve;
    POST "/admin/users/{id}" Policies["user:update"] => admin::users::update::update;
    DELETE "/admin/users/{id}" Policies["user:delete"] => admin::users::delete::delete;
    GET "/admin/users/{id}/auth-providers" Policies["user:read"] => admin::users::auth_providers::auth_providers;
    GET "/admin/users/{id}/identities" Policies["user:read"] => admin::users::identities::list;
    GET "/admin/users/{id}/mfa" Policies["user:read"] => admin::users::mfa::list;
    DELETE "/admin/users/{id}/mfa" Policies["mfa:delete"] => admin::users::mfa::reset;
    DELETE "/admin/users/{id}/mfa/{mfa_id}" Policies["mfa:delete"] => admin::users::mfa::remove;
    POST "/admin/users/{id}/reset-password" Policies["user:update"] => admin::users::reset_password::reset_password;
    POST "/admin/users/{id}/email" Policies["user:update"] => admin::users::email::change;
    POST "/admin/users/{id}/lock" Policies["user:update"] => admin::users::lock::lock;
    POST "/admin/users/{id}/unlock" Policies["user:update"] => admin::users::lock::unlock;
    GET "/admin/users/{id}/failed-attempts" Policies["user:read"] => admin::users::failed_attempts::retrieve;
    DELETE "/admin/users/{id}/failed-attempts" Policies["user:update"] => admin::users::failed_attempts::clear;
    GET "/admin/users/{id}/sessions" Policies["session:read"] => admin::users::sessions::list;
    DELETE "/admin/users/{id}/sessions" Policies["session:delete"] => admin::users::sessions::end_all;
    DELETE "/admin/users/{id}/sessions/{session_id}" Policies["session:delete"] => admin::users::sessions::end;

    GET "/admin/users/{id}/roles" Policies["user:read", "rbac_role:read"] => admin::users::roles::list::list;
    POST "/admin/users/{id}/roles" Policies["user:update", "rbac_role:update"] => admin::users::roles::assign::assign;
    DELETE "/admin/users/{id}/roles" Policies["user:update", "rbac_role:update"] => admin::users::roles::remove::remove;
    DELETE "/admin/users/{id}/roles/{role_id}" Policies["user:update", "rbac_role:update"]
        => admin::users::roles::remove_one::remove_one;

    // Needs no policy: every caller may list their own permissions.
    GET "/admin/rbac/me/permissions" Policies[] => admin::rbac::permissions::permissions;
    GET "/admin/rbac/explain" Policies["user:read", "rbac_role:read"] => admin::rbac::explain::explain;
    GET "/admin/rbac/roles" Policies["rbac_role:read"] => admin::rbac::roles::list::list;
    POST "/admin/rbac/roles" Policies["rbac_role:create"] => admin::rbac::roles::create::create;
    GET "/admin/rbac/roles/assignable" Policies["rbac_role:read"] => admin::rbac::roles::assignable::assignable;
    GET "/admin/rbac/roles/{id}" Policies["rbac_role:read"] => admin::rbac::roles::retrieve::retrieve;
    POST "/admin/rbac/roles/{id}" Policies["rbac_role:update"] => admin::rbac::roles::update::update;
    DELETE "/admin/rbac/roles/{id}" Policies["rbac_role:delete"] => admin::rbac::roles::delete::delete;
    GET "/admin/rbac/roles/{id}/policies" Policies["rbac_role:read"] => admin::rbac::roles::policies::list::list;
    POST "/admin/rbac/roles/{id}/policies" Policies["rbac_role:update"] => admin::rbac::roles::policies::add::add;
    DELETE "/admin/rbac/roles/{id}/policies/{policy_id}" Policies["rbac_role:update"]
        => admin::rbac::roles::policies::remove::remove;
    GET "/admin/rbac/roles/{id}/users" Policies["user:read"] => admin::rbac::roles::users::list::list;
    POST "/admin/rbac/roles/{id}/users" Policies["user:update", "rbac_role:update"]
        => admin::rbac::roles::users::add::add;
    DELETE "/admin/rbac/roles/{id}/users" Policies["user:update", "rbac_role:update"]
        => admin::rbac::roles::users::remove::remove;
    GET "/admin/rbac/policies" Policies["rbac_policy:read"] => admin::rbac::policies::list::list;
    POST "/admin/rbac/policies" Policies["rbac_policy:create"] => admin::rbac::policies::create::create;
    GET "/admin/rbac/policies/assignable" Policies["rbac_policy:read"]
        => admin::rbac::policies::assignable::assignable;
    GET "/admin/rbac/policies/{id}" Policies["rbac_policy:read"] => admin::rbac::policies::retrieve::retrieve;
    POST "/admin/rbac/policies/{id}" Policies["rbac_policy:update"] => admin::rbac::policies::update::update;
    DELETE "/admin/rbac/policies/{id}" Policies["rbac_policy:delete"] => admin::rbac::policies::delete::delete;
    GET "/admin/rbac/policies/{id}/roles" Policies["rbac_policy:read", "rbac_role:read"]
        => admin::rbac::policies::roles::roles;

    GET "/admin/invites" Policies["invite:read"] => admin::invites::list::list;
    POST "/admin/invites" Policies["invite:create"] => admin::invites::create::create;
    POST "/admin/invites/accept" Known limited => admin::invites::accept::accept;
    GET "/admin/invites/export" Policies["invite:read"] => admin::invites::export::export;
    GET "/admin/invites/{id}" Policies["invite:read"] => admin::invites::retrieve::retrieve;
    DELETE "/admin/invites/{id}" Policies["invite:delete"] => admin::invites::delete::delete;
    POST "/admin/invites/{id}/resend" Policies["invite:update"] => admin::invites::resend::resend;

    GET "/admin/audit" Policies["audit:read"] => admin::audit::list::list;
    GET "/admin/audit/export" Policies["audit:read"] => admin::audit::export::export;
    GET "/admin/audit/{id}" Policies["audit:read"] => admin::audit::retrieve::retrieve;
    GET "/admin/api-keys" Policies["api_key:read"] => admin::api_keys::list::list;
    POST "/admin/api-keys" Policies["api_key:create"] => admin::api_keys::create::create;
    GET "/admin/api-keys/{id}" Policies["api_key:read"] => admin::api_keys::retrieve::retrieve;
    POST "/admin/api-keys/{id}" Policies["api_key:update"] => admin::api_keys::update::update;
    DELETE "/admin/api-keys/{id}" Policies["api_key:delete"] => admin::api_keys::delete::delete;
    POST "/admin/api-keys/{id}/revoke" Policies["api_key:update"] => admin::api_keys::revoke::revoke;

    GET "/admin/webhooks" Policies["webhook:read"] => admin::webhooks::list::list;
    POST "/admin/webhooks" Policies["webhook:create"] => admin::webhooks::create::create;
    GET "/admin/webhooks/{id}" Policies["webhook:read"] => admin::webhooks::retrieve::retrieve;
    POST "/admin/webhooks/{id}" Policies["webhook:update"] => admin::webhooks::update::update;
    DELETE "/admin/webhooks/{id}" Policies["webhook:delete"] => admin::webhooks::delete::delete;
    POST "/admin/webhooks/{id}/rotate-secret" Policies["webhook:update"]
        => admin::webhooks::rotate_secret::rotate_secret;
    POST "/admin/webhooks/{id}/test" Policies["webhook:update"] => admin::webhooks::test::test;
    GET "/admin/webhooks/{id}/deliveries" Policies["webhook:read"] => admin::webhooks::deliveries::deliveries;
    POST "/admin/webhooks/{id}/deliveries/{delivery_id}/redeliver" Policies["webhook:update"]
        => admin::webhooks::redeliver::redeliver;
    GET "/admin/deliveries" Policies["delivery:read"] => admin::deliveries::list::list;
    GET "/admin/deliveries/{id}" Policies["delivery:read"] => admin::deliveries::retrieve::retrieve;
    POST "/admin/deliveries/{id}/retry" Policies["delivery:update"] => admin::deliveries::retry::retry;
    GET "/admin/events" Policies["event:read"] => admin::events::list::list;
}

routes! {
    @table
    /// What the Medusa Admin requests besides users, invites, sign-in and API keys to show its pages. Served only by
    /// [`router_for_medusa_admin`].
    MEDUSA_ADMIN_ROUTES, medusa_admin_guarded:

    GET "/admin/feature-flags" Public => medusa_admin::feature_flags;
    GET "/cloud/auth" Public => medusa_admin::cloud_auth;
    GET "/admin/stores" Enrolment => medusa_admin::stores;
    GET "/admin/orders" Enrolment => medusa_admin::orders;
    GET "/admin/regions" Enrolment => medusa_admin::regions;
    GET "/admin/sales-channels" Enrolment => medusa_admin::sales_channels;
    GET "/admin/notifications" Enrolment => medusa_admin::notifications;
    GET "/admin/search-indexes" Enrolment => medusa_admin::search_indexes;
    GET "/admin/layouts/configurations" Enrolment => medusa_admin::layout_configurations;
    GET "/admin/layouts/{layout}/configuration" Enrolment => medusa_admin::layout_configuration;
}

/// Returns the routes, each behind its guard. Do not nest them: their paths are the wire contract.
///
/// Bodies are read into memory: if you do not use [`vestibule_server`], limit their size yourself.
pub fn router(web: Web) -> Router {
    with_problems(guarded().merge(openapi::routes(&web)), web)
}

/// Returns the same routes with those that the Medusa Admin needs besides: one store, no orders, and so on
/// ([`MEDUSA_ADMIN_ROUTES`]).
pub fn router_for_medusa_admin(web: Web) -> Router {
    let routes = guarded().merge(openapi::routes(&web)).merge(medusa_admin_guarded());
    with_problems(routes.route_layer(from_fn(medusa_admin::show_refused_invites)), web)
}

/// Makes these routes send problems in the contract's format.
fn with_problems(routes: Router<Arc<Web>>, web: Web) -> Router {
    routes.route_layer(map_response(error::write)).with_state(Arc::new(web))
}
