//! Tests over real sockets on the loopback interface, from a client's view.

mod bodies;
mod connections;
mod full;
mod origins;
mod requests;
mod routes;
mod stop;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::{any, get, post};
use http::HeaderMap;
use http::header::COOKIE;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use vestibule_core::Environment;

use super::*;

/// Long enough that only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

fn config() -> LayerConfig {
    LayerConfig::new(Environment::system())
}

/// Routes that every test can use.
fn routes() -> Router {
    Router::new()
        .route("/fine", get(async || "fine"))
        .route("/echo", post(async |body: String| body))
        .route("/echo/{id}", post(async |body: String| body))
        .route("/cookies/{id}", any(cookies))
        .route("/cookies/{id}/", any(cookies))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
}

async fn cookies(headers: HeaderMap) -> &'static str {
    if headers.contains_key(COOKIE) { "a cookie" } else { "no cookie" }
}

/// A server and the means to stop it.
struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<std::io::Result<()>>,
}

impl Server {
    async fn start(app: Router, limits: ServerLimits) -> Self {
        Self::behind(TrustedProxies::default(), app, limits).await
    }

    async fn behind(proxies: TrustedProxies, app: Router, limits: ServerLimits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let ended = tokio::spawn(serve(listener, app, limits, proxies, async {
            let _ = stopped.await;
        }));
        Self { address, stop, ended }
    }

    async fn layered(config: &LayerConfig) -> Self {
        Self::start(with_layers(routes(), config), ServerLimits::default()).await
    }

    async fn connect(&self) -> Client {
        Client { stream: TcpStream::connect(self.address).await.unwrap(), received: Vec::new() }
    }

    /// Returns the response to one request on a new connection; `head` without `Host` and the empty line.
    async fn request(&self, head: &str, body: &str) -> Response {
        self.connect().await.request(head, body).await
    }
}

/// A connection with control of every byte.
struct Client {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Client {
    async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    async fn request(&mut self, head: &str, body: &str) -> Response {
        let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        self.send(&format!("{head}\r\nHost: shop.example\r\n{length}\r\n{body}")).await;
        self.response().await
    }

    /// Reads more bytes; `None` if the server has closed the connection.
    async fn receive(&mut self) -> Option<()> {
        let read = self.stream.read_buf(&mut self.received);
        let read = tokio::time::timeout(PATIENCE, read).await.expect("the server neither responds nor closes");
        matches!(read, Ok(1..)).then_some(())
    }

    async fn response(&mut self) -> Response {
        let head = loop {
            if let Some(end) = find(&self.received, b"\r\n\r\n") {
                let rest = self.received.split_off(end + 4);
                break std::mem::replace(&mut self.received, rest);
            }
            self.receive().await.expect("the server closed without a response");
        };
        let mut response = Response { head: String::from_utf8(head).unwrap().to_lowercase(), body: Vec::new() };
        if response.header("transfer-encoding") == Some("chunked") {
            while find(&self.received, b"\r\n0\r\n\r\n").is_none() {
                self.receive().await.unwrap();
            }
            response.body = std::mem::take(&mut self.received);
        } else {
            let length = response.header("content-length").map_or(0, |length| length.parse().unwrap());
            while self.received.len() < length {
                self.receive().await.expect("the server closed in the middle of a response");
            }
            let rest = self.received.split_off(length);
            response.body = std::mem::replace(&mut self.received, rest);
        }
        response
    }

    /// Waits until the server closes the connection; fails if it sends something instead.
    async fn closed(&mut self) {
        while self.receive().await.is_some() {}
        assert_eq!(String::from_utf8_lossy(&self.received), "");
    }
}

fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes.windows(pattern.len()).position(|window| window == pattern)
}

/// A response; its head is in lower case.
struct Response {
    head: String,
    body: Vec<u8>,
}

impl Response {
    fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}
