//! Adding a provider's identity to an account, and taking one away.

use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction, values};

use super::claim::LOCK;
use super::{AuthIdentityId, ProviderIdentity, provider_columns};
use crate::AuthModule;

/// Why an identity was not linked.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum LinkError {
    /// The new identity no longer exists: it expired, or was used.
    #[error("This sign-in is not valid any more. Sign in with the provider again.")]
    #[kind(Unauthorized, code = "registration_expired")]
    Gone,
    /// The identity belongs to an account, this one or another.
    #[error("This sign-in already belongs to an account.")]
    #[kind(InvalidData, code = "identity_claimed")]
    Taken,
    /// The account has another identity of the same provider.
    #[error("The account is linked with another identity of this provider already. Unlink that one first.")]
    #[kind(InvalidData, code = "provider_linked")]
    ProviderLinked,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// Why an identity was not unlinked.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum UnlinkError {
    /// The account has no identity of this provider.
    #[error("The account is not linked with {0}.")]
    #[kind(NotFound)]
    NotLinked(String),
    /// The sign-in method comes with second factors of the account.
    #[error("This sign-in method comes with your passkeys. Remove these instead: DELETE /auth/mfa/factors/{{id}}.")]
    #[kind(NotAllowed, code = "remove_passkeys")]
    OfFactors,
    /// It is the only sign-in method of the account that is offered.
    #[error("This is the only sign-in method of the account. Add another one first.")]
    #[kind(NotAllowed, code = "last_sign_in_method")]
    Last,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl AuthModule {
    /// Moves the provider identity of an identity that no one owns into the identity of an account: second factors and
    /// sessions of the account then count for both. The emptied identity is deleted with its sessions. The caller has checked
    /// that the owner of the account consents.
    ///
    /// # Errors
    ///
    /// [`LinkError`]; the transaction must then be rolled back.
    pub async fn link_identity_within(
        &self,
        transaction: &mut Transaction,
        new: AuthIdentityId,
        provider: &str,
        account: AuthIdentityId,
    ) -> Result<(), LinkError> {
        let parts = parts(transaction, new).await?;
        let part = parts.into_iter().find(|part| part.provider == provider).ok_or(LinkError::Gone)?;
        self.lock_names_within(transaction, vec![(part.provider, part.entity_canonical)]).await?;
        // Always in the same order, so that two links at once do not wait for each other.
        for id in [new.min(account), new.max(account)] {
            transaction.query_optional::<()>(&LOCK, values![id]).await?;
        }
        let now = self.environment.now();
        let text =
            "SELECT expires_at IS NULL OR EXISTS (SELECT 1 FROM auth_identity_actors WHERE auth_identity_id = $1)
                    FROM auth_identities WHERE id = $1 AND (expires_at IS NULL OR expires_at > $2)";
        match transaction.query_scalar_optional(text, values![new, now]).await? {
            None => return Err(LinkError::Gone),
            Some(true) => return Err(LinkError::Taken),
            Some(false) => {}
        }
        let text = "SELECT 1 AS one FROM provider_identities WHERE auth_identity_id = $1 AND provider = $2";
        if transaction.query_optional::<()>(text, values![account, provider]).await?.is_some() {
            return Err(LinkError::ProviderLinked);
        }
        let text = "UPDATE provider_identities SET auth_identity_id = $2, claimed = $4, updated_at = $5
                    WHERE auth_identity_id = $1 AND provider = $3";
        transaction.execute(text, values![new, account, provider, true, now]).await.map_err(|error| match error {
            error if error.is_unique("provider_identities_provider_entity_canonical") => LinkError::Taken,
            error => error.into(),
        })?;
        transaction.execute_pipelined("DELETE FROM auth_identities WHERE id = $1", values![new]).await?;
        self.drop_rivals_within(transaction, account).await?;
        Ok(())
    }

    /// Deletes the provider identity of an account and ends the sessions that began with it, unless that leaves no provider of
    /// those that the actor type may use (security.md 44).
    ///
    /// # Errors
    ///
    /// [`UnlinkError`]; the transaction must then be rolled back.
    pub async fn unlink_identity_within(
        &self,
        transaction: &mut Transaction,
        account: AuthIdentityId,
        provider: &str,
        actor_type: &str,
    ) -> Result<(), UnlinkError> {
        transaction.query_optional::<()>(&LOCK, values![account]).await?;
        let parts = parts(transaction, account).await?;
        if !parts.iter().any(|part| part.provider == provider) {
            return Err(UnlinkError::NotLinked(provider.to_owned()));
        }
        if self.find_mfa_provider(provider).is_some() {
            return Err(UnlinkError::OfFactors);
        }
        let is_offered = |id: &str| self.providers_of(actor_type).any(|offered| offered.identifier() == id);
        if !parts.iter().any(|part| part.provider != provider && is_offered(&part.provider)) {
            return Err(UnlinkError::Last);
        }
        let text = "DELETE FROM provider_identities WHERE auth_identity_id = $1 AND provider = $2";
        transaction.execute_pipelined(text, values![account, provider]).await?;
        let text = "DELETE FROM auth_sessions WHERE auth_identity_id = $1 AND provider = $2";
        transaction.execute_pipelined(text, values![account, provider]).await?;
        Ok(())
    }
}

async fn parts(transaction: &mut Transaction, id: AuthIdentityId) -> Result<Vec<ProviderIdentity>, Error> {
    let text = concat!("SELECT ", provider_columns!(), " FROM provider_identities WHERE auth_identity_id = $1");
    transaction.query(text, values![id]).await
}
