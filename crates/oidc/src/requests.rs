//! The requests to a provider, and why one fails.

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Request, Response, StatusCode};
use serde_json::{Map, Value as Json};
use vestibule_auth::providers::{HttpClient, HttpErrorKind, ProviderRefusal};
use vestibule_auth::{AuthenticateError, ProviderContext};

/// The longest response of a provider, in bytes.
const MAX_LENGTH: usize = 512 * 1024;

/// Sends the requests to one provider, which messages name.
#[derive(Clone, Copy)]
pub(crate) struct Requests<'a> {
    pub(crate) http: &'a dyn HttpClient,
    pub(crate) name: &'a str,
}

impl<'a> Requests<'a> {
    /// By the provider's own client, or else by that of the module.
    pub(crate) fn of(
        own: Option<&'a dyn HttpClient>,
        name: &'a str,
        context: &ProviderContext<'a>,
    ) -> Result<Self, AuthenticateError> {
        let http = match own {
            Some(http) => http,
            None => context.http()?,
        };
        Ok(Self { http, name })
    }

    /// Sends a request. Whatever its status, the response is at most 512 KiB long and does not redirect.
    pub(crate) async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, AuthenticateError> {
        let url = request.uri().to_string();
        let response = self.http.send(request).await.map_err(|error| {
            // The cause names addresses, which are the operator's affair.
            tracing::warn!(provider = self.name, url, error = %error, "a provider did not answer");
            self.unavailable(match error.kind {
                HttpErrorKind::AddressRefused => "its address is not on the public internet",
                HttpErrorKind::TimedOut => "it took too long",
                HttpErrorKind::TooLong => "the response is too long",
                HttpErrorKind::NotConnected => "there was no connection",
            })
        })?;
        if response.body().len() > MAX_LENGTH {
            return Err(self.unavailable("the response is too long"));
        }
        if response.status().is_redirection() {
            return Err(self.unavailable("it redirects elsewhere"));
        }
        Ok(response)
    }

    /// Reads a JSON document.
    pub(crate) async fn get(&self, url: &str, bearer: Option<&str>) -> Result<Json, AuthenticateError> {
        let mut request = Request::get(url).header(ACCEPT, "application/json");
        if let Some(token) = bearer {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(Vec::new()).map_err(|_| self.unavailable("it names a URL that is not one"))?;
        let response = self.send(request).await?;
        if response.status() != StatusCode::OK {
            return Err(self.unavailable(&format!("it answered with the status {}", response.status().as_u16())));
        }
        if !is_json(&response) {
            return Err(self.unavailable("the response is not JSON"));
        }
        serde_json::from_slice(response.body()).map_err(|_| self.unavailable("the response is not JSON"))
    }

    /// Reads a JSON object.
    pub(crate) async fn get_object(&self, url: &str, bearer: &str) -> Result<Map<String, Json>, AuthenticateError> {
        match self.get(url, Some(bearer)).await? {
            Json::Object(object) => Ok(object),
            _ => Err(self.unavailable("the response is not a JSON object")),
        }
    }

    /// The error of a provider that gives no usable answer.
    pub(crate) fn unavailable(&self, why: &str) -> AuthenticateError {
        ProviderRefusal::Unavailable { name: self.name.to_owned(), why: why.to_owned() }.into()
    }
}

/// Whether a response says that it is JSON.
pub(crate) fn is_json(response: &Response<Vec<u8>>) -> bool {
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}
