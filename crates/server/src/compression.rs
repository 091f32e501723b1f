//! Compression of responses that are long enough to benefit.

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

/// Shorter responses fit into one packet as they are.
const SHORTEST: u64 = 1024;

/// The level for responses that are sent repeatedly: a page of 60 KB takes two milliseconds, once, and is a third shorter.
const THOROUGH: CompressionLevel = CompressionLevel::Precise(6);

/// gzip and Brotli, as the client prefers.
#[derive(Clone)]
pub(super) struct Compression {
    /// The fastest level, for a response that is compressed for one request.
    fast: CompressionLayer,
    thorough: CompressionLayer,
}

/// An extension of responses that are sent repeatedly: the compressed form is made once, for the first client that
/// accepts one, and reused for all that accept the same encodings.
#[derive(Clone, Default)]
pub struct CompressedOnce(Arc<OnceLock<Compressed>>);

struct Compressed {
    accepted: HeaderValue,
    encoding: HeaderValue,
    body: Bytes,
}

/// The encodings that a client accepts, if it may accept a supported one.
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
        let layer = |level| CompressionLayer::new().quality(level);
        Self { fast: layer(CompressionLevel::Fastest), thorough: layer(THOROUGH) }
    }

    /// Returns whether compressing `response` is worth it.
    pub(super) fn is_worth_it(&self, response: &Response) -> bool {
        is_long(response) && is_text(response.headers())
    }

    /// Compresses `response`.
    pub(super) async fn complete(&self, Accepted(accepted): Accepted, mut response: Response) -> Response {
        let Some(CompressedOnce(once)) = response.extensions_mut().remove() else {
            return compress(&self.fast, accepted, response).await;
        };
        if let Some(compressed) = once.get().filter(|compressed| compressed.accepted == accepted) {
            *response.body_mut() = Body::from(compressed.body.clone());
            response.headers_mut().insert(CONTENT_ENCODING, compressed.encoding.clone());
            response.headers_mut().append(VARY, HeaderValue::from_static("accept-encoding"));
            return response;
        }
        let (head, body) = compress(&self.thorough, accepted.clone(), response).await.into_parts();
        let Ok(body) = to_bytes(body, usize::MAX).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        if let Some(encoding) = head.headers.get(CONTENT_ENCODING).cloned() {
            // A concurrent request may have stored the same. Copied, because the encoder's buffer has spare capacity.
            let _ = once.set(Compressed { accepted, encoding, body: Bytes::copy_from_slice(&body) });
        }
        Response::from_parts(head, Body::from(body))
    }
}

async fn compress(layer: &CompressionLayer, accepted: HeaderValue, response: Response) -> Response {
    let status = response.status();
    let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, accepted)]);
    let mut response = apply_layer(layer, Method::GET, headers, response).await;
    // With `identity` refused, too, the layer would return 406 after the request had its effect.
    *response.status_mut() = status;
    response
}

fn is_long(response: &Response) -> bool {
    response.body().size_hint().exact().is_none_or(|size| size > SHORTEST)
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kinds = ["application/json", "application/javascript", "application/problem+json", "image/svg+xml", "text/"];
    kinds.iter().any(|text| kind.starts_with(text)) && !kind.starts_with("text/event-stream")
}
