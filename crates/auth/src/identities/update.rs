//! Changing what programs keep of identities.

use serde_json::{Map, Value as Json};
use vestibule_core::Metadata;
use vestibule_database::{transaction, values};

use super::create::split;
use super::{AuthIdentity, AuthIdentityId, ProviderIdentity, ProviderIdentityId, RetrieveIdentityError, find};
use crate::AuthModule;

impl AuthModule {
    /// Puts app metadata in the place of what an identity has. Whom it belongs to is not changed by this: the keys
    /// that end in `_id` and name somebody are passed over.
    ///
    /// # Errors
    ///
    /// [`RetrieveIdentityError`].
    pub async fn update_auth_identity(
        &self,
        id: AuthIdentityId,
        app_metadata: &Map<String, Json>,
    ) -> Result<AuthIdentity, RetrieveIdentityError> {
        let (_, kept) = split(app_metadata);
        transaction!(self.database, |transaction| {
            let text = "UPDATE auth_identities SET app_metadata = $2, updated_at = $3 WHERE id = $1";
            let values = values![id, Json::Object(kept.clone()), self.environment.now()];
            transaction.execute(text, values).await?;
            find(transaction, id).await?.ok_or_else(|| RetrieveIdentityError::NotFound(id.to_string()))
        })
    }

    /// Puts user metadata in the place of what a provider identity has.
    ///
    /// # Errors
    ///
    /// [`RetrieveIdentityError`].
    pub async fn update_provider_identity(
        &self,
        id: ProviderIdentityId,
        user_metadata: &Option<Metadata>,
    ) -> Result<ProviderIdentity, RetrieveIdentityError> {
        let updated: Result<(), RetrieveIdentityError> = transaction!(self.database, |transaction| {
            let text = "UPDATE provider_identities SET user_metadata = $2, updated_at = $3 WHERE id = $1";
            transaction.execute(text, values![id, user_metadata, self.environment.now()]).await?;
            Ok(())
        });
        updated?;
        self.retrieve_provider_identity(id).await
    }
}
