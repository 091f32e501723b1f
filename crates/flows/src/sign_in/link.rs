//! Linking a provider with an account, by consent of its owner, and unlinking one.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_auth::identities::{AuthIdentityFilter, LinkError, RetrieveIdentityError, UnlinkError};
use vestibule_auth::{AuthIdentityId, ProviderIdentity};
use vestibule_core::{DomainError, FindConfig};
use vestibule_database::{Error, Transaction, transaction};
use vestibule_user::UserId;
use vestibule_user::users::RetrieveUserError;

use super::fresh_proof::{FreshProof, FreshProofError};
use crate::{Context, Flows, SessionCaller, USER};

/// Why a provider was not linked. Nothing was changed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum LinkProviderError {
    /// The identity cannot be linked.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The link that waited for consent was made, has expired, or was begun in another browser.
    #[error("This sign-in cannot be linked any more: ten minutes are over, or it was linked already. Begin again.")]
    #[kind(NotAllowed, code = "link_expired")]
    Expired,
    /// The link waits for the consent of another user.
    #[error("This sign-in is to be linked with another account. Sign in to that account to link it.")]
    #[kind(Forbidden, code = "link_for_another_user")]
    OtherUser,
    /// A recent proof of identity is required.
    #[error(transparent)]
    Proof(#[from] FreshProofError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// Why a provider was not unlinked. Nothing was changed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum UnlinkProviderError {
    /// The identity cannot be unlinked.
    #[error(transparent)]
    Unlink(#[from] UnlinkError),
    /// A recent proof of identity is required.
    #[error(transparent)]
    Proof(#[from] FreshProofError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// The sign-in methods of the caller's account.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_linked_providers(&self, caller: &SessionCaller) -> Result<Vec<ProviderIdentity>, Error> {
        match self.auth.retrieve_auth_identity(caller.auth_identity_id).await {
            Ok(identity) => Ok(identity.provider_identities),
            Err(RetrieveIdentityError::Database(error)) => Err(error),
            Err(_) => Ok(Vec::new()),
        }
    }

    /// The sign-in methods of a user.
    ///
    /// # Errors
    ///
    /// [`RetrieveUserError`].
    pub async fn list_sign_in_methods_of_user(&self, id: UserId) -> Result<Vec<ProviderIdentity>, RetrieveUserError> {
        let user = self.users.retrieve_user(id).await?;
        let owned = AuthIdentityFilter::of_actor(USER, &user.id.to_string());
        let identities = self.auth.list_auth_identities(&owned, &FindConfig::default()).await?;
        Ok(identities.into_iter().flat_map(|identity| identity.provider_identities).collect())
    }

    /// Adds an identity that a provider has just proved, and that no one owns, to the account of the caller: both sides are
    /// proved, the account's by a fresh proof (security.md 41).
    ///
    /// # Errors
    ///
    /// [`LinkProviderError`].
    pub async fn link_provider(
        &self,
        caller: &SessionCaller,
        context: &Context,
        (new, provider): (AuthIdentityId, &str),
        proof: &FreshProof,
    ) -> Result<(), LinkProviderError> {
        let proof = self.examine_fresh_proof(caller, proof).await?;
        let linked: Result<(), LinkProviderError> = transaction!(self.database, |transaction| {
            self.use_fresh_proof_within(transaction, caller, &proof).await?;
            self.link_provider_within(transaction, caller, context, (new, provider)).await
        });
        linked?;
        self.settle_fresh_proof(proof).await?;
        Ok(())
    }

    pub(super) async fn link_provider_within(
        &self,
        transaction: &mut Transaction,
        caller: &SessionCaller,
        context: &Context,
        (new, provider): (AuthIdentityId, &str),
    ) -> Result<(), LinkProviderError> {
        self.auth.link_identity_within(transaction, new, provider, caller.auth_identity_id).await?;
        self.note_second_factor_within(transaction, caller.auth_identity_id).await?;
        let (id, after) = (caller.auth_identity_id.to_string(), json!({ "provider": provider }));
        let target = ("identity", id.as_str());
        Ok(self.record(transaction, context, Action::ProviderLinked, target, None, Some(after)).await?)
    }

    /// Removes a sign-in method from the caller's account: never the last.
    ///
    /// # Errors
    ///
    /// [`UnlinkProviderError`].
    pub async fn unlink_provider(
        &self,
        caller: &SessionCaller,
        context: &Context,
        provider: &str,
        proof: &FreshProof,
    ) -> Result<(), UnlinkProviderError> {
        let proof = self.examine_fresh_proof(caller, proof).await?;
        let unlinked: Result<(), UnlinkProviderError> = transaction!(self.database, |transaction| {
            self.use_fresh_proof_within(transaction, caller, &proof).await?;
            let account = caller.auth_identity_id;
            self.auth.unlink_identity_within(transaction, account, provider, &caller.actor_type).await?;
            let (id, before) = (account.to_string(), json!({ "provider": provider }));
            let target = ("identity", id.as_str());
            self.record(transaction, context, Action::ProviderUnlinked, target, Some(before), None).await?;
            Ok(())
        });
        unlinked?;
        self.settle_fresh_proof(proof).await?;
        Ok(())
    }
}
