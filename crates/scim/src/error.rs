//! Errors in SCIM's format (RFC 7644 3.12).

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value as Json, json};
use vestibule_core::{DomainError, ErrorKind};
use vestibule_web::Problem;

/// The schema of errors.
const SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// Why a request failed.
#[derive(Debug, Clone)]
pub(crate) struct ScimError {
    pub(crate) status: StatusCode,
    /// RFC 7644, table 9, and RFC 9865.
    pub(crate) scim_type: Option<&'static str>,
    /// What happened and what to do, for people.
    pub(crate) detail: String,
    pub(crate) retry_after: Option<Duration>,
    /// Our own stable code, for the record of refusals.
    pub(crate) code: Option<&'static str>,
}

impl ScimError {
    fn new(status: StatusCode, scim_type: Option<&'static str>, detail: impl Into<String>) -> Self {
        Self { status, scim_type, detail: detail.into(), retry_after: None, code: None }
    }

    /// The request is not what the grammar asks for.
    pub(crate) fn syntax(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some("invalidSyntax"), detail)
    }

    /// A value cannot be stored, or is missing.
    pub(crate) fn value(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some("invalidValue"), detail)
    }

    /// A path names no attribute that can be changed.
    pub(crate) fn path(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some("invalidPath"), detail)
    }

    /// A filter cannot be read, or asks for what cannot be searched.
    pub(crate) fn filter(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some("invalidFilter"), detail)
    }

    /// A path with a filter has no target.
    pub(crate) fn target(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some("noTarget"), detail)
    }

    /// An attribute cannot be changed.
    pub(crate) fn mutability(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some("mutability"), detail)
    }

    /// A cursor is none of ours.
    pub(crate) fn cursor(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some("invalidCursor"), detail)
    }

    /// The body is too large, or has too many operations.
    pub(crate) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, None, detail)
    }

    /// There is no such resource.
    pub(crate) fn not_found(what: &str, id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, None, format!("{what} {id} was not found"))
    }

    /// A response with this status and nothing else to say.
    pub(crate) fn status(status: StatusCode, detail: impl Into<String>) -> Self {
        Self::new(status, None, detail)
    }

    /// The body of the response.
    pub(crate) fn body(&self) -> Json {
        let mut body = json!({ "schemas": [SCHEMA], "status": self.status.as_str(), "detail": self.detail });
        if let (Some(kind), Some(fields)) = (self.scim_type, body.as_object_mut()) {
            fields.insert("scimType".to_owned(), kind.into());
        }
        body
    }
}

impl<E: DomainError + 'static> From<E> for ScimError {
    fn from(error: E) -> Self {
        let problem = Problem::from(error);
        let code = problem.code();
        let (status, scim_type) = match (code, problem.kind()) {
            (Some("email_taken" | "email_reserved" | "email_of_another_account" | "role_name_taken"), _) => {
                (StatusCode::CONFLICT, Some("uniqueness"))
            }
            (Some("version_mismatch"), _) => (StatusCode::PRECONDITION_FAILED, None),
            (_, Some(ErrorKind::InvalidData)) => (StatusCode::BAD_REQUEST, Some("invalidValue")),
            // The last super admin, the role of super admins.
            (_, Some(ErrorKind::NotAllowed)) => (StatusCode::FORBIDDEN, None),
            _ => (problem.status(), None),
        };
        Self { status, scim_type, detail: problem.message().to_owned(), retry_after: problem.retry_after(), code }
    }
}
