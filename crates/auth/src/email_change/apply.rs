//! The identities of an actor take the new address.

use vestibule_core::EmailAddress;
use vestibule_database::{Error, Transaction, values};

use crate::identities::{ProviderIdentity, UpdateIdentitiesError, UpdateProviderIdentity, provider_columns};
use crate::{AuthIdentityId, AuthModule};

impl AuthModule {
    /// Replaces the address by which an actor signs in, with a password or codes, within a transaction. The new address counts as
    /// verified. What is pending for the old one is void: its verification, and a reset of the password. An actor who
    /// signs in by another address, or by other methods, keeps them.
    ///
    /// # Errors
    ///
    /// [`UpdateIdentitiesError`]; the transaction must then be rolled back.
    pub async fn change_email_of_within(
        &self,
        transaction: &mut Transaction,
        (actor_type, actor_id): (&str, &str),
        old: &EmailAddress,
        new: &EmailAddress,
    ) -> Result<(), UpdateIdentitiesError> {
        let text = concat!(
            "SELECT ",
            provider_columns!(),
            " FROM provider_identities WHERE provider IN ('emailpass', 'emailcode') AND claimed
                AND entity_canonical IN ($3, $4)
                AND auth_identity_id IN (
                    SELECT auth_identity_id FROM auth_identity_actors WHERE actor_type = $1 AND actor_id = $2)"
        );
        let values = values![actor_type, actor_id, old.canonical(), EmailAddress::key_as_written(old.as_str())];
        let parts: Vec<ProviderIdentity> = transaction.query(text, values).await?;
        for part in parts {
            let mut update = UpdateProviderIdentity::new(part.id);
            update.entity_id = Some(new.as_str().to_owned());
            self.update_provider_identity(transaction, &update).await?;
            let text = "DELETE FROM auth_verifications
                        WHERE auth_identity_id = $1 AND entity_type = 'email' AND canonical = $2";
            transaction.execute_pipelined(text, values![part.auth_identity_id, old.canonical()]).await?;
            self.take_as_verified_within(transaction, part.auth_identity_id, new).await?;
            // What strangers guessed at the address before it was an account's.
            self.clear_guesses_of_password_within(transaction, new.canonical()).await?;
        }
        Ok(())
    }

    /// Forgets the browsers that are known to an actor, within a transaction.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn forget_devices_of_within(
        &self,
        transaction: &mut Transaction,
        actor_type: &str,
        actor_id: &str,
    ) -> Result<(), Error> {
        let text = "DELETE FROM auth_known_devices WHERE auth_identity_id IN (
                        SELECT auth_identity_id FROM auth_identity_actors WHERE actor_type = $1 AND actor_id = $2)";
        transaction.execute_pipelined(text, values![actor_type, actor_id]).await
    }

    /// Voids the changes of address that wait to be confirmed, of the owners of an identity.
    pub(crate) async fn void_email_changes_of_identity_within(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
    ) -> Result<(), Error> {
        let text = "DELETE FROM auth_email_changes WHERE purpose = 'confirm' AND EXISTS (
                        SELECT 1 FROM auth_identity_actors owner WHERE owner.auth_identity_id = $1
                            AND owner.actor_type = auth_email_changes.actor_type
                            AND owner.actor_id = auth_email_changes.actor_id)";
        transaction.execute_pipelined(text, values![identity]).await
    }
}
