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

/// The signal to connections that the server stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// Go on.
    No,
    /// Finish the current request and close; close at once if there is none.
    Finish,
    /// Close at once.
    Cut,
}

/// The longest head of a request, and the most that is buffered of a body. Node's limit is 16 KiB; filters in a query
/// can be longer.
const BUFFER_BYTES: usize = 64 * 1024;

/// Serves the requests of one connection until it closes, exceeds a limit, is superseded or has to stop.
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
        // The connection is polled last: a client that sends without pause uses up the task's budget, and what is
        // polled after that is never ready.
        tokio::select! {
            biased;
            changed = stop.changed() => match (changed, *stop.borrow()) {
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
                // A request that has arrived in the meantime is served first.
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

/// Passes a connection's requests to the routes.
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

/// A response in the making.
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

/// A response's body. When it is dropped, the connection waits for the next request.
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
