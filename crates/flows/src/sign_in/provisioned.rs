//! The first sign-in of a user whom a directory created: a provider proves the address, and no one has signed in as this user before.
//!
//! It is no exception from linking by consent (security.md 41): there is no sign-in method whose owner could consent, and the
//! company that owns the address has created the user for it.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_auth::identities::{ClaimError, RetrieveIdentityError};
use vestibule_auth::{AuthIdentity, AuthenticateError, Authentication};
use vestibule_database::transaction;

use super::sign_up::proven_email;
use super::user_of;
use crate::directory::DirectorySignIn;
use crate::{Actor, Client, Context, Flows, USER};

impl Flows {
    /// Gives an identity that no one owns to the user whom a directory has created for its proven address, if that user has no
    /// sign-in method yet. Otherwise the identity stays as it is.
    pub(super) async fn adopt_provisioned(
        &self,
        authentication: Authentication,
        actor_type: &str,
        provider: &str,
        client: &Client,
    ) -> Result<Authentication, AuthenticateError> {
        let Authentication::Returned { identity, continue_to, has_second_factor } = authentication else {
            return Ok(authentication);
        };
        let is_open = actor_type == USER && user_of(&identity).is_none();
        let email = proven_email(&identity, provider).filter(|_| is_open);
        let Some(email) = email.filter(|_| self.directory_sign_in == DirectorySignIn::Provider) else {
            return Ok(Authentication::Returned { identity, continue_to, has_second_factor });
        };
        let context = Context { actor: Actor::Identity(identity.id), ..Context::anonymous(client.clone()) };
        let adopted: Result<Option<AuthIdentity>, AuthenticateError> = transaction!(self.database, |transaction| {
            let Some(user) = self.users.find_provisioned_user(&mut *transaction, &email).await? else {
                return Ok(None);
            };
            // Of two first sign-ins at once, the second sees what the first has linked.
            if self.users.lock_two_users_within(transaction, user, user).await?.is_empty() {
                return Ok(None);
            }
            let id = user.to_string();
            if self.auth.has_identity(&mut *transaction, USER, &id).await? {
                return Ok(None);
            }
            match self.auth.claim_identity_within(transaction, identity.id, USER, &id).await {
                Ok(()) => {}
                Err(ClaimError::Database(error)) => return Err(error.into()),
                Err(_) => return Ok(None),
            }
            self.auth.take_as_verified_within(transaction, identity.id, &email).await?;
            let (target, after) = (identity.id.to_string(), json!({ "provider": provider, "user_id": id }));
            let target = ("identity", target.as_str());
            self.record(transaction, &context, Action::ProviderLinked, target, None, Some(after)).await?;
            match self.auth.retrieve_auth_identity_within(&mut *transaction, identity.id).await {
                Ok(identity) => Ok(Some(identity)),
                Err(RetrieveIdentityError::Database(error)) => Err(error.into()),
                Err(_) => Ok(None),
            }
        });
        let identity = adopted?.map_or(identity, Box::new);
        Ok(Authentication::Returned { identity, continue_to, has_second_factor })
    }
}
