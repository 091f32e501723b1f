//! Sends a request of another crate, behind the same guard.

use bytes::Bytes;
use http::header::USER_AGENT;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use tokio::time::{Instant, timeout_at};

use crate::{Client, Endpoint, InvalidEndpoint, Reason, failure_reason};

/// The longest body of a response, in bytes.
const MAX_BODY: usize = 512 * 1024;

/// Why there is no response.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The URL cannot be connected to.
    #[error(transparent)]
    Endpoint(#[from] InvalidEndpoint),
    /// The host did not respond, or the guard refuses it.
    #[error(transparent)]
    Unanswered(#[from] Reason),
    /// The body is longer than 512 KiB.
    #[error("the response of {0} is longer than {MAX_BODY} bytes")]
    TooLong(String),
}

impl Client {
    /// Sends a request and returns the whole response, whatever its status is. The guard, the time limit and the trusted
    /// certificates are those of webhooks; redirects are not followed, and a body has at most 512 KiB.
    ///
    /// # Errors
    ///
    /// [`FetchError`].
    pub async fn fetch(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, FetchError> {
        let endpoint: Endpoint = request.uri().to_string().parse()?;
        let mut request = request.map(|body| Full::new(Bytes::from(body)));
        *request.uri_mut() = endpoint.uri().clone();
        request.headers_mut().entry(USER_AGENT).or_insert_with(|| self.user_agent.clone());
        let deadline = Instant::now() + self.timeout;
        let late = || Reason::TimedOut { within: self.timeout };
        let exchanged = timeout_at(deadline, self.exchange(request)).await.map_err(|_| late())?;
        let (head, body) = exchanged.map_err(|error| failure_reason::reason(&endpoint, &error))?.into_parts();
        let collected = timeout_at(deadline, Limited::new(body, MAX_BODY).collect()).await.map_err(|_| late())?;
        let body = collected.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
            Some(_) => FetchError::TooLong(endpoint.host().to_owned()),
            None => Reason::Broken { error: error.to_string() }.into(),
        })?;
        Ok(Response::from_parts(head, body.to_bytes().into()))
    }
}
