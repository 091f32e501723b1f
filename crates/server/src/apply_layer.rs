//! Applies a layer of `tower-http` to a response that already exists.
//!
//! Compression and CORS matter to few requests. Applied after the response, they cost the others nothing; as layers
//! around every route, each would box a future and a body for each request.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, Request};
use tower::{Layer, Service, ServiceExt as _};

/// A service that returns the one response it was given.
#[derive(Debug)]
pub(super) struct Once(Option<Response>);

impl Service<Request<()>> for Once {
    type Response = Response;
    type Error = Infallible;
    type Future = Ready<Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        ready(Ok(self.0.take().unwrap_or_default()))
    }
}

/// Applies `layer` to `response`, for a request with this method and these headers.
pub(super) async fn apply_layer<L, B>(layer: &L, method: Method, headers: HeaderMap, response: Response) -> Response
where
    L: Layer<Once>,
    L::Service: Service<Request<()>, Response = http::Response<B>, Error = Infallible>,
    B: http_body::Body<Data = axum::body::Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    let mut request = Request::new(());
    *request.method_mut() = method;
    *request.headers_mut() = headers;
    match layer.layer(Once(Some(response))).oneshot(request).await {
        Ok(response) => response.map(Body::new).into_response(),
        Err(impossible) => match impossible {},
    }
}
