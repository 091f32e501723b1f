//! Sign-ins that come back from a provider: by a redirect, with a code, or with a passkey's answer.

use vestibule_auth::providers::ProviderRefusal;
use vestibule_auth::{AuthIdentityId, AuthInput, AuthenticateError, Authentication};

use super::{SignIn, StartKind};
use crate::failures::{Failed, FailureReason};
use crate::{Client, Context, Flows};

/// A sign-in that has come back from a provider.
#[derive(Debug, Clone, PartialEq)]
pub struct ReturnedSignIn {
    /// The outcome.
    pub sign_in: SignIn,
    /// [`AuthInput::continue_to`] of its start.
    pub continue_to: Option<String>,
}

/// An identity that a provider has returned.
#[derive(Debug, Clone, PartialEq)]
pub struct ReturnedIdentity {
    authentication: Authentication,
    /// The identity; nothing where the provider redirects once more.
    pub id: Option<AuthIdentityId>,
    /// [`AuthInput::continue_to`] of its start.
    pub continue_to: Option<String>,
}

impl Flows {
    /// Completes a sign-in after a provider's redirect.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn sign_in_by_callback(
        &self,
        actor_type: &str,
        provider: &str,
        input: &AuthInput,
        client: &Client,
    ) -> Result<ReturnedSignIn, AuthenticateError> {
        let returned = self.complete_redirect(actor_type, provider, input, client).await?;
        let continue_to = returned.continue_to.clone();
        let sign_in = self.begin_returned_session(returned, actor_type, provider, client).await?;
        Ok(ReturnedSignIn { sign_in, continue_to })
    }

    /// Reads a provider's callback, without beginning a session yet: to link the identity, for example.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn complete_redirect(
        &self,
        actor_type: &str,
        provider: &str,
        input: &AuthInput,
        client: &Client,
    ) -> Result<ReturnedIdentity, AuthenticateError> {
        self.auth.check_actor_may_use(actor_type, provider)?;
        let authentication = self.auth.validate_callback_on_device(provider, input, &client.devices).await;
        let context = Context::anonymous(client.clone());
        match &authentication {
            Err(AuthenticateError::Provider(ProviderRefusal::CounterWentBack { entity_id, .. })) => {
                self.note_failure(Failed::SignIn, FailureReason::PasskeyCounter, entity_id, &context).await;
            }
            Err(AuthenticateError::WrongEmailCode { account }) => {
                self.note_failure(Failed::SignIn, FailureReason::WrongCode, account, &context).await;
            }
            _ => {}
        }
        let authentication = authentication?;
        let (id, continue_to) = match &authentication {
            Authentication::Returned { identity, continue_to, .. } => (Some(identity.id), continue_to.clone()),
            Authentication::Authenticated(identity) | Authentication::Proved { identity, .. } => {
                (Some(identity.id), None)
            }
            Authentication::Challenge(_) | Authentication::Redirect { .. } | Authentication::CodeSent { .. } => {
                (None, None)
            }
        };
        Ok(ReturnedIdentity { authentication, id, continue_to })
    }

    /// Begins the session of an identity that a provider has returned.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`].
    pub async fn begin_returned_session(
        &self,
        returned: ReturnedIdentity,
        actor_type: &str,
        provider: &str,
        client: &Client,
    ) -> Result<SignIn, AuthenticateError> {
        let authentication = self.adopt_provisioned(returned.authentication, actor_type, provider, client).await?;
        self.begin_session(authentication, actor_type, provider, StartKind::SignIn, client).await
    }
}
