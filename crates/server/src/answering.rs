//! From a request to its complete answer: what the middleware does while and after the routes work.

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
use super::cors::Asked;
use super::edge::Edge;
use super::error_body::ErrorBody;
use super::request_id::{RequestId, X_REQUEST_ID};
use super::request_log::RequestLog;

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What the routes have to do with an answer.
pub(super) enum Routes<F> {
    /// Nothing: it is there without them.
    NotAsked(Response),
    /// They work on it.
    Running(F),
    /// They will, when the request's body is there.
    Receiving(Boxed<Result<Response, Infallible>>),
}

/// An answer in the making. Written by hand because an `async` block would be boxed once more.
pub(super) struct Answering<F> {
    edge: Arc<Edge>,
    log: RequestLog,
    id: RequestId,
    span: Span,
    asked: Option<Asked>,
    accepted: Option<Accepted>,
    routes: Routes<F>,
    panicked: Option<String>,
    /// Set while the answer is given what few answers need.
    completing: Option<Boxed<Response>>,
}

impl<F> Answering<F> {
    pub(super) fn new(
        edge: Arc<Edge>,
        log: RequestLog,
        id: RequestId,
        span: Span,
        (asked, accepted): (Option<Asked>, Option<Accepted>),
        routes: Routes<F>,
    ) -> Self {
        Self { edge, log, id, span, asked, accepted, routes, panicked: None, completing: None }
    }

    /// Compression and CORS, where either is due.
    fn complete(&mut self, response: Response) -> Result<Response, Boxed<Response>> {
        let accepted = self.accepted.take().filter(|_| self.edge.compression.is_worth_it(&response));
        let asked = self.asked.take();
        if accepted.is_none() && asked.is_none() {
            return Ok(self.edge.cors.not_asked(response));
        }
        let edge = Arc::clone(&self.edge);
        Err(Box::pin(async move {
            let response = match accepted {
                Some(accepted) => edge.compression.complete(accepted, response).await,
                None => response,
            };
            match asked {
                Some(asked) => edge.cors.complete(asked, response).await,
                None => edge.cors.not_asked(response),
            }
        }))
    }

    /// The last touch to every answer.
    fn finish(&self, mut response: Response) -> Response {
        self.edge.security.add(response.headers_mut());
        response.headers_mut().insert(X_REQUEST_ID, self.id.to_header());
        match &self.panicked {
            Some(panic) => self.log.panicked(panic, &self.id),
            None => self.log.answered(response.status(), &self.id),
        }
        response
    }
}

impl<F> Answering<F>
where
    F: Future<Output = Result<Response, Infallible>> + Unpin,
{
    /// The answer without what every answer gets.
    fn poll_routes(&mut self, cx: &mut Context<'_>) -> Poll<Response> {
        let Self { span, routes, panicked, .. } = self;
        let _entered = span.enter();
        // What a panic left half done is dropped, and is not looked at again.
        let polled = catch_unwind(AssertUnwindSafe(|| match routes {
            Routes::NotAsked(response) => Poll::Ready(Ok(std::mem::take(response))),
            Routes::Running(answer) => Pin::new(answer).poll(cx),
            Routes::Receiving(answer) => answer.as_mut().poll(cx),
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

impl<F> Future for Answering<F>
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
