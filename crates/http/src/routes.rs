//! The table of the routes.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::request::Path;
use crate::{Api, admin, auth, health, openapi};

/// The routes. Mount them as they are: their paths are the wire contract.
///
/// Bodies are read whole: put a limit on them where you mount them yourself, as [`crate::server`] does.
pub fn router(api: Api) -> Router {
    let users = Router::new()
        .route("/admin/users", get(admin::users::list::list).post(admin::users::create::create))
        .route(
            "/admin/users/me",
            // To whoever changes or deletes, `me` is an id like any other, as in the reference: that of nobody.
            get(admin::users::me::me)
                .post(|state, caller, query, body| {
                    admin::users::update::update(state, caller, Path("me".to_owned()), query, body)
                })
                .delete(|state, caller| admin::users::delete::delete(state, caller, Path("me".to_owned()))),
        )
        .route(
            "/admin/users/{id}",
            get(admin::users::retrieve::retrieve)
                .post(admin::users::update::update)
                .delete(admin::users::delete::delete),
        )
        .route("/admin/users/{id}/auth-providers", get(admin::users::auth_providers::auth_providers));
    let invites = Router::new()
        .route("/admin/invites", get(admin::invites::list::list).post(admin::invites::create::create))
        .route("/admin/invites/accept", post(admin::invites::accept::accept))
        .route("/admin/invites/{id}", get(admin::invites::retrieve::retrieve).delete(admin::invites::delete::delete))
        .route("/admin/invites/{id}/resend", post(admin::invites::resend::resend));
    let auth = Router::new()
        .route("/auth/session", post(auth::session::create).delete(auth::session::delete))
        .route("/auth/token/refresh", post(auth::refresh::refresh))
        .route("/auth/invites/preview", post(auth::invites::preview))
        .route("/auth/invites/accept", post(auth::invites::accept))
        .route("/auth/{actor_type}/providers", get(auth::providers::providers))
        .route("/auth/{actor_type}/{provider}", get(auth::sign_in::sign_in_by_query).post(auth::sign_in::sign_in))
        .route(
            "/auth/{actor_type}/{provider}/callback",
            get(auth::sign_in::callback_by_query).post(auth::sign_in::callback),
        )
        .route("/auth/{actor_type}/{provider}/register", post(auth::register::register));
    let health = Router::new()
        .route("/health", get(health::health))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready));
    Router::new()
        .merge(users)
        .merge(invites)
        .merge(auth)
        .merge(health)
        .merge(openapi::routes())
        .with_state(Arc::new(api))
}
