//! Linking a provider whose proven address belongs to a user, in one flow: the user signs in as before and consents.

use vestibule_auth::identities::{LinkError, PendingLink, RetrieveIdentityError};
use vestibule_auth::{Browser, ProviderIdentity};
use vestibule_database::{Error, transaction};

use super::fresh_proof::FreshProof;
use super::link::LinkProviderError;
use super::sign_up::proven_email;
use crate::{Context, Flows, SessionCaller, Stage, USER};

impl Flows {
    /// Begins to link the identity of a session that no user owns with the user who has its proven address. Returns the state
    /// by which [`Flows::confirm_link`] finds it in this browser, within ten minutes; nothing where no user has the address.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn begin_link(&self, caller: &SessionCaller, browser: &Browser) -> Result<Option<String>, Error> {
        if !caller.is_user_type() || caller.actor_id.is_some() || caller.stage != Stage::Full {
            return Ok(None);
        }
        let identity = match self.auth.retrieve_auth_identity(caller.auth_identity_id).await {
            Ok(identity) => identity,
            Err(RetrieveIdentityError::Database(error)) => return Err(error),
            Err(_) => return Ok(None),
        };
        let Some(email) = proven_email(&identity, &caller.provider) else { return Ok(None) };
        let Some(user) = self.users.find_user_of_address(&self.database, &email).await? else { return Ok(None) };
        let link = PendingLink {
            auth_identity_id: identity.id,
            provider: caller.provider.clone(),
            actor_id: user.to_string(),
        };
        self.auth.create_pending_link(&link, USER, browser).await.map(Some)
    }

    /// What a user is asked to consent to: the identity that is to be linked. Nothing changes.
    ///
    /// # Errors
    ///
    /// [`LinkProviderError`], also where the caller is another user.
    pub async fn preview_link(
        &self,
        caller: &SessionCaller,
        state: &str,
        browser: &Browser,
    ) -> Result<ProviderIdentity, LinkProviderError> {
        let link = self.auth.find_pending_link(state, USER, browser).await?.ok_or(LinkProviderError::Expired)?;
        check_owner(caller, &link)?;
        let identity = self.auth.retrieve_auth_identity(link.auth_identity_id).await.map_err(|error| match error {
            RetrieveIdentityError::Database(error) => LinkProviderError::Database(error),
            _ => LinkProviderError::Link(LinkError::Gone),
        })?;
        let part = identity.provider_identity(&link.provider).cloned();
        part.ok_or(LinkProviderError::Link(LinkError::Gone))
    }

    /// Links the identity with the caller's account, whose owner consents. One transaction uses the state up and makes the
    /// link. Another user leaves it as it is.
    ///
    /// # Errors
    ///
    /// [`LinkProviderError`].
    pub async fn confirm_link(
        &self,
        caller: &SessionCaller,
        context: &Context,
        (state, browser): (&str, &Browser),
    ) -> Result<(), LinkProviderError> {
        let proof = self.examine_fresh_proof(caller, &FreshProof::default()).await?;
        let linked: Result<(), LinkProviderError> = transaction!(self.database, |transaction| {
            self.use_fresh_proof_within(transaction, caller, &proof).await?;
            let taken = self.auth.take_pending_link_within(transaction, state, USER, browser).await?;
            let link = taken.ok_or(LinkProviderError::Expired)?;
            check_owner(caller, &link)?;
            let new = (link.auth_identity_id, link.provider.as_str());
            self.link_provider_within(transaction, caller, context, new).await
        });
        linked?;
        self.settle_fresh_proof(proof).await?;
        Ok(())
    }
}

fn check_owner(caller: &SessionCaller, link: &PendingLink) -> Result<(), LinkProviderError> {
    let is_owner = caller.stage == Stage::Full && caller.actor_id.as_ref() == Some(&link.actor_id);
    if is_owner && caller.is_user_type() { Ok(()) } else { Err(LinkProviderError::OtherUser) }
}
