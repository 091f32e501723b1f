//! From a request to its complete response: the middleware's work during and after the routes.

use std::any::Any;
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::response::Response;
use http::StatusCode;
use tracing::Span;

use super::compression::Accepted;
use super::cors::CorsRequest;
use super::error_body::ErrorBody;
use super::middleware::Middleware;
use super::request_id::{RequestId, X_REQUEST_ID};
use super::request_log::RequestLog;

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// How the response is obtained.
pub(super) enum Routes<F> {
    /// It exists without the routes.
    Ready(Response),
    /// The routes are producing it.
    Running(F),
    /// The routes will produce it once the request's body has arrived.
    Receiving(Boxed<Result<Response, Infallible>>),
}

/// The future of a response. Written by hand because an `async` block would need another box.
pub(super) struct ResponseFuture<F> {
    middleware: Arc<Middleware>,
    log: RequestLog,
    id: RequestId,
    span: Span,
    cors_request: Option<CorsRequest>,
    accepted: Option<Accepted>,
    routes: Routes<F>,
    panicked: Option<String>,
    /// Set while compression or CORS headers are being added.
    completing: Option<Boxed<Response>>,
}

impl<F> ResponseFuture<F> {
    pub(super) fn new(
        middleware: Arc<Middleware>,
        log: RequestLog,
        id: RequestId,
        span: Span,
        (cors_request, accepted): (Option<CorsRequest>, Option<Accepted>),
        routes: Routes<F>,
    ) -> Self {
        Self { middleware, log, id, span, cors_request, accepted, routes, panicked: None, completing: None }
    }

    /// Applies compression and CORS where either is needed.
    fn complete(&mut self, response: Response) -> Result<Response, Boxed<Response>> {
        let accepted = self.accepted.take().filter(|_| self.middleware.compression.is_worth_it(&response));
        let cors_request = self.cors_request.take();
        if accepted.is_none() && cors_request.is_none() {
            return Ok(self.middleware.cors.without_origin(response));
        }
        let middleware = Arc::clone(&self.middleware);
        Err(Box::pin(async move {
            let response = match accepted {
                Some(accepted) => middleware.compression.complete(accepted, response).await,
                None => response,
            };
            match cors_request {
                Some(cors_request) => middleware.cors.complete(cors_request, response).await,
                None => middleware.cors.without_origin(response),
            }
        }))
    }

    /// Adds what every response gets, and logs it.
    fn finish(&self, mut response: Response) -> Response {
        self.middleware.security.add(response.headers_mut());
        response.headers_mut().insert(X_REQUEST_ID, self.id.to_header());
        match &self.panicked {
            Some(panic) => self.log.panicked(panic, &self.id),
            None => self.log.completed(response.status(), &self.id),
        }
        response
    }
}

impl<F> ResponseFuture<F>
where
    F: Future<Output = Result<Response, Infallible>> + Unpin,
{
    /// Polls for the response of the routes.
    fn poll_routes(&mut self, cx: &mut Context<'_>) -> Poll<Response> {
        let Self { span, routes, panicked, .. } = self;
        let _entered = span.enter();
        // State that a panic left half done is dropped and never used again.
        let polled = catch_unwind(AssertUnwindSafe(|| match routes {
            Routes::Ready(response) => Poll::Ready(Ok(std::mem::take(response))),
            Routes::Running(response) => Pin::new(response).poll(cx),
            Routes::Receiving(response) => response.as_mut().poll(cx),
        }));
        match polled {
            Ok(poll) => poll.map(|Ok(response)| response),
            Err(panic) => {
                *panicked = Some(text_of(&*panic));
                Poll::Ready(unknown_error())
            }
        }
    }
}

impl<F> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response, Infallible>> + Unpin,
{
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let mut completing = match this.completing.take() {
            Some(completing) => completing,
            None => {
                let response = ready!(this.poll_routes(cx));
                match this.complete(response) {
                    Ok(response) => return Poll::Ready(Ok(this.finish(response))),
                    Err(completing) => completing,
                }
            }
        };
        match completing.as_mut().poll(cx) {
            Poll::Ready(response) => Poll::Ready(Ok(this.finish(response))),
            Poll::Pending => {
                this.completing = Some(completing);
                Poll::Pending
            }
        }
    }
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&'static str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("(no text)").to_owned()
}

fn unknown_error() -> Response {
    ErrorBody { code: Some("unknown_error"), kind: "unknown_error", message: "An unknown error occurred." }
        .with_status(StatusCode::INTERNAL_SERVER_ERROR)
}
