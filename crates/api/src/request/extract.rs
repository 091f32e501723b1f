//! Axum's extractors of what a client sent, with the contract's errors.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value as Json};
use vestibule_core::ErrorKind;

use super::{Body, InvalidRequest, Query, read_body, read_object, read_object_of};
use vestibule_web::Problem;

/// A body, read whole.
pub struct RawBody {
    bytes: Bytes,
    content_type: Option<HeaderValue>,
}

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let content_type = request.headers().get(CONTENT_TYPE).cloned();
        if request
            .headers()
            .get(CONTENT_ENCODING)
            .is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
        {
            return Err(InvalidRequest::new("The body must be sent uncompressed, without a content encoding").into());
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            let message = match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => "The body is too large",
                _ => "The body could not be read to its end",
            };
            Problem::new(ErrorKind::InvalidData, message)
        })?;
        Ok(Self { bytes, content_type })
    }
}

impl RawBody {
    /// Reads the body as a declared one.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`].
    pub fn read<B: Body>(&self) -> Result<B, InvalidRequest> {
        read_body(&self.bytes, self.content_type()?)
    }

    /// Reads the body as any JSON object.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`].
    pub fn read_object(&self) -> Result<Map<String, Json>, InvalidRequest> {
        read_object(&self.bytes, self.content_type()?)
    }

    /// Whether the body is a JSON object with this field: where it decides what else the body has.
    pub fn has(&self, field: &str) -> bool {
        self.read_object().is_ok_and(|object| object.contains_key(field))
    }

    /// Reads the body as a JSON object with no other fields than these.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`].
    pub fn read_object_of(&self, known: &[&str]) -> Result<Map<String, Json>, InvalidRequest> {
        read_object_of(&self.bytes, self.content_type()?, known)
    }

    /// Checks that the body, if any, has no field.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`].
    pub fn read_nothing(&self) -> Result<(), InvalidRequest> {
        self.read_object_of(&[]).map(drop)
    }

    fn content_type(&self) -> Result<Option<&str>, InvalidRequest> {
        let header = self.content_type.as_ref().map(|header| header.to_str());
        header.transpose().map_err(|_| InvalidRequest::new("The content type must be application/json"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default())?)
    }
}

/// The parts of a path, as text.
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: serde::de::DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|_| Problem::new(ErrorKind::InvalidData, "The path is not valid UTF-8"))
    }
}
