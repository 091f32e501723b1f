//! Retrieving one policy by id.

use vestibule_core::DomainError;
use vestibule_database::{Connection, Error, values};

use super::{Policy, UnknownPolicies, columns};
use crate::{PolicyId, RbacModule};

/// Why a policy was not retrieved.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RetrievePolicyError {
    /// There is none, or no longer.
    #[error("Policy with id: {id} not found")]
    #[kind(NotFound)]
    NotFound {
        /// The id that was given.
        id: String,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// Why policies were not retrieved: one of them does not exist, or the database failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FindAllError {
    #[error(transparent)]
    Unknown(#[from] UnknownPolicies),
    #[error(transparent)]
    Database(#[from] Error),
}

impl RbacModule {
    /// Retrieves the policy of this id that is not deleted.
    ///
    /// # Errors
    ///
    /// [`RetrievePolicyError`].
    pub async fn retrieve_rbac_policy(&self, id: &PolicyId) -> Result<Policy, RetrievePolicyError> {
        let found = self.find_policy_within(&self.database, id).await?;
        found.ok_or_else(|| RetrievePolicyError::NotFound { id: id.to_string() })
    }

    /// Finds a policy within a transaction.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_policy_within(
        &self,
        connection: impl Into<Connection<'_>>,
        id: &PolicyId,
    ) -> Result<Option<Policy>, Error> {
        let text = concat!("SELECT ", columns!(), " FROM rbac_policies WHERE id = $1 AND deleted_at IS NULL");
        connection.into().query_optional(text, values![id]).await
    }

    /// Retrieves all of these policies, in this order.
    pub(crate) async fn find_policies_within(
        &self,
        connection: impl Into<Connection<'_>>,
        ids: &[PolicyId],
    ) -> Result<Vec<Policy>, FindAllError> {
        let mut connection = connection.into();
        let (mut found, mut unknown) = (Vec::with_capacity(ids.len()), Vec::new());
        for id in ids {
            match self.find_policy_within(connection.again(), id).await? {
                Some(policy) => found.push(policy),
                None => unknown.push(id.to_string()),
            }
        }
        if unknown.is_empty() { Ok(found) } else { Err(UnknownPolicies { ids: unknown }.into()) }
    }
}
