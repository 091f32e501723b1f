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
#[error(transparent)]
pub struct HttpError(#[from] pub Box<dyn Error + Send + Sync>);
