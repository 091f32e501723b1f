//! CORS: which requests browsers let pages of other websites send, and which responses they may read.

use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use http::header::{ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, RETRY_AFTER, VARY};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use super::apply_layer::apply_layer;
use super::origin::Origin;
use super::request_id::X_REQUEST_ID;

/// How long a browser may remember a preflight.
const REMEMBERED: Duration = Duration::from_secs(600);

/// The configured allow-list; without one no response has CORS headers.
#[derive(Debug, Clone)]
pub(super) struct Cors(Option<CorsLayer>);

/// The parts of a request that CORS depends on.
#[derive(Debug)]
pub(super) struct CorsRequest {
    headers: HeaderMap,
    /// Whether this is a CORS-preflight request (Fetch Standard).
    pub(super) preflight: bool,
}

impl Cors {
    /// Listed origins may send cookies and any header, as with the reference: the list is what makes this safe.
    pub(super) fn new(origins: &[Origin]) -> Self {
        let allowed: Vec<HeaderValue> =
            origins.iter().filter_map(|origin| origin.to_string().try_into().ok()).collect();
        Self((!allowed.is_empty()).then(|| {
            let methods = [Method::GET, Method::HEAD, Method::PUT, Method::PATCH, Method::POST, Method::DELETE];
            CorsLayer::new()
                .allow_origin(AllowOrigin::list(allowed))
                .allow_credentials(true)
                .allow_methods(methods)
                .allow_headers(AllowHeaders::mirror_request())
                .expose_headers([X_REQUEST_ID, RETRY_AFTER])
                .max_age(REMEMBERED)
                .vary([ORIGIN])
        }))
    }

    /// Returns the CORS part of `request`; `None` without a list or an origin.
    pub(super) fn request(&self, request: &Request) -> Option<CorsRequest> {
        self.0.as_ref()?;
        let mut headers = HeaderMap::new();
        headers.insert(ORIGIN, request.headers().get(ORIGIN)?.clone());
        let mut preflight = false;
        if request.method() == Method::OPTIONS {
            for name in [ACCESS_CONTROL_REQUEST_METHOD, ACCESS_CONTROL_REQUEST_HEADERS] {
                if let Some(value) = request.headers().get(&name) {
                    preflight |= name == ACCESS_CONTROL_REQUEST_METHOD;
                    headers.insert(name, value.clone());
                }
            }
        }
        Some(CorsRequest { headers, preflight })
    }

    /// Adds the CORS headers to the `response` of a request with an origin.
    pub(super) async fn complete(&self, cors_request: CorsRequest, response: Response) -> Response {
        let Some(layer) = &self.0 else { return response };
        if !cors_request.preflight {
            // The layer treats every OPTIONS as a preflight.
            return apply_layer(layer, Method::GET, cors_request.headers, response).await;
        }
        let mut response = apply_layer(layer, Method::OPTIONS, cors_request.headers, response).await;
        *response.status_mut() = StatusCode::NO_CONTENT;
        response
    }

    /// Adds `Vary: Origin` to the `response` of a request without an origin.
    pub(super) fn without_origin(&self, mut response: Response) -> Response {
        if self.0.is_some() {
            response.headers_mut().append(VARY, HeaderValue::from_static("Origin"));
        }
        response
    }
}
