//! Sends a message, once.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue, USER_AGENT};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::{Instant, timeout_at};
use vestibule_core::Timestamp;

use crate::answer::classify;
use crate::body::read_beginning;
use crate::connector::Connector;
use crate::stream::{had_responded, mark_responded};
use crate::{Answer, ClientConfig, ClientError, Endpoint, Failure, Reason, Secret, failure_reason, sign, tls};

/// How long a connection waits for the next message to the same host.
const IDLE: Duration = Duration::from_secs(30);
const MAX_TIMEOUT: Duration = Duration::from_secs(60 * 60);
/// The longest head of a response, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// Sends messages. Clones share their connections.
#[derive(Clone)]
pub struct Client {
    http: legacy::Client<HttpsConnector<Connector>, Full<Bytes>>,
    pub(crate) user_agent: HeaderValue,
    pub(crate) timeout: Duration,
}

/// A message and its destination.
#[derive(Debug, Clone)]
pub struct Message<'a> {
    /// Where it goes.
    pub endpoint: &'a Endpoint,
    /// The header `webhook-id`: the same for each attempt, so that a receiver recognizes the message.
    pub id: &'a str,
    /// The time of this attempt.
    pub at: Timestamp,
    /// The endpoint's secrets; several during a rotation.
    pub secrets: &'a [Secret],
    /// The body, JSON.
    pub body: Bytes,
}

impl Client {
    /// Creates a client and reads the trusted certificates. It ignores proxies of the environment: they would resolve
    /// names themselves, past the guard.
    ///
    /// # Errors
    ///
    /// [`ClientError`] for a certificate file or a user agent that cannot be used.
    pub fn new(config: &ClientConfig) -> Result<Self, ClientError> {
        let user_agent =
            HeaderValue::from_str(&config.user_agent).map_err(|_| ClientError::UserAgent(config.user_agent.clone()))?;
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls::config(config.ca_file.as_deref())?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(Connector::new(config));
        let http = legacy::Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .http1_max_buf_size(MAX_HEAD)
            .build(connector);
        Ok(Self { http, user_agent, timeout: config.timeout.min(MAX_TIMEOUT) })
    }

    /// Sends a message once: a `POST` with the three headers of Standard Webhooks 1.0.
    ///
    /// It may still arrive twice, if a server closes a connection while it is reused; receivers compare ids.
    ///
    /// # Errors
    ///
    /// [`Failure`] for everything but a response of 2xx, with what to do. Redirects are not followed.
    pub async fn send(&self, message: &Message<'_>) -> Result<Answer, Failure> {
        let request = self.request(message)?;
        let deadline = Instant::now() + self.timeout;
        let response = match timeout_at(deadline, self.exchange(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(Failure::without_response(failure_reason::reason(message.endpoint, &error))),
            Err(_) => return Err(Failure::without_response(Reason::TimedOut { within: self.timeout })),
        };
        let (head, body) = response.into_parts();
        let beginning = read_beginning(body, deadline).await;
        classify(&head, &beginning, message.at)
    }

    fn request(&self, message: &Message<'_>) -> Result<Request<Full<Bytes>>, Failure> {
        if message.secrets.is_empty() {
            return Err(Failure::without_response(Reason::NoSecret));
        }
        Request::post(message.endpoint.uri().clone())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(USER_AGENT, self.user_agent.clone())
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.at.as_seconds())
            .header("webhook-signature", sign(message.secrets, message.id, message.at, &message.body))
            .body(Full::new(message.body.clone()))
            .map_err(|error| Failure::without_response(Reason::NotSent { error: error.to_string() }))
    }

    /// Terminates: each further round uses up one kept connection, and a new connection is the last.
    pub(crate) async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, legacy::Error> {
        loop {
            match self.http.request(request.clone()).await {
                Ok(response) => {
                    mark_responded(response.extensions());
                    return Ok(response);
                }
                Err(error) if had_responded(&error) => {
                    tracing::debug!(%error, "the server closed a reused connection; trying another");
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
