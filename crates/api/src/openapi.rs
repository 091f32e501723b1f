//! The OpenAPI document, and a page that shows it. It follows from the table of routes, the descriptions of its handlers
//! (`#[describe(…)]`), and the types that are read and sent.
//!
//! ```
//! use vestibule_api::openapi::document;
//! use vestibule_auth::PasswordPolicy;
//!
//! let document: serde_json::Value = serde_json::from_str(&document(PasswordPolicy::default()))?;
//! assert!(document["paths"]["/admin/users/{id}"]["delete"]["responses"]["200"].is_object());
//! # Ok::<(), serde_json::Error>(())
//! ```

mod operation;
#[cfg(feature = "openapi")]
mod page;
mod parameter;
mod partial;
mod plain;
mod responses;

use std::sync::Arc;

use axum::Router;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::schema::{KnownFormat, Schema, SchemaFormat};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Paths, RefOr, Server};
use vestibule_auth::PasswordPolicy;
use vestibule_web::Web;
use vestibule_web::access::Route;

pub(crate) use vestibule_macros::describe;

pub(crate) use self::operation::{Described, Operation, operation};
pub(crate) use self::parameter::{BY_CURSOR, EXPORT, FIELDS, FORMAT, LIST, PAGE, QueryParameter, ROWS, SORTED};

use crate::admin::relations::PolicyOfRole;
use crate::error::ErrorBody;
use crate::routes::operations;

/// Returns the document for servers below this path, with this policy for new passwords.
fn open_api(path: &str, policy: PasswordPolicy) -> OpenApi {
    let servers = Some(path).filter(|path| !path.is_empty()).map(|path| vec![Server::new(path)]);
    let mut components = Components::new();
    components.responses = responses::all();
    let mut schemas = Vec::new();
    operation::collect::<ErrorBody>(&mut schemas);
    operation::collect::<PolicyOfRole>(&mut schemas);
    // A generic type does not name the schema of its parameter.
    operation::collect::<vestibule_auth::ApiKey>(&mut schemas);
    let mut all = Vec::new();
    for (route, operation) in operations() {
        let (operation, named) = operation.at(&route);
        schemas.extend(named);
        all.push((route, operation));
    }
    components.schemas = schemas.into_iter().collect();
    plain::simplify(&mut components.schemas);
    components.schemas.values_mut().for_each(|schema| set_password_length(schema, policy.min_length()));
    for (_, operation) in &mut all {
        partial::relax(operation, &mut components.schemas);
    }
    plain::prune(&mut components.schemas, all.iter().map(|(_, operation)| operation));
    add_security_schemes(&mut components);
    let mut paths = Paths::new();
    for (Route { path, method, .. }, operation) in all {
        paths.add_path_operation(path, vec![http_method(method)], operation);
    }
    let about = "User management and sign-in: create users, invite them, let them sign in, manage them.";
    let license = LicenseBuilder::new().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0")).build();
    let info = InfoBuilder::new()
        .title("Vestibule")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(about))
        .license(Some(license));
    OpenApiBuilder::new().info(info).servers(servers).paths(paths).components(Some(components)).build()
}

/// Sets the least length of the new passwords in a body, which is configured.
fn set_password_length(body: &mut RefOr<Schema>, least: usize) {
    let RefOr::T(Schema::Object(body)) = body else { return };
    for property in body.properties.values_mut() {
        if let RefOr::T(Schema::Object(text)) = property
            && text.format == Some(SchemaFormat::KnownFormat(KnownFormat::Password))
            && text.min_length == Some(PasswordPolicy::default().min_length())
        {
            text.min_length = Some(least);
        }
    }
}

/// Adds how a request authenticates.
fn add_security_schemes(components: &mut Components) {
    let about = "The token of a session; or an API key, where `basic` is named as well";
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").description(Some(about));
    let about = "An API key as the user name, and no password";
    let basic = HttpBuilder::new().scheme(HttpAuthScheme::Basic).description(Some(about));
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
    components.add_security_scheme("basic", SecurityScheme::Http(basic.build()));
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("connect.sid")));
    components.add_security_scheme("cookie", cookie);
}

fn http_method(method: &str) -> HttpMethod {
    match method {
        "POST" => HttpMethod::Post,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

/// Returns the document as JSON, as a server with this policy for new passwords serves it, and with the default one as stored
/// in the repository.
pub fn document(policy: PasswordPolicy) -> String {
    document_at("", policy)
}

/// Returns [`document`] for a server below this path, such as `/accounts`.
pub fn document_at(path: &str, policy: PasswordPolicy) -> String {
    let mut text = open_api(path, policy).to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// Returns `/openapi.json`, and with the feature `openapi` the page `/docs` that shows it.
#[cfg(feature = "openapi")]
pub(crate) fn routes(web: &Web) -> Router<Arc<Web>> {
    page::routes("/openapi.json", open_api(web.site.path(), web.flows.auth().options().password_policy))
}

/// Returns `/openapi.json`.
#[cfg(not(feature = "openapi"))]
pub(crate) fn routes(web: &Web) -> Router<Arc<Web>> {
    let document = document_at(web.site.path(), web.flows.auth().options().password_policy);
    Router::new().route("/openapi.json", axum::routing::get(async move || crate::respond::json_text(document)))
}
