//! The HTTP client of providers: that of webhooks, with its guard.

use std::sync::OnceLock;

use async_trait::async_trait;
use vestibule_auth::providers::{HttpClient, HttpError, HttpErrorKind};
use vestibule_webhook::{Client, ClientConfig, FetchError, Reason};

/// Connects to addresses that the guard permits. The client is made with the first request, because to read the machine's
/// certificates takes time and most commands of the program need none.
pub struct GuardedClient {
    config: ClientConfig,
    client: OnceLock<Client>,
}

impl GuardedClient {
    /// A client with this configuration.
    pub fn new(config: ClientConfig) -> Self {
        Self { config, client: OnceLock::new() }
    }

    fn client(&self) -> Result<&Client, HttpError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let failed = |error| HttpError { kind: HttpErrorKind::NotConnected, source: Box::new(error) };
        let client = Client::new(&self.config).map_err(failed)?;
        Ok(self.client.get_or_init(|| client))
    }
}

#[async_trait]
impl HttpClient for GuardedClient {
    async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, HttpError> {
        self.client()?.fetch(request).await.map_err(|error| HttpError { kind: kind(&error), source: Box::new(error) })
    }
}

fn kind(error: &FetchError) -> HttpErrorKind {
    match error {
        FetchError::TooLong(_) => HttpErrorKind::TooLong,
        FetchError::Unanswered(Reason::Refused(_)) => HttpErrorKind::AddressRefused,
        FetchError::Unanswered(Reason::TimedOut { .. } | Reason::ConnectTimedOut { .. }) => HttpErrorKind::TimedOut,
        _ => HttpErrorKind::NotConnected,
    }
}
