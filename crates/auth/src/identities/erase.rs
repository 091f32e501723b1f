//! Erasing what the removal of an actor leaves: registrations and counts under their addresses.

use vestibule_core::{EmailAddress, Erasure};
use vestibule_database::{Error, Transaction, values};

use super::AuthIdentityId;
use crate::AuthModule;
use crate::providers::emailcode::mailed_codes;

impl AuthModule {
    /// Lists the identities of an actor.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_identity_ids_of_within(
        &self,
        transaction: &mut Transaction,
        actor_type: &str,
        actor_id: &str,
    ) -> Result<Vec<AuthIdentityId>, Error> {
        let text =
            "SELECT auth_identity_id FROM auth_identity_actors WHERE actor_type = $1 AND actor_id = $2 ORDER BY 1";
        transaction.query_scalars(text, values![actor_type, actor_id]).await
    }

    /// Deletes what is stored under the addresses of a person whose identities are gone: registrations that no one has
    /// claimed, counts of attempts and of mails.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn erase_within(&self, transaction: &mut Transaction, erasure: &Erasure) -> Result<(), Error> {
        let addresses = || erasure.addresses.iter().map(EmailAddress::canonical);
        for address in addresses() {
            for text in [
                "DELETE FROM auth_identities WHERE id IN (
                     SELECT auth_identity_id FROM provider_identities WHERE entity_canonical = $1 AND NOT claimed)",
                "DELETE FROM auth_stranger_mails WHERE recipient = $1",
            ] {
                transaction.execute_pipelined(text, values![address]).await?;
            }
        }
        // Who signs in without an address is counted by the identity.
        for account in addresses().chain(erasure.ids.iter().map(String::as_str)) {
            let text = "DELETE FROM auth_attempts WHERE owner = $1 OR account IN ($1, $2)";
            transaction.execute_pipelined(text, values![account, mailed_codes(account)]).await?;
        }
        Ok(())
    }
}
