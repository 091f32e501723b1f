//! CORS: what browsers let other websites' pages ask us and read of our answers.

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

/// The configured allow-list; without one no answer has CORS headers.
#[derive(Debug, Clone)]
pub(super) struct Cors(Option<CorsLayer>);

/// What a request has to do with CORS.
#[derive(Debug)]
pub(super) struct CorsRequest {
    headers: HeaderMap,
    /// Whether the browser asks for permission first (Fetch Standard, CORS-preflight request).
    pub(super) preflight: bool,
}

impl Cors {
    /// As the reference does, listed origins may send cookies and any header: what makes them safe is the list.
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

    /// What `request` asks; nothing without a list or without an origin.
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

    /// Adds to `response` what a browser must know that sent an origin.
    pub(super) async fn complete(&self, cors_request: CorsRequest, response: Response) -> Response {
        let Some(layer) = &self.0 else { return response };
        if !cors_request.preflight {
            // The layer takes every OPTIONS for a preflight.
            return apply_layer(layer, Method::GET, cors_request.headers, response).await;
        }
        let mut response = apply_layer(layer, Method::OPTIONS, cors_request.headers, response).await;
        *response.status_mut() = StatusCode::NO_CONTENT;
        response
    }

    /// Adds to `response` that it would have been another one if an origin had been sent.
    pub(super) fn without_origin(&self, mut response: Response) -> Response {
        if self.0.is_some() {
            response.headers_mut().append(VARY, HeaderValue::from_static("Origin"));
        }
        response
    }
}
