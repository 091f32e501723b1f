//! `/auth`

mod callback;
mod email;
mod email_code;
mod export;
mod invites;
mod mfa;
mod passkeys;
mod password;
mod providers;
mod redirect;
mod refresh;
mod register;
mod reset_password;
mod session;
mod sessions;
mod sign_in;
mod verification;

use async_trait::async_trait;
use vestibule_auth::{
    AuthInput, AuthProvider, AuthenticateError, Authentication, Flow, ProviderContext, providers::Registration,
};

/// A provider that redirects, and authenticates every callback with the code `right` and a name.
struct Elsewhere;

#[async_trait]
impl AuthProvider for Elsewhere {
    fn identifier(&self) -> &str {
        "elsewhere"
    }

    fn display_name(&self) -> &str {
        "Elsewhere"
    }

    fn flow(&self) -> Flow {
        Flow::Redirect
    }

    async fn authenticate(
        &self,
        input: &AuthInput,
        _: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let back = input.query.get("back").and_then(|back| back.as_str()).unwrap_or("nowhere");
        Ok(Authentication::Redirect { location: format!("https://elsewhere.example/?back={back}") })
    }

    async fn validate_callback(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let identities = context.identities();
        let text = |name: &str| input.query.get(name).or(input.body.get(name)).and_then(|value| value.as_str());
        let (Some("right"), Some(name)) = (text("code"), text("name")) else {
            return Err(AuthenticateError::Refused("Elsewhere does not know you".into()));
        };
        let registration = Registration {
            entity_id: name.to_owned(),
            entity_canonical: name.to_owned(),
            registration_key: String::new(),
            user_metadata: None,
            provider_metadata: serde_json::Map::new(),
        };
        Ok(Authentication::Authenticated(Box::new(identities.register(&registration).await?)))
    }
}
