//! A webhook receiver that responds when the test says so.

use std::convert::Infallible;

use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::support::PATIENCE;

/// It listens until it is dropped.
pub(super) struct Receiver {
    pub(super) url: String,
    messages: mpsc::UnboundedReceiver<Message>,
}

/// A message that waits for its response.
pub(super) struct Message {
    /// Its `webhook-id`.
    pub(super) id: String,
    pub(super) body: String,
    answer: oneshot::Sender<StatusCode>,
}

impl Receiver {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let (sender, messages) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while !sender.is_closed() {
                let (stream, _) = listener.accept().await.unwrap();
                let sender = sender.clone();
                let service = service_fn(move |request| take(sender.clone(), request));
                // The sender may disconnect at any moment.
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { url, messages }
    }

    /// Waits for the next message.
    pub(super) async fn next(&mut self) -> Message {
        timeout(PATIENCE, self.messages.recv()).await.expect("no message came").unwrap()
    }

    /// Returns the next message, if it has arrived already.
    pub(super) fn next_now(&mut self) -> Option<Message> {
        self.messages.try_recv().ok()
    }
}

impl Message {
    /// Responds, if the sender is still connected.
    pub(super) fn take(self) {
        let _ = self.answer.send(StatusCode::NO_CONTENT);
    }
}

async fn take(
    sender: mpsc::UnboundedSender<Message>,
    request: Request<Incoming>,
) -> Result<Response<Empty<Bytes>>, Infallible> {
    let header = |headers: &HeaderMap, name: &str| headers[name].to_str().unwrap().to_owned();
    let id = header(request.headers(), "webhook-id");
    let mut response = Response::new(Empty::new());
    *response.status_mut() = StatusCode::BAD_REQUEST;
    if let Ok(body) = request.into_body().collect().await {
        let (answer, answered) = oneshot::channel();
        let body = String::from_utf8(body.to_bytes().into()).unwrap();
        let _ = sender.send(Message { id, body, answer });
        if let Ok(status) = answered.await {
            *response.status_mut() = status;
        }
    }
    Ok(response)
}
