//! The responses that the Medusa Admin needs to show its pages of users, invites, API keys and the profile.
//!
//! After sign-in it opens its orders, and on every page it requests the store, the layout and the notifications. Vestibule
//! has none of these: the responses are empty, in the form of the reference (2.21.2). Nothing here uses the database.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};
use vestibule_core::ErrorKind;
use vestibule_web::Problem;

use crate::request::{Parameters, Path, Query, Rows};
use crate::respond::{self, Sent};

/// `GET /admin/feature-flags`: every flag of the reference is off.
pub(crate) async fn feature_flags() -> Sent<Json> {
    respond::json(&json!({ "feature_flags": {
        "backend_hmr": false, "caching": false, "index_engine": false, "rbac": false, "rbac_filter_fields": false,
        "translation": false, "view_configurations": false,
    } }))
}

/// `GET /cloud/auth`: there is no sign-in through Medusa's own cloud.
pub(crate) async fn cloud_auth() -> Sent<Json> {
    respond::json(&json!({ "enabled": false }))
}

/// `GET /admin/stores`: the one store whose name the Admin shows in its menu.
pub(crate) async fn stores() -> Sent<Json> {
    let store = json!({
        "id": "store_vestibule", "name": "Vestibule", "default_sales_channel_id": null, "default_region_id": null,
        "default_location_id": null, "metadata": null, "supported_currencies": [], "supported_locales": [],
    });
    respond::json(&json!({ "stores": [store], "count": 1, "offset": 0, "limit": 50 }))
}

/// `GET /admin/orders`
pub(crate) async fn orders(query: Query) -> Sent<Json> {
    nothing("orders", &query)
}

/// `GET /admin/regions`
pub(crate) async fn regions(query: Query) -> Sent<Json> {
    nothing("regions", &query)
}

/// `GET /admin/sales-channels`
pub(crate) async fn sales_channels(query: Query) -> Sent<Json> {
    nothing("sales_channels", &query)
}

/// `GET /admin/notifications`
pub(crate) async fn notifications(query: Query) -> Sent<Json> {
    nothing("notifications", &query)
}

/// `GET /admin/layouts/configurations`
pub(crate) async fn layout_configurations(query: Query) -> Sent<Json> {
    nothing("layout_configurations", &query)
}

/// `GET /admin/search-indexes`
pub(crate) async fn search_indexes() -> Sent<Json> {
    respond::json(&json!({ "search_indexes": [], "enabled": false }))
}

/// `GET /admin/layouts/{layout}/configuration`: every layout is the one that the Admin ships.
pub(crate) async fn layout_configuration(Path(_layout): Path<String>) -> Sent<Json> {
    respond::json(&json!({ "personal_configuration": null, "default_configuration": null, "active_scope": "default" }))
}

/// Turns the 403 of a refused `POST /admin/invites` into 400. The Admin's form for a new invite shows the message of a 400
/// and nothing for every other status: an administrator who must sign in again would see nothing happen.
pub(crate) async fn show_refused_invites(request: Request, next: Next) -> Response {
    let is_new_invite =
        request.method() == Method::POST && request.uri().path().trim_end_matches('/') == "/admin/invites";
    let mut response = next.run(request).await;
    if is_new_invite
        && response.status() == StatusCode::FORBIDDEN
        && let Some(refused) = response.extensions_mut().remove::<Problem>()
    {
        return refused.with_kind(ErrorKind::NotAllowed).into_response();
    }
    response
}

/// Responds with an empty page. Filters, order and fields make no difference to it and are ignored.
fn nothing(name: &'static str, query: &Query) -> Sent<Json> {
    let Rows { offset, limit } = Rows::of(&mut Parameters::of(query));
    respond::json(&json!({ name: [], "count": 0, "offset": offset, "limit": limit }))
}
