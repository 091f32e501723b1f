//! Changing what programs keep of identities.

use serde_json::{Map, Value as Json};
use vestibule_core::{Metadata, OneOrMany};
use vestibule_database::{in_kind, transaction, values};

use super::create::split;
use super::{
    AuthIdentity, AuthIdentityId, ProviderIdentity, ProviderIdentityId, RetrieveIdentityError, find, provider_columns,
};
use crate::AuthModule;

/// What is to be changed of an identity.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateAuthIdentity {
    /// Which.
    pub id: AuthIdentityId,
    /// Takes the place of the app metadata. Whom the identity belongs to is not changed by this: the keys that end in
    /// `_id` and name somebody are passed over.
    pub app_metadata: Map<String, Json>,
}

/// What is to be changed of a provider's name for an identity.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateProviderIdentity {
    /// Which.
    pub id: ProviderIdentityId,
    /// Takes the place of the user metadata.
    pub user_metadata: Option<Metadata>,
}

impl AuthModule {
    /// Changes one identity or many, all or none.
    ///
    /// # Errors
    ///
    /// [`RetrieveIdentityError`].
    pub async fn update_auth_identities<I: OneOrMany<UpdateAuthIdentity>>(
        &self,
        updates: I,
    ) -> Result<I::Output<AuthIdentity>, RetrieveIdentityError> {
        let updates = updates.into_list();
        let updated: Result<_, RetrieveIdentityError> = transaction!(self.database, |transaction| {
            let mut updated = Vec::with_capacity(updates.len());
            for update in &updates {
                let (_, kept) = split(&update.app_metadata);
                let text = "UPDATE auth_identities SET app_metadata = $2, updated_at = $3 WHERE id = $1";
                let values = values![update.id, Json::Object(kept), self.environment.now()];
                transaction.execute(text, values).await?;
                let found = find(&mut *transaction, update.id).await?;
                updated.push(found.ok_or_else(|| RetrieveIdentityError::NotFound(update.id.to_string()))?);
            }
            Ok(updated)
        });
        Ok(in_kind::<I, _, _>(updated?)?)
    }

    /// Changes one provider identity or many, all or none.
    ///
    /// # Errors
    ///
    /// [`RetrieveIdentityError`].
    pub async fn update_provider_identities<I: OneOrMany<UpdateProviderIdentity>>(
        &self,
        updates: I,
    ) -> Result<I::Output<ProviderIdentity>, RetrieveIdentityError> {
        let updates = updates.into_list();
        let updated: Result<_, RetrieveIdentityError> = transaction!(self.database, |transaction| {
            let mut updated: Vec<ProviderIdentity> = Vec::with_capacity(updates.len());
            for update in &updates {
                let text = concat!(
                    "UPDATE provider_identities SET user_metadata = $2, updated_at = $3 WHERE id = $1 RETURNING ",
                    provider_columns!()
                );
                let values = values![update.id, &update.user_metadata, self.environment.now()];
                let found = transaction.query_optional(text, values).await?;
                updated.push(found.ok_or_else(|| RetrieveIdentityError::PartNotFound(update.id.to_string()))?);
            }
            Ok(updated)
        });
        Ok(in_kind::<I, _, _>(updated?)?)
    }
}
