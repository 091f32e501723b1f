//! The start of a sign-in: what is remembered, and the URL to which the browser goes.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use openidconnect::{PkceCodeChallenge, PkceCodeVerifier};
use serde_json::Value as Json;
use url::Url;
use vestibule_auth::providers::ProviderRefusal;
use vestibule_auth::{AuthInput, AuthenticateError, Authentication, ProviderContext, ProviderState};

use crate::callback::{self, Words};

/// What differs between providers at the start.
pub(crate) struct Start<'a> {
    pub(crate) name: &'a str,
    pub(crate) words: Words,
    pub(crate) authorization_url: String,
    pub(crate) client_id: &'a str,
    pub(crate) scope: String,
    pub(crate) pkce: bool,
    pub(crate) nonce: bool,
    /// The configured callback URL.
    pub(crate) callback_url: Option<&'a str>,
    /// The callback URLs that a client may name.
    pub(crate) allowed_callback_urls: &'a [String],
    /// Further parameters.
    pub(crate) parameters: Vec<(&'a str, String)>,
}

impl Start<'_> {
    /// Remembers the sign-in, and returns where it continues.
    pub(crate) async fn run(
        self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        if let Some(refusal) = callback::denied(self.name, &input.query, self.words) {
            return Err(refusal.into());
        }
        let callback_url = self.check_callback_url(input, context)?;
        let random = || BASE64.encode(context.environment().random_bytes::<32>());
        let nonce = self.nonce.then(random);
        let pkce_verifier = self.pkce.then(random);
        let challenge = pkce_verifier
            .clone()
            .map(|verifier| PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier)));
        let remember = ProviderState {
            nonce: nonce.clone(),
            pkce_verifier,
            callback_url: Some(callback_url.clone()),
            continue_to: input.continue_to.clone(),
            ceremony: None,
        };
        let state = context.states().create(&remember).await?;
        let mut url = Url::parse(&self.authorization_url).map_err(|_| ProviderRefusal::Unavailable {
            name: self.name.to_owned(),
            why: "it names a URL that is not one".into(),
        })?;
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("redirect_uri", &callback_url);
            query.append_pair("client_id", self.client_id);
            query.append_pair("response_type", "code");
            if !self.scope.is_empty() {
                query.append_pair("scope", &self.scope);
            }
            query.append_pair("state", &state);
            if let Some(nonce) = &nonce {
                query.append_pair("nonce", nonce);
            }
            if let Some(challenge) = &challenge {
                query.append_pair("code_challenge", challenge.as_str());
                query.append_pair("code_challenge_method", challenge.method().as_str());
            }
            for (name, value) in &self.parameters {
                query.append_pair(name, value);
            }
        }
        Ok(Authentication::Redirect { location: url.into() })
    }

    /// The callback URL of this sign-in. One that the client names must be on the list: the code goes there.
    fn check_callback_url(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<String, AuthenticateError> {
        let own = input.callback_url.as_deref().or(self.callback_url).or_else(|| context.callback_url());
        match input.body.get("callback_url") {
            None | Some(Json::Null) => own.map(str::to_owned).ok_or_else(|| ProviderRefusal::CallbackUrl.into()),
            Some(Json::String(named))
                if own == Some(named) || self.allowed_callback_urls.iter().any(|allowed| allowed == named) =>
            {
                Ok(named.clone())
            }
            Some(_) => Err(ProviderRefusal::CallbackUrl.into()),
        }
    }
}
