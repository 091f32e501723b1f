//! How a provider talks to its counterpart.

use std::error::Error;

use async_trait::async_trait;

/// Sends the requests of providers. The facade's implementation connects to addresses that a guard permits; this crate opens
/// no connections.
#[async_trait]
pub trait HttpClient: Send + Sync + 'static {
    /// Sends a request and returns the whole response, whatever its status is. Does not follow redirects.
    ///
    /// # Errors
    ///
    /// [`HttpError`] where there is no response, or one that is too large.
    async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, HttpError>;
}

/// Why there is no response. The message is for the log.
#[derive(Debug, thiserror::Error)]
#[error("{source}")]
pub struct HttpError {
    /// The kind.
    pub kind: HttpErrorKind,
    /// The cause, which may name addresses.
    pub source: Box<dyn Error + Send + Sync>,
}

/// What kept a response from arriving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpErrorKind {
    /// The address may not be connected to.
    AddressRefused,
    /// The response did not arrive in time.
    TimedOut,
    /// The response is too long.
    TooLong,
    /// There was no connection, or it broke off.
    NotConnected,
}
