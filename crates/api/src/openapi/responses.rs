//! The error responses of operations, derived from the table of routes, so that no route can forget those of the guard and
//! the server in front of it.

use std::collections::BTreeMap;

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use vestibule_web::access::{Access, Route};

/// An error status: its name among the document's responses, and its meaning.
pub(super) struct ErrorResponse {
    pub(super) status: &'static str,
    pub(super) name: &'static str,
    description: &'static str,
}

const fn error(status: &'static str, name: &'static str, description: &'static str) -> ErrorResponse {
    ErrorResponse { status, name, description }
}

/// Every error status that an operation may respond with.
const ERRORS: &[ErrorResponse] = &[
    error("400", "BadRequest", "The request is not valid, or not possible in the present state."),
    error("401", "Unauthorized", "No one is signed in, the second factor is due, or a proof is wrong."),
    error("403", "Forbidden", "The caller may not do this, or another website sent the request."),
    error("404", "NotFound", "There is no such thing."),
    error("408", "RequestTimeout", "The request's body did not arrive in time."),
    error("409", "Conflict", "Something changed at the same time."),
    error("413", "PayloadTooLarge", "The request's body is too large."),
    error("422", "Duplicate", "There is such a thing already."),
    error("429", "TooManyRequests", "Too many requests: try again later."),
    error("503", "ServiceUnavailable", "The database is not available: try again later."),
];

/// Returns the error responses by their names.
pub(super) fn all() -> BTreeMap<String, RefOr<Response>> {
    ERRORS.iter().map(|error| (error.name.to_owned(), error.response().into())).collect()
}

/// Returns the errors of a route, with those of its handler.
pub(super) fn of(route: &Route, own: &[&str]) -> impl Iterator<Item = &'static ErrorResponse> {
    let statuses = [&statuses(route), own].concat();
    ERRORS.iter().filter(move |error| statuses.contains(&error.status))
}

/// Returns the error statuses that the server and the guard respond with before the handler of this route runs.
fn statuses(route: &Route) -> Vec<&'static str> {
    let is_public = route.access == Access::Public;
    // A session that must enrol a second factor first may call these only.
    let accepts_every_session = matches!(
        route.access,
        Access::Public | Access::Bearer | Access::Challenge | Access::Enrolment | Access::Factors
    );
    let mut statuses = vec!["400", "408", "413"];
    statuses.extend((!is_public).then_some("401"));
    statuses.extend((route.method != "GET" || !accepts_every_session).then_some("403"));
    statuses.extend(route.is_rate_limited.then_some("429"));
    statuses.extend((!is_public || route.is_rate_limited).then_some("503"));
    statuses
}

impl ErrorResponse {
    fn response(&self) -> Response {
        let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("Error"))).build();
        let mut response =
            ResponseBuilder::new().description(self.description).content("application/json", body).build();
        if matches!(self.status, "429" | "503") {
            let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
            let header = HeaderBuilder::new()
                .schema(Some(seconds))
                .description(Some("How many seconds to wait before trying again"));
            response.headers = BTreeMap::from([("Retry-After".to_owned(), header.build().into())]);
        }
        response
    }
}
