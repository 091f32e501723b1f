//! Two third-party providers.

use async_trait::async_trait;
use serde_json::{Map, json};
use vestibule_auth::providers::Registration;
use vestibule_auth::{
    AuthInput, AuthProvider, AuthenticateError, Authentication, Flow, IdentityStore, ProviderContext,
};
use vestibule_core::{EmailAddress, Metadata};

fn refused(why: &str) -> AuthenticateError {
    AuthenticateError::Refused(why.into())
}

/// The claimed identity of an entity, or the one registration of it.
async fn known(
    identities: &IdentityStore<'_>,
    registration: Registration,
) -> Result<Authentication, AuthenticateError> {
    let identity = match identities.find_claimed(&registration.entity_canonical).await? {
        Some(part) => identities.identity(&part).await?,
        None => identities.register(&registration).await?,
    };
    Ok(Authentication::Authenticated(Box::new(identity)))
}

/// As with OAuth: users are redirected elsewhere, and return with a code that identifies them.
pub(crate) struct Elsewhere;

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
        let state = input.query.get("state").and_then(|state| state.as_str()).unwrap_or_default();
        Ok(Authentication::Redirect { location: format!("https://elsewhere.example/authorize?state={state}") })
    }

    async fn validate_callback(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let identities = context.identities();
        let code = input.query.get("code").and_then(|code| code.as_str()).ok_or_else(|| refused("There is no code"))?;
        let address = code.strip_prefix("code of ").ok_or_else(|| refused("This code is not valid"))?;
        let address: EmailAddress = address.parse().map_err(|_| refused("This code is not valid"))?;
        let name = Metadata::new(json!({ "name": "Ada" }).as_object().cloned().unwrap_or_default());
        let registration = Registration {
            entity_id: address.as_str().to_owned(),
            entity_canonical: address.canonical().to_owned(),
            registration_key: String::new(),
            user_metadata: name.ok(),
            provider_metadata: [("refresh_token".to_owned(), "secret of elsewhere".into())].into_iter().collect(),
        };
        known(identities, registration).await
    }

    async fn update(
        &self,
        entity_id: &str,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let identities = context.identities();
        let part = identities.find_claimed(entity_id).await?.ok_or_else(|| refused("This name is unknown"))?;
        let replaced = identities.replace_metadata(&part, input.body.clone()).await?;
        if !replaced {
            return Err(refused("Another request was first"));
        }
        Ok(Authentication::Authenticated(Box::new(identities.identity(&part).await?)))
    }
}

/// Trusts the name that a proxy has put into a header, and the test into the body.
pub(crate) struct Header;

#[async_trait]
impl AuthProvider for Header {
    fn identifier(&self) -> &str {
        "header"
    }

    fn display_name(&self) -> &str {
        "Single sign-on"
    }

    fn flow(&self) -> Flow {
        Flow::Credentials
    }

    async fn authenticate(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let identities = context.identities();
        let name = input.text("x-remote-user").ok_or_else(|| refused("The proxy names no user"))?;
        let registration = Registration {
            entity_id: name.to_owned(),
            entity_canonical: name.to_lowercase(),
            registration_key: String::new(),
            user_metadata: None,
            provider_metadata: Map::new(),
        };
        known(identities, registration).await
    }
}
