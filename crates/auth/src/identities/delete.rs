//! Deleting identities, for good, with their parts and sessions, and the devices of owners without another identity.

use vestibule_core::OneOrMany;
use vestibule_database::{Error, transaction, values};

use super::claim::LOCK;
use super::{AuthIdentityId, ProviderIdentityId};
use crate::AuthModule;

/// Deletes the devices of the owners for whom `$1` is the last identity.
const DEVICES: &str = "DELETE FROM auth_devices WHERE (actor_type, actor_id) IN (
    SELECT actor_type, actor_id FROM auth_identity_actors mine WHERE auth_identity_id = $1 AND NOT EXISTS (
        SELECT 1 FROM auth_identity_actors other WHERE other.actor_type = mine.actor_type
            AND other.actor_id = mine.actor_id AND other.auth_identity_id <> $1))";

impl AuthModule {
    /// Deletes one identity or many; an actor's last one with the actor's devices. Unknown ids are ignored.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn delete_auth_identities(&self, ids: impl OneOrMany<AuthIdentityId>) -> Result<(), Error> {
        let ids = ids.into_list();
        transaction!(self.database, |transaction| {
            for id in &ids {
                // A concurrent sign-in comes before, and its device is seen below, or fails.
                transaction.query_optional::<()>(&LOCK, values![*id]).await?;
                transaction.execute_pipelined(DEVICES, values![*id]).await?;
                transaction.execute_pipelined("DELETE FROM auth_identities WHERE id = $1", values![*id]).await?;
            }
            Ok(())
        })
    }

    /// Deletes one part of identities or many: they no longer sign in. Unknown ids are ignored.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn delete_provider_identities(&self, ids: impl OneOrMany<ProviderIdentityId>) -> Result<(), Error> {
        let ids = ids.into_list();
        transaction!(self.database, |transaction| {
            for id in &ids {
                transaction.execute_pipelined("DELETE FROM provider_identities WHERE id = $1", values![*id]).await?;
            }
            Ok(())
        })
    }
}
