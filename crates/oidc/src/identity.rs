//! Finds or registers the identity that a provider has proved.

use serde_json::{Map, Value as Json};
use vestibule_auth::providers::{InvalidInput, PROVEN_EMAIL, ProviderRefusal, Registration};
use vestibule_auth::{AuthenticateError, Authentication, ProviderContext, ProviderState};
use vestibule_core::{EmailAddress, Metadata};

/// The longest id of a user at a provider (OpenID Connect Core 2, `sub`), in bytes.
const MAX_ID: usize = 255;

/// What a provider has proved.
pub(crate) struct Proven {
    /// The user's id at the provider.
    pub(crate) id: String,
    /// The address that counts as the user's own.
    pub(crate) email: Option<EmailAddress>,
    /// What programs may know of the user.
    pub(crate) profile: Map<String, Json>,
    /// Whether the profile replaces the one of an earlier sign-in.
    pub(crate) is_refreshed: bool,
    /// Whether the provider has checked a second factor and is trusted with it.
    pub(crate) has_second_factor: bool,
}

impl Proven {
    /// Returns the identity, with what was remembered of the sign-in.
    pub(crate) async fn authenticate(
        self,
        state: ProviderState,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        if self.id.is_empty() || self.id.len() > MAX_ID || self.id.contains(char::is_control) {
            let message = "The provider states no usable id of the user".to_owned();
            return Err(ProviderRefusal::InvalidIdToken(message).into());
        }
        let mut provider_metadata = Map::new();
        if let Some(email) = &self.email {
            provider_metadata.insert(PROVEN_EMAIL.to_owned(), email.to_string().into());
        }
        let profile = Metadata::new(self.profile).map_err(|error| InvalidInput::from(error.to_string()))?;
        let identities = context.identities();
        let found = match identities.find_claimed(&self.id).await? {
            Some(part) => Some(part),
            None => identities.find_registered(&self.id, "").await?,
        };
        let identity = match found {
            Some(part) => {
                let profile = if self.is_refreshed { Some(profile) } else { part.user_metadata.clone() };
                identities.replace_profile(&part, profile, provider_metadata).await?;
                identities.identity(&part).await?
            }
            None => {
                let registration = Registration {
                    entity_id: self.id.clone(),
                    entity_canonical: self.id,
                    registration_key: String::new(),
                    user_metadata: Some(profile),
                    provider_metadata,
                };
                identities.register(&registration).await?
            }
        };
        Ok(Authentication::Returned {
            identity: Box::new(identity),
            continue_to: state.continue_to,
            has_second_factor: self.has_second_factor,
        })
    }
}
