//! Creating policies.

use vestibule_core::{DomainError, Metadata, OneOrMany};
use vestibule_database::{Error, Transaction, in_kind, transaction, values};

use super::key::Key;
use super::{InvalidKey, Policy, columns, search_text};
use crate::text::{self, InvalidText};
use crate::{PolicyId, RbacModule};

/// A policy to be created.
#[derive(Debug, Clone, PartialEq)]
pub struct CreatePolicy {
    /// Resource and operation, joined by a colon.
    pub key: String,
    /// The resource; `*` for all. Capitals become lower case.
    pub resource: String,
    /// The operation; `*` for all. Capitals become lower case.
    pub operation: String,
    /// The display name.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// Data of the embedding programs.
    pub metadata: Option<Metadata>,
}

impl CreatePolicy {
    /// A policy with this key and nothing else.
    pub fn new(resource: &str, operation: &str) -> Self {
        Self {
            key: format!("{resource}:{operation}"),
            resource: resource.to_owned(),
            operation: operation.to_owned(),
            name: None,
            description: None,
            metadata: None,
        }
    }
}

/// Why policies could not be created. None of them was.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum CreatePoliciesError {
    /// The key is taken.
    #[error("Rbac policy with key: {key}, already exists.")]
    #[kind(InvalidData, code = "policy_key_taken")]
    KeyTaken {
        /// The key.
        key: String,
    },
    /// The key is invalid.
    #[error(transparent)]
    Key(#[from] InvalidKey),
    /// The name or the description is invalid.
    #[error(transparent)]
    Text(#[from] InvalidText),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl RbacModule {
    /// Creates one policy or many, all or none.
    ///
    /// # Errors
    ///
    /// [`CreatePoliciesError`].
    pub async fn create_rbac_policies<I: OneOrMany<CreatePolicy>>(
        &self,
        policies: I,
    ) -> Result<I::Output<Policy>, CreatePoliciesError> {
        let policies = policies.into_list();
        let created: Result<_, CreatePoliciesError> =
            transaction!(self.database, |transaction| self.create_rbac_policies_within(transaction, &policies).await);
        Ok(in_kind::<I, _, _>(created?)?)
    }

    /// Creates policies within a transaction.
    ///
    /// # Errors
    ///
    /// [`CreatePoliciesError`]; the transaction must then be rolled back.
    pub async fn create_rbac_policies_within(
        &self,
        transaction: &mut Transaction,
        policies: &[CreatePolicy],
    ) -> Result<Vec<Policy>, CreatePoliciesError> {
        let mut created = Vec::with_capacity(policies.len());
        for policy in policies {
            created.push(self.create_policy(transaction, policy).await?);
        }
        Ok(created)
    }

    async fn create_policy(
        &self,
        transaction: &mut Transaction,
        policy: &CreatePolicy,
    ) -> Result<Policy, CreatePoliciesError> {
        let key = Key::new(&policy.resource, &policy.operation)?;
        key.check(&policy.key)?;
        let (name, description) = (policy.name.as_deref(), policy.description.as_deref());
        text::check_label(name)?;
        text::check_description(description)?;
        let id: PolicyId = self.environment.id();
        let created: Option<Policy> = transaction
            .query_optional(
                concat!(
                    "INSERT INTO rbac_policies (id, key, resource, operation, name, description, metadata, search_text,
                         created_at, updated_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING ",
                    columns!()
                ),
                values![
                    &id,
                    key.text(),
                    &key.resource,
                    &key.operation,
                    &policy.name,
                    &policy.description,
                    &policy.metadata,
                    search_text(&key.text(), name, description),
                    self.environment.now(),
                ],
            )
            .await
            .map_err(|error| match error {
                error if error.is_unique("rbac_policies_key") => CreatePoliciesError::KeyTaken { key: key.text() },
                error => error.into(),
            })?;
        Ok(in_kind::<Policy, Policy, _>(created.into_iter().collect())?)
    }
}
