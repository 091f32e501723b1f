//! The OpenAPI document, and a page that shows it.

#[cfg(feature = "openapi")]
mod page;
mod partial;
mod responses;

use std::sync::Arc;

use axum::Router;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::{Modify, OpenApi};

use self::partial::Partial;
use self::responses::Responses;
use crate::routes::ROUTES;
use crate::{admin, auth, health};
use vestibule_web::Web;
use vestibule_web::access::Access;

/// The document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vestibule",
        description = "User management and sign-in: create users, invite them, let them sign in, manage them.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    paths(
        health::health,
        health::live,
        health::ready,
        auth::providers::providers,
        auth::sign_in::sign_in,
        auth::sign_in::sign_in_by_query,
        auth::sign_in::callback,
        auth::sign_in::callback_by_query,
        auth::register::register,
        auth::session::create,
        auth::session::delete,
        auth::sessions::list,
        auth::sessions::end,
        auth::sessions::end_others,
        auth::refresh::refresh,
        auth::mfa::factors::list::list,
        auth::mfa::factors::start::start,
        auth::mfa::factors::rename::rename,
        auth::mfa::factors::verify::verify,
        auth::mfa::factors::delete::delete,
        auth::mfa::recovery_codes::generate,
        auth::mfa::challenges::verify,
        auth::password::change,
        auth::proof::prove,
        auth::reset_password::reset_password,
        auth::update::update,
        auth::verification::request::request,
        auth::verification::confirm::confirm,
        auth::invites::preview,
        auth::invites::accept,
        admin::users::list::list,
        admin::users::create::create,
        admin::users::me::me,
        admin::users::retrieve::retrieve,
        admin::users::update::update,
        admin::users::delete::delete,
        admin::users::auth_providers::auth_providers,
        admin::users::mfa::list,
        admin::users::mfa::reset,
        admin::users::lock::lock,
        admin::users::lock::unlock,
        admin::users::failed_attempts::retrieve,
        admin::users::failed_attempts::clear,
        admin::users::sessions::list,
        admin::users::sessions::end,
        admin::users::sessions::end_all,
        admin::users::reset_password::reset_password,
        admin::users::roles::list::list,
        admin::users::roles::assign::assign,
        admin::users::roles::remove::remove,
        admin::users::roles::remove_one::remove_one,
        admin::rbac::permissions::permissions,
        admin::rbac::explain::explain,
        admin::rbac::roles::list::list,
        admin::rbac::roles::create::create,
        admin::rbac::roles::assignable::assignable,
        admin::rbac::roles::retrieve::retrieve,
        admin::rbac::roles::update::update,
        admin::rbac::roles::delete::delete,
        admin::rbac::roles::policies::list::list,
        admin::rbac::roles::policies::add::add,
        admin::rbac::roles::policies::remove::remove,
        admin::rbac::roles::users::list::list,
        admin::rbac::roles::users::add::add,
        admin::rbac::roles::users::remove::remove,
        admin::rbac::policies::list::list,
        admin::rbac::policies::create::create,
        admin::rbac::policies::assignable::assignable,
        admin::rbac::policies::retrieve::retrieve,
        admin::rbac::policies::update::update,
        admin::rbac::policies::delete::delete,
        admin::rbac::policies::roles::roles,
        admin::invites::list::list,
        admin::invites::create::create,
        admin::invites::accept::accept,
        admin::invites::retrieve::retrieve,
        admin::invites::delete::delete,
        admin::invites::resend::resend,
        admin::audit::list::list,
        admin::audit::export::export,
        admin::audit::retrieve::retrieve,
        admin::api_keys::list::list,
        admin::api_keys::create::create,
        admin::api_keys::retrieve::retrieve,
        admin::api_keys::update::update,
        admin::api_keys::delete::delete,
        admin::api_keys::revoke::revoke,
        admin::webhooks::list::list,
        admin::webhooks::create::create,
        admin::webhooks::retrieve::retrieve,
        admin::webhooks::update::update,
        admin::webhooks::delete::delete,
        admin::webhooks::rotate_secret::rotate_secret,
        admin::webhooks::test::test,
        admin::webhooks::deliveries::deliveries,
        admin::webhooks::redeliver::redeliver,
        admin::deliveries::list::list,
        admin::deliveries::retrieve::retrieve,
        admin::deliveries::retry::retry,
        admin::events::list::list,
    ),
    components(schemas(crate::schemas::Error)),
    modifiers(&SecuritySchemes, &Partial, &Responses),
)]
pub struct Document;

/// How a request authenticates.
struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let about = "The token of a session; or an API key, where `basic` is named as well";
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").description(Some(about));
        let about = "An API key as the user name, and no password";
        let basic = HttpBuilder::new().scheme(HttpAuthScheme::Basic).description(Some(about));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
        components.add_security_scheme("basic", SecurityScheme::Http(basic.build()));
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("connect.sid")));
        components.add_security_scheme("cookie", cookie);
        // The guard reads from the same table of routes where API keys are accepted.
        for route in ROUTES.iter().filter(|route| matches!(route.access, Access::Policies(_))) {
            let found = document.paths.paths.get_mut(route.path).and_then(|path| operation(path, route.method));
            if let Some(schemes) = found.and_then(|operation| operation.security.as_mut()) {
                schemes.push(SecurityRequirement::new("basic", Vec::<String>::new()));
            }
        }
    }
}

/// The methods that [`operation`] accepts.
const METHODS: [&str; 3] = ["GET", "POST", "DELETE"];

fn operation<'a>(path: &'a mut PathItem, method: &str) -> Option<&'a mut Operation> {
    match method {
        "GET" => path.get.as_mut(),
        "POST" => path.post.as_mut(),
        "DELETE" => path.delete.as_mut(),
        _ => None,
    }
}

/// Returns the document as JSON, as served and as stored in the repository.
pub fn document() -> String {
    let mut text = Document::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// Returns `/openapi.json`, and with the feature `openapi` the page `/docs` that shows it.
#[cfg(feature = "openapi")]
pub(crate) fn routes() -> Router<Arc<Web>> {
    page::routes("/openapi.json", Document::openapi())
}

/// Returns `/openapi.json`.
#[cfg(not(feature = "openapi"))]
pub(crate) fn routes() -> Router<Arc<Web>> {
    let document = document();
    Router::new().route("/openapi.json", axum::routing::get(async move || crate::respond::json_text(document)))
}
