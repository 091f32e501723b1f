//! A small HTTP client: one connection, one request at a time, and a time limit for every response.

use std::net::SocketAddr;
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, RETRY_AFTER};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::Value as Json;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::PATIENCE;

/// A client with a connection, and possibly a token.
pub(crate) struct Client {
    address: SocketAddr,
    connection: Option<SendRequest<Full<Bytes>>>,
    headers: HeaderMap,
}

/// A complete response.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) took: Duration,
}

/// The server disconnected before the response was complete.
#[derive(Debug)]
pub(crate) struct Lost;

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, connection: None, headers: HeaderMap::new() }
    }

    /// Adds a bearer token.
    pub(crate) fn with_token(mut self, token: &str) -> Self {
        self.headers.insert(AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        self
    }

    /// Adds a header.
    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.try_ask(Method::GET, path, None).await.expect("the server answers")
    }

    pub(crate) async fn post(&mut self, path: &str, body: Json) -> Answer {
        self.try_ask(Method::POST, path, Some(body)).await.expect("the server answers")
    }

    pub(crate) async fn delete(&mut self, path: &str) -> Answer {
        self.try_ask(Method::DELETE, path, None).await.expect("the server answers")
    }

    /// Sends a request and reads the whole response.
    pub(crate) async fn try_ask(&mut self, method: Method, path: &str, body: Option<Json>) -> Result<Answer, Lost> {
        let asked = format!("{method} {path}");
        let exchange = self.exchange(method, path, body.map(|body| body.to_string()));
        let result = timeout(PATIENCE, exchange).await.unwrap_or_else(|_| panic!("{asked}: no answer"));
        if result.is_err() {
            self.connection = None;
        }
        result
    }

    async fn exchange(&mut self, method: Method, path: &str, body: Option<String>) -> Result<Answer, Lost> {
        let began = Instant::now();
        let kept = match self.connection.take() {
            Some(mut connection) => connection.ready().await.is_ok().then_some(connection),
            None => None,
        };
        let mut connection = match kept {
            Some(connection) => connection,
            None => connect(self.address).await?,
        };
        let mut request = Request::builder().method(method).uri(path).header(HOST, self.address.to_string());
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        request.headers_mut().unwrap().extend(self.headers.clone());
        let request = request.body(Full::from(body.unwrap_or_default())).unwrap();
        let response = connection.send_request(request).await.map_err(|_| Lost)?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|_| Lost)?.to_bytes();
        self.connection = Some(connection);
        let body = String::from_utf8(body.into()).unwrap();
        Ok(Answer { status: parts.status, headers: parts.headers, body, took: began.elapsed() })
    }
}

async fn connect(address: SocketAddr) -> Result<SendRequest<Full<Bytes>>, Lost> {
    let stream = TcpStream::connect(address).await.map_err(|_| Lost)?;
    let (connection, driver) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| Lost)?;
    // It ends with the connection, whose errors the requests report.
    tokio::spawn(async move { drop(driver.await) });
    Ok(connection)
}

impl Answer {
    /// Returns the body of a 200.
    pub(crate) fn ok(&self) -> Json {
        assert_eq!(self.status, 200, "{}", self.body);
        self.json()
    }

    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// Returns status and code of a refusal.
    pub(crate) fn refusal(&self) -> (u16, String) {
        (self.status.as_u16(), self.json()["code"].as_str().unwrap_or_default().to_owned())
    }

    /// Returns the seconds of `Retry-After`.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        self.headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()
    }
}
