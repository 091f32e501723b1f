//! The policies of a role.

use serde::Serialize;
use vestibule_core::{DomainError, Metadata, Timestamp};
use vestibule_database::{Connection, Error, FromRow, Transaction, transaction, values};

use crate::policies::{FindAllError, Policy, UnknownPolicies};
use crate::{PolicyId, RbacModule, RoleId, RolePolicyId};

/// The assignment of a policy to a role.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RolePolicy {
    /// The id.
    pub id: RolePolicyId,
    /// The role.
    pub role_id: RoleId,
    /// The policy.
    pub policy_id: PolicyId,
    /// Data of the embedding programs.
    pub metadata: Option<Metadata>,
    /// When it was given.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Always empty: an assignment is deleted when it is taken away.
    #[row(skip)]
    pub deleted_at: Option<Timestamp>,
}

/// A policy that a role has, directly or from an ancestor.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldPolicy {
    /// The policy.
    pub policy: Policy,
    /// The ancestor that has it; `None` if the role has it directly.
    pub inherited_from: Option<RoleId>,
}

#[derive(FromRow)]
struct Held {
    #[row(flatten)]
    policy: Policy,
    holder: RoleId,
}

/// Why a role's policies were not changed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RolePoliciesError {
    /// There is no such role, or no longer.
    #[error("Role with id: {id} not found")]
    #[kind(NotFound)]
    NotFound {
        /// The id that was given.
        id: String,
    },
    /// Some of the policies do not exist.
    #[error(transparent)]
    Policies(#[from] UnknownPolicies),
    /// The role has one of them already.
    #[error("Rbac role policy with role_id: {role}, policy_id: {policy}, already exists.")]
    #[kind(InvalidData, code = "role_policy_held")]
    AlreadyHeld {
        /// The role.
        role: String,
        /// The policy.
        policy: String,
    },
    /// It is the super admin role.
    #[error("The super admin role keeps its one policy, which is every policy")]
    #[kind(NotAllowed, code = "role_protected")]
    Protected,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<FindAllError> for RolePoliciesError {
    fn from(error: FindAllError) -> Self {
        match error {
            FindAllError::Unknown(error) => error.into(),
            FindAllError::Database(error) => error.into(),
        }
    }
}

impl RbacModule {
    /// Gives a role these policies, all or none.
    ///
    /// # Errors
    ///
    /// [`RolePoliciesError`].
    pub async fn add_role_policies(
        &self,
        role: &RoleId,
        policies: &[PolicyId],
    ) -> Result<Vec<RolePolicy>, RolePoliciesError> {
        transaction!(self.database, |transaction| self.add_role_policies_within(transaction, role, policies).await)
    }

    /// Gives a role these policies, within a transaction.
    ///
    /// # Errors
    ///
    /// [`RolePoliciesError`]; the transaction must then be rolled back.
    pub async fn add_role_policies_within(
        &self,
        transaction: &mut Transaction,
        role: &RoleId,
        policies: &[PolicyId],
    ) -> Result<Vec<RolePolicy>, RolePoliciesError> {
        if role.is_super_admin() {
            return Err(RolePoliciesError::Protected);
        }
        self.lock_within(transaction).await?;
        if self.find_role_within(&mut *transaction, role).await?.is_none() {
            return Err(RolePoliciesError::NotFound { id: role.to_string() });
        }
        let policies = self.find_policies_within(&mut *transaction, policies).await?;
        let mut added = Vec::with_capacity(policies.len());
        for policy in policies {
            let id: RolePolicyId = self.environment.id();
            let held: Option<RolePolicy> = transaction
                .query_optional(
                    "INSERT INTO rbac_role_policies (id, role_id, policy_id, created_at, updated_at)
                     VALUES ($1, $2, $3, $4, $4)
                     RETURNING id, role_id, policy_id, metadata, created_at, updated_at",
                    values![&id, role, &policy.id, self.environment.now()],
                )
                .await
                .map_err(|error| match error {
                    error if error.is_unique("rbac_role_policies_role_id_policy_id") => {
                        RolePoliciesError::AlreadyHeld { role: role.to_string(), policy: policy.id.to_string() }
                    }
                    error => error.into(),
                })?;
            added.extend(held);
        }
        self.update_grants_within(transaction, std::slice::from_ref(role)).await?;
        Ok(added)
    }

    /// Takes a policy from a role and returns it; `None` if the role did not have it directly.
    ///
    /// # Errors
    ///
    /// [`RolePoliciesError`].
    pub async fn remove_role_policy(
        &self,
        role: &RoleId,
        policy: &PolicyId,
    ) -> Result<Option<RolePolicyId>, RolePoliciesError> {
        transaction!(self.database, |transaction| self.remove_role_policy_within(transaction, role, policy).await)
    }

    /// Takes a policy from a role, within a transaction.
    ///
    /// # Errors
    ///
    /// [`RolePoliciesError`]; the transaction must then be rolled back.
    pub async fn remove_role_policy_within(
        &self,
        transaction: &mut Transaction,
        role: &RoleId,
        policy: &PolicyId,
    ) -> Result<Option<RolePolicyId>, RolePoliciesError> {
        if role.is_super_admin() {
            return Err(RolePoliciesError::Protected);
        }
        self.lock_within(transaction).await?;
        let gone: Option<RolePolicy> = transaction
            .query_optional(
                "DELETE FROM rbac_role_policies WHERE role_id = $1 AND policy_id = $2
                 RETURNING id, role_id, policy_id, metadata, created_at, updated_at",
                values![role, policy],
            )
            .await?;
        self.update_grants_within(transaction, std::slice::from_ref(role)).await?;
        Ok(gone.map(|held| held.id))
    }

    /// Lists the policies that a role has directly, in the order in which it received them.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_rbac_role_policies(
        &self,
        connection: impl Into<Connection<'_>>,
        role: &RoleId,
    ) -> Result<Vec<RolePolicy>, Error> {
        let text = "SELECT id, role_id, policy_id, metadata, created_at, updated_at FROM rbac_role_policies
             WHERE role_id = $1 ORDER BY created_at, id";
        connection.into().query(text, values![role]).await
    }

    /// Lists all policies that a role has, direct ones first, each once.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_policies_for_role(
        &self,
        connection: impl Into<Connection<'_>>,
        role: &RoleId,
    ) -> Result<Vec<HeldPolicy>, Error> {
        let held: Vec<Held> = connection
            .into()
            .query(
                "WITH RECURSIVE above (id) AS (
                     SELECT id FROM rbac_roles WHERE id = $1 AND deleted_at IS NULL
                     UNION SELECT parents.parent_id FROM rbac_role_parents parents
                     JOIN above ON above.id = parents.role_id
                 )
                 SELECT policies.id AS id, policies.key AS key, policies.resource AS resource,
                     policies.operation AS operation, policies.name AS name, policies.description AS description,
                     policies.metadata AS metadata, policies.created_at AS created_at,
                     policies.updated_at AS updated_at, policies.deleted_at AS deleted_at, above.id AS holder
                 FROM above
                 JOIN rbac_role_policies held ON held.role_id = above.id
                 JOIN rbac_policies policies ON policies.id = held.policy_id AND policies.deleted_at IS NULL
                 ORDER BY held.created_at, held.id",
                values![role],
            )
            .await?;
        let (own, inherited): (Vec<_>, Vec<_>) = held.into_iter().partition(|held| held.holder == *role);
        let mut all: Vec<HeldPolicy> = Vec::with_capacity(own.len() + inherited.len());
        for Held { policy, holder } in own.into_iter().chain(inherited) {
            if all.iter().all(|held| held.policy.id != policy.id) {
                all.push(HeldPolicy { policy, inherited_from: (holder != *role).then_some(holder) });
            }
        }
        Ok(all)
    }
}
