//! Receives a request's body before its handler runs.
//!
//! Bodies are small, and a handler cannot use half a body. Reading them here keeps slow clients away from handlers, and
//! gives one response to bodies that are too large, too slow or broken.

use std::pin::Pin;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::response::Response;
use http::header::CONNECTION;
use http::{HeaderValue, StatusCode};

use super::error_body::ErrorBody;
use super::timed_body::BodyTooSlow;

/// Why a request's body cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyFailure {
    TooLarge,
    TooSlow,
    Broken,
}

/// Reads the whole body.
pub(super) async fn read(mut body: Body, limit: usize) -> Result<Bytes, BodyFailure> {
    let expected = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if expected > limit {
        return Err(BodyFailure::TooLarge);
    }
    let first = next_piece(&mut body).await?.unwrap_or_default();
    if body.is_end_stream() && first.len() <= limit {
        return Ok(first);
    }
    // Copies the pieces together: many tiny ones would need a multiple of their size.
    let mut whole = Vec::with_capacity(expected.max(first.len()).min(limit));
    let mut piece = Some(first);
    while let Some(bytes) = piece {
        if whole.len() + bytes.len() > limit {
            return Err(BodyFailure::TooLarge);
        }
        whole.extend_from_slice(&bytes);
        piece = next_piece(&mut body).await?;
    }
    Ok(whole.into())
}

/// Returns the next bytes; `None` at the end.
async fn next_piece(body: &mut Body) -> Result<Option<Bytes>, BodyFailure> {
    loop {
        match std::future::poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await {
            None => return Ok(None),
            // Trailers are skipped.
            Some(Ok(frame)) => {
                if let Ok(bytes) = frame.into_data() {
                    return Ok(Some(bytes));
                }
            }
            Some(Err(error)) => {
                let slow = error.into_inner().is::<BodyTooSlow>();
                return Err(if slow { BodyFailure::TooSlow } else { BodyFailure::Broken });
            }
        }
    }
}

impl BodyFailure {
    pub(super) fn response(self, limit: usize) -> Response {
        let (status, message) = match self {
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("The request's body is too large: it may have at most {limit} bytes"),
            ),
            Self::TooSlow => {
                (StatusCode::REQUEST_TIMEOUT, "The request's body did not arrive in time. Send it again".to_owned())
            }
            Self::Broken => {
                (StatusCode::BAD_REQUEST, "The request's body ended early or is not well-formed".to_owned())
            }
        };
        close_after(ErrorBody { code: None, kind: "invalid_data", message: &message }.with_status(status))
    }
}

/// Closes the connection after this response: the rest of the body stands where the next request would begin.
pub(super) fn close_after(mut response: Response) -> Response {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
