//! The table of routes. Each asks for the key of a directory, and nothing else opens one (security.md 25).

use std::sync::Arc;

use axum::Router;
use axum::routing::any;
use http::{Method, StatusCode};

use crate::call::{Call, handle};
use crate::error::ScimError;
use crate::reply::Answer;
use crate::{ROOT, Scim, bulk, discovery, groups, users};

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: &'static str,
    /// The path below [`ROOT`], with parameters in braces.
    pub path: &'static str,
}

macro_rules! routes {
    ($($method:ident $path:literal,)+) => {
        /// All routes.
        pub static ROUTES: &[Route] = &[$(Route { method: stringify!($method), path: $path }),+];
    };
}

routes! {
    GET "/ServiceProviderConfig",
    GET "/ResourceTypes",
    GET "/ResourceTypes/{id}",
    GET "/Schemas",
    GET "/Schemas/{id}",
    GET "/Users",
    POST "/Users",
    POST "/Users/.search",
    GET "/Users/{id}",
    PUT "/Users/{id}",
    PATCH "/Users/{id}",
    DELETE "/Users/{id}",
    GET "/Groups",
    POST "/Groups",
    POST "/Groups/.search",
    GET "/Groups/{id}",
    PUT "/Groups/{id}",
    PATCH "/Groups/{id}",
    DELETE "/Groups/{id}",
    POST "/Bulk",
}

/// Returns the routes, to mount beside those of the API, behind its layers.
pub fn router(scim: Scim) -> Router {
    let route = any(handle);
    Router::new().route(ROOT, route.clone()).route(&format!("{ROOT}/{{*rest}}"), route).with_state(Arc::new(scim))
}

/// Serves a request, whose path is that below [`ROOT`].
pub(crate) async fn dispatch(call: &Call, method: &Method, path: &str) -> Answer {
    let path = path.trim_matches('/');
    if (method, path) == (&Method::POST, "Bulk") {
        return bulk::run(call).await;
    }
    dispatch_one(call, method, path).await
}

/// The same without bulk requests.
pub(crate) async fn dispatch_one(call: &Call, method: &Method, path: &str) -> Answer {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let method = if *method == Method::HEAD { "GET" } else { method.as_str() };
    match (method, segments.as_slice()) {
        ("GET", ["ServiceProviderConfig"]) => discovery::config(call),
        ("GET", ["ResourceTypes"]) => discovery::resource_types(call),
        ("GET", ["ResourceTypes", id]) => discovery::resource_type(call, id),
        ("GET", ["Schemas"]) => discovery::schemas(call),
        ("GET", ["Schemas", id]) => discovery::schema(call, id),
        ("GET", ["Users"]) => users::list(call).await,
        ("POST", ["Users"]) => users::create(call).await,
        ("POST", ["Users", ".search"]) => users::search(call).await,
        ("GET", ["Users", id]) => users::retrieve(call, id).await,
        ("PUT", ["Users", id]) => users::replace(call, id).await,
        ("PATCH", ["Users", id]) => users::patch(call, id).await,
        ("DELETE", ["Users", id]) => users::delete(call, id).await,
        ("GET", ["Groups"]) => groups::list(call).await,
        ("POST", ["Groups"]) => groups::create(call).await,
        ("POST", ["Groups", ".search"]) => groups::search(call).await,
        ("GET", ["Groups", id]) => groups::retrieve(call, id).await,
        ("PUT", ["Groups", id]) => groups::replace(call, id).await,
        ("PATCH", ["Groups", id]) => groups::patch(call, id).await,
        ("DELETE", ["Groups", id]) => groups::delete(call, id).await,
        (_, [".search"] | ["Me", ..]) => {
            Err(ScimError::status(StatusCode::NOT_IMPLEMENTED, "use /Users or /Groups: this is not supported"))
        }
        (_, [kind, ..]) if ROUTES.iter().any(|route| route.path.split('/').nth(1) == Some(*kind)) => {
            Err(ScimError::status(StatusCode::METHOD_NOT_ALLOWED, "this path has other methods"))
        }
        _ => Err(ScimError::not_found("the path", path)),
    }
}
