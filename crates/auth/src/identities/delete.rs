//! Deleting identities, for good: with them go their parts and sessions.

use vestibule_core::OneOrMany;
use vestibule_database::{Error, transaction, values};

use super::{AuthIdentityId, ProviderIdentityId};
use crate::AuthModule;

impl AuthModule {
    /// Deletes one identity or many. Unknown ids are passed over.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn delete_auth_identities(&self, ids: impl OneOrMany<AuthIdentityId>) -> Result<(), Error> {
        let ids = ids.into_list();
        transaction!(self.database, |transaction| {
            for id in &ids {
                transaction.execute("DELETE FROM auth_identities WHERE id = $1", values![*id]).await?;
            }
            Ok(())
        })
    }

    /// Deletes one part of identities or many: nobody signs in by them any more. Unknown ids are passed over.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn delete_provider_identities(&self, ids: impl OneOrMany<ProviderIdentityId>) -> Result<(), Error> {
        let ids = ids.into_list();
        transaction!(self.database, |transaction| {
            for id in &ids {
                transaction.execute("DELETE FROM provider_identities WHERE id = $1", values![*id]).await?;
            }
            Ok(())
        })
    }
}
