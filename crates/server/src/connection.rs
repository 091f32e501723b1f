//! One connection, from its acceptance to its close.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::routing::future::RouteFuture;
use axum::{Error, Router};
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tower::Service as _;

use super::limits::ServerLimits;
use super::open_connections::OpenConnection;
use super::socket::Socket;
use super::timed_body::TimedBody;

/// What connections are told about the server's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// Go on.
    No,
    /// Finish the present request and close; close at once if there is none.
    Finish,
    /// Close at once.
    Cut,
}

/// A request's head may be this long, as may be what is buffered of a body. Node's limit is 16 KiB; filters in a query
/// can be longer.
const BUFFER_BYTES: usize = 64 * 1024;

/// Answers the requests of one connection until it closes, exceeds a limit, or has to stop or make way for another one.
pub(super) async fn run(
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
    limits: ServerLimits,
    open: Arc<OpenConnection>,
    mut stop: watch::Receiver<Stop>,
) {
    let activity = &open.activity;
    let socket = Socket::new(stream, Arc::clone(&open));
    let service = Requests { app, peer, open: Arc::clone(&open), limits };
    let mut builder = http1::Builder::new();
    builder.max_buf_size(BUFFER_BYTES);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(socket), service));
    let mut watch = pin!(sleep_until(Instant::now() + limits.shortest()));
    let mut leave = pin!(open.superseded());
    let mut is_leaving = false;
    loop {
        // The connection comes last: a client that sends without pause uses up the task's budget, and what is polled
        // after that is never ready.
        tokio::select! {
            biased;
            told = stop.changed() => match (told, *stop.borrow()) {
                (Ok(()), Stop::No) => {}
                (Ok(()), Stop::Finish) => connection.as_mut().graceful_shutdown(),
                (Ok(()), Stop::Cut) | (Err(_), _) => return,
            },
            () = watch.as_mut() => {
                let now = Instant::now();
                let next = now + limits.shortest();
                match activity.deadline(&limits) {
                    Some((at, reason)) if at <= now => {
                        tracing::debug!(%peer, reason, "connection closed");
                        return;
                    }
                    Some((at, _)) => watch.as_mut().reset(at.min(next)),
                    None => watch.as_mut().reset(next),
                }
            }
            () = leave.as_mut(), if !is_leaving => {
                is_leaving = true;
                // A request that has arrived since is served first.
                let ended = std::future::poll_fn(|cx| Poll::Ready(connection.as_mut().poll(cx))).await;
                if ended.is_ready() || activity.dispensable_since(Duration::ZERO).is_some() {
                    tracing::debug!(%peer, "idle connection closed to make room for another one");
                    return;
                }
                connection.as_mut().graceful_shutdown();
            }
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%peer, %error, "connection ended early");
                }
                return;
            }
        }
    }
}

/// Hands a connection's requests to the routes.
struct Requests {
    app: Router,
    peer: SocketAddr,
    open: Arc<OpenConnection>,
    limits: ServerLimits,
}

impl hyper::service::Service<Request<Incoming>> for Requests {
    type Response = Response<ResponseBody>;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn call(&self, request: Request<Incoming>) -> ResponseFuture {
        self.open.activity.request_began();
        let mut request = request.map(|body| {
            if http_body::Body::is_end_stream(&body) {
                Body::empty()
            } else {
                Body::new(TimedBody::new(body, Arc::clone(&self.open), self.limits))
            }
        });
        request.extensions_mut().insert(ConnectInfo(self.peer));
        ResponseFuture { route: self.app.clone().call(request), open: Arc::clone(&self.open) }
    }
}

/// An answer that is being made.
struct ResponseFuture {
    route: RouteFuture<Infallible>,
    open: Arc<OpenConnection>,
}

impl Future for ResponseFuture {
    type Output = Result<Response<ResponseBody>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let response = ready!(Pin::new(&mut self.route).poll(cx))?;
        Poll::Ready(Ok(response.map(|body| ResponseBody { body, open: Arc::clone(&self.open) })))
    }
}

/// An answer's body; when it is dropped, the connection waits for the next request.
struct ResponseBody {
    body: Body,
    open: Arc<OpenConnection>,
}

impl http_body::Body for ResponseBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        self.open.activity.response_written();
    }
}
