//! Exchanges the code for tokens (RFC 6749 4.1.3).

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Request, StatusCode};
use openidconnect::AccessToken;
use serde::Deserialize;
use url::form_urlencoded;
use vestibule_auth::{AuthenticateError, ProviderState};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::requests::{Requests, is_json};

/// What a provider's token endpoint is asked.
pub(crate) struct Exchange<'a> {
    pub(crate) token_url: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) client_secret: &'a str,
    /// Whether the secret is sent in the body. The header is the default (OpenID Connect Discovery 3).
    pub(crate) secret_in_body: bool,
}

/// The tokens of a sign-in. They are used and forgotten.
#[derive(Deserialize)]
pub(crate) struct Tokens {
    pub(crate) access_token: Option<AccessToken>,
    pub(crate) id_token: Option<String>,
}

/// Why there are no tokens.
pub(crate) enum ExchangeError {
    /// The provider refuses the code.
    Refused {
        /// The status of its response.
        status: StatusCode,
        /// Its code, such as `invalid_grant`.
        error: String,
    },
    /// The provider gives no usable answer.
    Failed(AuthenticateError),
}

#[derive(Deserialize)]
struct Refusal {
    error: Option<String>,
}

impl Exchange<'_> {
    /// Exchanges the code. Everything is sent in the body: a query would stand in logs.
    pub(crate) async fn run(
        &self,
        requests: Requests<'_>,
        code: &str,
        state: &ProviderState,
    ) -> Result<Tokens, ExchangeError> {
        let unavailable = |why: &str| ExchangeError::Failed(requests.unavailable(why));
        let request = self.request(code, state).map_err(|_| unavailable("it names a URL that is not one"))?;
        let response = requests.send(request).await.map_err(ExchangeError::Failed)?;
        let status = response.status();
        if status.is_server_error() {
            return Err(unavailable(&format!("it answered with the status {}", status.as_u16())));
        }
        let is_json = is_json(&response);
        if status == StatusCode::OK && !is_json {
            return Err(unavailable("the response of its token endpoint is not JSON"));
        }
        // GitHub refuses with the status 200.
        let refusal: Option<Refusal> = serde_json::from_slice(response.body()).ok().filter(|_| is_json);
        if let Some(Refusal { error: Some(error) }) = refusal {
            return Err(ExchangeError::Refused { status, error: error.chars().take(100).collect() });
        }
        if status != StatusCode::OK {
            return Err(ExchangeError::Refused { status, error: format!("status {}", status.as_u16()) });
        }
        serde_json::from_slice(response.body()).map_err(|_| unavailable("the response has no tokens"))
    }

    fn request(&self, code: &str, state: &ProviderState) -> Result<Request<Vec<u8>>, http::Error> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code").append_pair("code", code);
        if let Some(callback_url) = &state.callback_url {
            form.append_pair("redirect_uri", callback_url);
        }
        if let Some(verifier) = &state.pkce_verifier {
            form.append_pair("code_verifier", verifier);
        }
        let mut request = Request::post(self.token_url)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        if self.secret_in_body {
            form.append_pair("client_id", self.client_id).append_pair("client_secret", self.client_secret);
        } else {
            let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let both = format!("{}:{}", encode(self.client_id), encode(self.client_secret));
            request = request.header(AUTHORIZATION, format!("Basic {}", BASE64_STANDARD.encode(both)));
        }
        request.body(form.finish().into_bytes())
    }
}
