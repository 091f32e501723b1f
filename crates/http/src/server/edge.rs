//! The one middleware around all routes. One, because each layer of its own costs a boxed future for every request.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::HttpBody as _;
use axum::extract::Request;
use axum::response::Response;
use http::StatusCode;
use tower::{Layer, Service};

use super::answering::{Answering, Routes};
use super::client_address::TrustedProxies;
use super::compression::{Accepted, Compression};
use super::cors::Cors;
use super::error_body::ErrorBody;
use super::receive::receive;
use super::request_id::RequestIds;
use super::request_log::RequestLog;
use super::same_origin::TrustedOrigins;
use super::security_headers::SecurityHeaders;

/// What the middleware does, put together from the configuration.
pub(super) struct Edge {
    pub(super) ids: RequestIds,
    pub(super) proxies: TrustedProxies,
    pub(super) trusted: TrustedOrigins,
    pub(super) cors: Cors,
    pub(super) compression: Compression,
    pub(super) security: SecurityHeaders,
    pub(super) body_limit: usize,
}

#[derive(Clone)]
pub(super) struct EdgeLayer(pub(super) Arc<Edge>);

impl<S> Layer<S> for EdgeLayer {
    type Service = EdgeService<S>;
    fn layer(&self, routes: S) -> EdgeService<S> {
        EdgeService { edge: Arc::clone(&self.0), routes }
    }
}

#[derive(Clone)]
pub(super) struct EdgeService<S> {
    edge: Arc<Edge>,
    routes: S,
}

impl<S> Service<Request> for EdgeService<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + Unpin,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Answering<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.routes.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let edge = Arc::clone(&self.edge);
        let log = RequestLog::of(&request);
        let id = edge.ids.of(request.headers());
        let asked = edge.cors.asked(&request);
        let accepted = Accepted::by(&request).filter(|_| edge.trusted.are_behind(request.headers()));
        request.extensions_mut().insert(id.clone());
        if let Some(address) = edge.proxies.client(request.extensions(), request.headers()) {
            request.extensions_mut().insert(address);
        }

        let routes = if asked.as_ref().is_some_and(|asked| asked.preflight) {
            Routes::NotAsked(Response::default())
        } else if !edge.trusted.allow(request.method(), request.headers()) {
            Routes::NotAsked(cross_origin())
        } else if request.body().is_end_stream() {
            Routes::Running(self.routes.call(request))
        } else {
            self.receive_and_run(request)
        };
        // At error level, so that it is there whatever the log's filter is.
        let span = tracing::error_span!("request", %id);
        Answering::new(edge, log, id, span, (asked, accepted), routes)
    }
}

impl<S> EdgeService<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    /// Calls the routes when the whole body is there.
    fn receive_and_run(&mut self, request: Request) -> Routes<S::Future> {
        let limit = self.edge.body_limit;
        // The clone stays behind: it is this one that `poll_ready` found ready.
        let next = self.routes.clone();
        let mut routes = std::mem::replace(&mut self.routes, next);
        Routes::Receiving(Box::pin(async move {
            match receive(request, limit).await {
                Ok(request) => routes.call(request).await,
                Err(refusal) => Ok(refusal),
            }
        }))
    }
}

fn cross_origin() -> Response {
    let message = "Another website sent this request with your cookie, and it is not among those that may. \
                   Use this server's own pages, or have that website added to the allowed origins";
    ErrorBody { code: Some("cross_origin_request"), kind: "forbidden", message }.with_status(StatusCode::FORBIDDEN)
}
