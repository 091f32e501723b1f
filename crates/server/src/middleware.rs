//! The one middleware around all routes. Each further layer would cost a boxed future for every request.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::response::Response;
use http::header::COOKIE;
use http::{Method, StatusCode};
use tower::{Layer, Service};

use super::client_address::{TrustedProxies, UntrustedProxy};
use super::compression::{Accepted, Compression};
use super::cors::Cors;
use super::error_body::ErrorBody;
use super::host;
use super::page_refusal::PageRefusal;
use super::receive::{close_after, read};
use super::request_id::RequestIds;
use super::request_log::RequestLog;
use super::response_future::{ResponseFuture, Routes};
use super::same_origin::{Proof, TrustedOrigins};
use super::security_headers::SecurityHeaders;

/// The parts of the middleware, built from the configuration.
pub(super) struct Middleware {
    pub(super) ids: RequestIds,
    pub(super) proxies: TrustedProxies,
    pub(super) trusted: TrustedOrigins,
    pub(super) cors: Cors,
    pub(super) compression: Compression,
    pub(super) security: SecurityHeaders,
    pub(super) body_limit: usize,
    /// The path below which there are pages. They render refusals and check the tokens of their forms themselves.
    pub(super) pages: Option<String>,
    /// The path below which other websites may post forms.
    pub(super) foreign_forms: Option<String>,
    /// The path whose route reads the body itself.
    pub(super) uploads: Option<String>,
    pub(super) untrusted_proxy: UntrustedProxy,
}

impl Middleware {
    fn is_page(&self, request: &Request) -> bool {
        let rest = self.pages.as_deref().and_then(|pages| request.uri().path().strip_prefix(pages));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Returns whether another website may have sent this form. It is then received without the browser's cookies.
    fn is_foreign_form(&self, request: &Request) -> bool {
        let rest = self.foreign_forms.as_deref().and_then(|path| request.uri().path().strip_prefix(path));
        let name = rest.map(|rest| rest.strip_suffix('/').unwrap_or(rest));
        request.method() == Method::POST && name.is_some_and(|name| !name.is_empty() && !name.contains('/'))
    }

    /// Returns whether the route reads the body itself.
    fn is_upload(&self, request: &Request) -> bool {
        let path = request.uri().path();
        request.method() == Method::POST && self.uploads.as_deref() == Some(path.strip_suffix('/').unwrap_or(path))
    }

    /// Returns the refusal of a request without a same-origin proof. On a page, the form's token is the proof if the
    /// browser names no origin (security.md 40).
    fn refusal(&self, request: &Request) -> Option<PageRefusal> {
        match self.trusted.proof(request.method(), request.headers()) {
            Proof::Given => None,
            Proof::Missing if self.is_page(request) => None,
            Proof::Missing | Proof::Refuted => Some(PageRefusal::OtherWebsite),
        }
    }
}

#[derive(Clone)]
pub(super) struct MiddlewareLayer(pub(super) Arc<Middleware>);

impl<S> Layer<S> for MiddlewareLayer {
    type Service = MiddlewareService<S>;
    fn layer(&self, routes: S) -> MiddlewareService<S> {
        MiddlewareService { middleware: Arc::clone(&self.0), routes }
    }
}

#[derive(Clone)]
pub(super) struct MiddlewareService<S> {
    middleware: Arc<Middleware>,
    routes: S,
}

impl<S> Service<Request> for MiddlewareService<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + Unpin,
{
    type Response = Response;
    type Error = Infallible;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.routes.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let middleware = Arc::clone(&self.middleware);
        if middleware.is_foreign_form(&request) {
            request.headers_mut().remove(COOKIE);
        }
        let log = RequestLog::of(&request);
        let id = middleware.ids.of(request.headers());
        let cors_request = middleware.cors.request(&request);
        let accepted = Accepted::by(&request).filter(|_| middleware.trusted.are_behind(request.headers()));
        request.extensions_mut().insert(id.clone());
        if let Some(address) = middleware.proxies.client(request.extensions(), request.headers()) {
            request.extensions_mut().insert(address);
        }
        middleware.untrusted_proxy.report_once(&middleware.proxies, request.extensions(), request.headers());

        let routes = if cors_request.as_ref().is_some_and(|cors_request| cors_request.preflight) {
            Routes::Ready(Response::default())
        } else if !host::is_valid(request.version(), request.headers()) {
            Routes::Ready(invalid_host())
        } else if let Some(refusal) = middleware.refusal(&request) {
            if middleware.is_page(&request) {
                Routes::Running(self.routes.call(refused(request, refusal)))
            } else {
                Routes::Ready(cross_origin())
            }
        } else if request.body().is_end_stream() || middleware.is_upload(&request) {
            Routes::Running(self.routes.call(request))
        } else {
            self.receive_and_run(request)
        };
        // At error level, so that no log filter drops it.
        let span = tracing::error_span!("request", %id);
        ResponseFuture::new(middleware, log, id, span, (cors_request, accepted), routes)
    }
}

impl<S> MiddlewareService<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    /// Calls the routes once the whole body has arrived.
    fn receive_and_run(&mut self, request: Request) -> Routes<S::Future> {
        let (limit, is_page) = (self.middleware.body_limit, self.middleware.is_page(&request));
        // Keeps the clone and calls the service that `poll_ready` found ready.
        let next = self.routes.clone();
        let mut routes = std::mem::replace(&mut self.routes, next);
        Routes::Receiving(Box::pin(async move {
            let (parts, body) = request.into_parts();
            match read(body, limit).await {
                Ok(bytes) => routes.call(Request::from_parts(parts, Body::from(bytes))).await,
                Err(failure) if is_page => {
                    let request = Request::from_parts(parts, Body::empty());
                    routes.call(refused(request, failure.into())).await.map(close_after)
                }
                Err(failure) => Ok(failure.response(limit)),
            }
        }))
    }
}

/// Replaces the request's body by its refusal.
fn refused(request: Request, refusal: PageRefusal) -> Request {
    let (mut parts, _) = request.into_parts();
    parts.extensions.insert(refusal);
    Request::from_parts(parts, Body::empty())
}

fn invalid_host() -> Response {
    let message = "The header Host must occur once, with a host and possibly a port, as in people.example.com:9000";
    close_after(ErrorBody { code: None, kind: "invalid_data", message }.with_status(StatusCode::BAD_REQUEST))
}

fn cross_origin() -> Response {
    let message = "Another website sent this request with your cookie, and is not allowed to. \
                   Use this server's own pages, or have that website added to the allowed origins";
    ErrorBody { code: Some("cross_origin_request"), kind: "forbidden", message }.with_status(StatusCode::FORBIDDEN)
}
