//! Updating policies, with effect on all roles that have them.

use vestibule_core::{DomainError, InvalidMetadata, MetadataPatch, OneOrMany, Patch};
use vestibule_database::{Error, Transaction, in_kind, transaction, values};

use super::key::Key;
use super::{InvalidKey, Policy, columns, search_text};
use crate::text::{self, InvalidText};
use crate::{PolicyId, RbacModule};

/// A change of a policy.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdatePolicy {
    /// The policy.
    pub id: PolicyId,
    /// The new key. Resource and operation follow it if they are not given.
    pub key: Option<String>,
    /// The resource. The key follows if it is not given.
    pub resource: Option<String>,
    /// The operation. The key follows if it is not given.
    pub operation: Option<String>,
    /// The display name.
    pub name: Patch<String>,
    /// The description.
    pub description: Patch<String>,
    /// Merged key by key.
    pub metadata: MetadataPatch,
}

impl UpdatePolicy {
    /// An update of this policy without changes yet.
    pub fn new(id: PolicyId) -> Self {
        Self {
            id,
            key: None,
            resource: None,
            operation: None,
            name: Patch::Keep,
            description: Patch::Keep,
            metadata: MetadataPatch::Keep,
        }
    }
}

/// Why policies could not be updated. None of them was.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum UpdatePoliciesError {
    /// There is none of this id, or no longer.
    #[error("Policy with id \"{id}\" not found")]
    #[kind(NotFound)]
    NotFound {
        /// The id that was given.
        id: String,
    },
    /// The new key is taken.
    #[error("Rbac policy with key: {key}, already exists.")]
    #[kind(InvalidData, code = "policy_key_taken")]
    KeyTaken {
        /// The key.
        key: String,
    },
    /// It is the policy that covers every policy.
    #[error("The policy *:* belongs to the super admin role and keeps its key")]
    #[kind(NotAllowed, code = "policy_protected")]
    Protected,
    /// The key is invalid.
    #[error(transparent)]
    Key(#[from] InvalidKey),
    /// The name or the description is invalid.
    #[error(transparent)]
    Text(#[from] InvalidText),
    /// The metadata would become too large.
    #[error(transparent)]
    #[kind(InvalidData)]
    Metadata(#[from] InvalidMetadata),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl RbacModule {
    /// Updates one policy or many, all or none.
    ///
    /// # Errors
    ///
    /// [`UpdatePoliciesError`].
    pub async fn update_rbac_policies<I: OneOrMany<UpdatePolicy>>(
        &self,
        updates: I,
    ) -> Result<I::Output<Policy>, UpdatePoliciesError> {
        let updates = updates.into_list();
        let updated: Result<_, UpdatePoliciesError> =
            transaction!(self.database, |transaction| self.update_rbac_policies_within(transaction, &updates).await);
        Ok(in_kind::<I, _, _>(updated?)?)
    }

    /// Updates policies within a transaction.
    ///
    /// # Errors
    ///
    /// [`UpdatePoliciesError`]; the transaction must then be rolled back.
    pub async fn update_rbac_policies_within(
        &self,
        transaction: &mut Transaction,
        updates: &[UpdatePolicy],
    ) -> Result<Vec<Policy>, UpdatePoliciesError> {
        self.lock_within(transaction).await?;
        let mut updated = Vec::with_capacity(updates.len());
        for update in updates {
            updated.push(self.update_policy(transaction, update.clone()).await?);
        }
        Ok(updated)
    }

    async fn update_policy(
        &self,
        transaction: &mut Transaction,
        update: UpdatePolicy,
    ) -> Result<Policy, UpdatePoliciesError> {
        let not_found = || UpdatePoliciesError::NotFound { id: update.id.to_string() };
        let present = self.find_policy_within(&mut *transaction, &update.id).await?.ok_or_else(not_found)?;
        let key = new_key(&update, &present)?;
        let changed = Policy {
            key: key.text(),
            resource: key.resource,
            operation: key.operation,
            name: update.name.apply(present.name.clone()),
            description: update.description.apply(present.description.clone()),
            metadata: update.metadata.apply(present.metadata.clone())?,
            ..present.clone()
        };
        let (name, description) = (changed.name.as_deref(), changed.description.as_deref());
        text::check_label(name)?;
        text::check_description(description)?;
        if changed == present {
            return Ok(present);
        }
        if changed.key != present.key && present.id.is_super_admin() {
            return Err(UpdatePoliciesError::Protected);
        }
        let updated: Policy = transaction
            .query_optional(
                concat!(
                    "UPDATE rbac_policies SET key = $2, resource = $3, operation = $4, name = $5, description = $6,
                         metadata = $7, search_text = $8, updated_at = $9
                     WHERE id = $1 AND deleted_at IS NULL RETURNING ",
                    columns!()
                ),
                values![
                    &changed.id,
                    &changed.key,
                    &changed.resource,
                    &changed.operation,
                    &changed.name,
                    &changed.description,
                    &changed.metadata,
                    search_text(&changed.key, name, description),
                    self.environment.now(),
                ],
            )
            .await
            .map_err(|error| match error {
                error if error.is_unique("rbac_policies_key") => {
                    UpdatePoliciesError::KeyTaken { key: changed.key.clone() }
                }
                error => error.into(),
            })?
            .ok_or_else(not_found)?;
        if updated.key != present.key {
            let holders = self.holders_within(transaction, &updated.id).await?;
            self.update_grants_within(transaction, &holders).await?;
        }
        Ok(updated)
    }
}

/// Makes key, resource and operation agree: what is not given follows what is.
fn new_key(update: &UpdatePolicy, present: &Policy) -> Result<Key, InvalidKey> {
    let by_key = update.key.as_deref().map(Key::parse).transpose()?;
    let (resource, operation) = match &by_key {
        Some(key) => (&key.resource, &key.operation),
        None => (&present.resource, &present.operation),
    };
    let given = |part: &Option<String>, otherwise: &String| part.clone().unwrap_or_else(|| otherwise.clone());
    let key = Key::new(&given(&update.resource, resource), &given(&update.operation, operation))?;
    match &update.key {
        Some(text) => key.check(text).map(|()| key),
        None => Ok(key),
    }
}
