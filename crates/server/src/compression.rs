//! Compression of answers that are long enough to gain from it.

use std::sync::{Arc, OnceLock};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use http_body::Body as _;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use super::apply_layer::apply_layer;

/// Shorter answers fit into one packet as they are.
const SHORTEST: u64 = 1024;

/// gzip and Brotli, as the client prefers. The fastest level: answers are made anew for every request.
#[derive(Clone)]
pub(super) struct Compression(CompressionLayer);

/// What an answer carries in its extensions that is sent more than once: its compressed form is made once, for the first
/// who accepts one, and for all who accept the same.
#[derive(Clone, Default)]
pub struct CompressedOnce(Arc<OnceLock<Compressed>>);

struct Compressed {
    accepted: HeaderValue,
    encoding: HeaderValue,
    body: Bytes,
}

/// The encodings that a client accepts, if one of ours may be among them.
pub(super) struct Accepted(HeaderValue);

impl Accepted {
    pub(super) fn by(request: &Request) -> Option<Self> {
        let accepted = request.headers().get(ACCEPT_ENCODING)?;
        let text = accepted.to_str().ok()?;
        (text.contains("gzip") || text.contains("br")).then(|| Self(accepted.clone()))
    }
}

impl Compression {
    pub(super) fn new() -> Self {
        Self(CompressionLayer::new().quality(CompressionLevel::Fastest))
    }

    /// Whether `response` would gain from it.
    pub(super) fn is_worth_it(&self, response: &Response) -> bool {
        is_long(response) && is_text(response.headers())
    }

    /// Compresses `response`.
    pub(super) async fn complete(&self, Accepted(accepted): Accepted, mut response: Response) -> Response {
        let Some(CompressedOnce(once)) = response.extensions_mut().remove() else {
            return self.compress(accepted, response).await;
        };
        if let Some(compressed) = once.get().filter(|compressed| compressed.accepted == accepted) {
            *response.body_mut() = Body::from(compressed.body.clone());
            response.headers_mut().insert(CONTENT_ENCODING, compressed.encoding.clone());
            response.headers_mut().append(VARY, HeaderValue::from_static("accept-encoding"));
            return response;
        }
        let (head, body) = self.compress(accepted.clone(), response).await.into_parts();
        let Ok(body) = to_bytes(body, usize::MAX).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        if let Some(encoding) = head.headers.get(CONTENT_ENCODING).cloned() {
            // Whoever was quicker has made the same. Copied, as a buffer of the encoder has room for much more.
            let _ = once.set(Compressed { accepted, encoding, body: Bytes::copy_from_slice(&body) });
        }
        Response::from_parts(head, Body::from(body))
    }

    async fn compress(&self, accepted: HeaderValue, response: Response) -> Response {
        let status = response.status();
        let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, accepted)]);
        let mut response = apply_layer(&self.0, Method::GET, headers, response).await;
        // A client that accepts no encoding at all would get 406, after the request had its effect.
        *response.status_mut() = status;
        response
    }
}

fn is_long(response: &Response) -> bool {
    response.body().size_hint().exact().is_none_or(|size| size > SHORTEST)
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kinds = ["application/json", "application/javascript", "application/problem+json", "image/svg+xml", "text/"];
    kinds.iter().any(|text| kind.starts_with(text)) && !kind.starts_with("text/event-stream")
}
