//! Two third-party providers that redirect, and prove ids and addresses of their users.

use async_trait::async_trait;
use serde_json::{Map, Value as Json, json};
use vestibule_auth::providers::{PROVEN_EMAIL, Registration};
use vestibule_auth::{
    AuthIdentityId, AuthInput, AuthProvider, AuthenticateError, Authentication, Flow, ProviderContext, SessionToken,
};
use vestibule_core::Metadata;
use vestibule_flows::{Client, SessionCaller, SignIn};

use super::{Site, session};

/// The provider of this name.
pub(crate) struct Service(pub(crate) &'static str);

/// The callback of a user with this id, whose address the provider proves or only states.
pub(crate) fn returned(id: &str, proven: Option<&str>, stated: Option<&str>) -> AuthInput {
    let fields = [("id", Some(id)), ("proven", proven), ("stated", stated)];
    let query = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Json::from(value?)))).collect();
    AuthInput { query, ..AuthInput::default() }
}

/// The same of a user whose second factor the provider has checked, and is trusted with.
pub(crate) fn returned_with_second_factor(id: &str) -> AuthInput {
    let mut input = returned(id, None, None);
    input.query.insert("second_factor".to_owned(), true.into());
    input
}

#[async_trait]
impl AuthProvider for Service {
    fn identifier(&self) -> &str {
        self.0
    }

    fn display_name(&self) -> &str {
        self.0
    }

    fn flow(&self) -> Flow {
        Flow::Redirect
    }

    async fn authenticate(&self, _: &AuthInput, _: &ProviderContext<'_>) -> Result<Authentication, AuthenticateError> {
        Ok(Authentication::Redirect { location: format!("https://{}.example/", self.0) })
    }

    async fn validate_callback(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let text = |name: &str| input.query.get(name).and_then(Json::as_str);
        let id = text("id").unwrap_or_default();
        let stated = text("proven").or(text("stated"));
        let profile = json!({ "email": stated, "given_name": "Ada", "family_name": "Lovelace" });
        let proven = text("proven").map(|email| (PROVEN_EMAIL.to_owned(), email.into()));
        let registration = Registration {
            entity_id: id.to_owned(),
            entity_canonical: id.to_owned(),
            registration_key: String::new(),
            user_metadata: profile.as_object().cloned().and_then(|profile| Metadata::new(profile).ok()),
            provider_metadata: proven.into_iter().collect::<Map<_, _>>(),
        };
        let identities = context.identities();
        let identity = match identities.find_claimed(id).await? {
            Some(part) => identities.identity(&part).await?,
            None => identities.register(&registration).await?,
        };
        Ok(Authentication::Returned {
            identity: Box::new(identity),
            continue_to: None,
            has_second_factor: input.query.contains_key("second_factor"),
        })
    }
}

impl Site {
    pub(crate) async fn return_from(&self, provider: &str, input: &AuthInput) -> SignIn {
        let returned = self.flows.sign_in_by_callback("user", provider, input, &Client::default()).await;
        returned.unwrap().sign_in
    }

    /// The session of a user whose address the provider `service` has proved.
    pub(crate) async fn proved(&self, id: &str, address: &str) -> SessionToken {
        session(self.return_from("service", &returned(id, Some(address), None)).await)
    }

    /// The same, as the caller of a request.
    pub(crate) async fn proved_caller(&self, id: &str, address: &str) -> SessionCaller {
        let token = self.proved(id, address).await;
        self.bearer(&token).await.unwrap()
    }

    /// An identity that `provider` has returned, and that no session has begun for.
    pub(crate) async fn identity_from(&self, provider: &str, id: &str) -> AuthIdentityId {
        let returned =
            self.flows.complete_redirect("user", provider, &returned(id, None, None), &Client::default()).await;
        returned.unwrap().id.unwrap()
    }
}
