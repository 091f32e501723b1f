//! A third-party provider: a gate that supplies names by header or, after a redirect, by callback.

use async_trait::async_trait;
use serde_json::{Map, Value as Json};
use vestibule_auth::providers::Registration;
use vestibule_auth::{
    AuthInput, AuthProvider, AuthenticateError, Authentication, Flow, IdentityStore, ProviderContext,
};
use vestibule_core::EmailAddress;

pub(crate) struct Gate;

/// The header that a proxy sets: the user's name.
pub(crate) fn header(name: &str) -> AuthInput {
    AuthInput::body([("x-remote-user", name)])
}

/// The parameters of the redirect's callback.
pub(crate) fn callback(name: &str) -> AuthInput {
    AuthInput { query: [("name".to_owned(), name.into())].into_iter().collect(), ..AuthInput::default() }
}

async fn known(name: Option<&str>, identities: &IdentityStore<'_>) -> Result<Authentication, AuthenticateError> {
    let name = name.ok_or_else(|| AuthenticateError::Refused("The gate does not know who this is".into()))?;
    let registration = Registration {
        entity_id: name.to_owned(),
        entity_canonical: EmailAddress::canonical_or_text(name),
        registration_key: String::new(),
        user_metadata: None,
        provider_metadata: Map::new(),
    };
    let identity = match identities.find_claimed(&registration.entity_canonical).await? {
        Some(part) => identities.identity(&part).await?,
        None => identities.register(&registration).await?,
    };
    Ok(Authentication::Authenticated(Box::new(identity)))
}

#[async_trait]
impl AuthProvider for Gate {
    fn identifier(&self) -> &str {
        "gate"
    }

    fn display_name(&self) -> &str {
        "The gate"
    }

    fn flow(&self) -> Flow {
        Flow::Redirect
    }

    async fn authenticate(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let identities = context.identities();
        if input.body.is_empty() {
            return Ok(Authentication::Redirect { location: "https://gate.example/".to_owned() });
        }
        known(input.text("x-remote-user"), identities).await
    }

    async fn validate_callback(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let identities = context.identities();
        known(input.query.get("name").and_then(Json::as_str), identities).await
    }
}
