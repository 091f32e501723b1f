//! Creating roles.

use vestibule_core::{DomainError, Metadata, OneOrMany};
use vestibule_database::{Error, Transaction, in_kind, transaction, values};

use super::{Role, RolePoliciesError, SetParentsError, search_text};
use crate::text::{self, InvalidText};
use crate::{PolicyId, RbacModule, RoleId};

/// A role to be created.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateRole {
    /// The display name.
    pub name: String,
    /// The description.
    pub description: Option<String>,
    /// Data of the embedding programs.
    pub metadata: Option<Metadata>,
    /// The policies given directly.
    pub policy_ids: Vec<PolicyId>,
    /// The parents, whose policies it inherits.
    pub parent_ids: Vec<RoleId>,
    /// Whether its holders must have a second factor.
    pub requires_mfa: bool,
}

impl CreateRole {
    /// A role of this name that allows nothing yet.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: None,
            metadata: None,
            policy_ids: Vec::new(),
            parent_ids: Vec::new(),
            requires_mfa: false,
        }
    }
}

/// Why roles could not be created. None of them was.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum CreateRolesError {
    /// The name is taken.
    #[error("Rbac role with name: {name}, already exists.")]
    #[kind(InvalidData, code = "role_name_taken")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// The name or the description is invalid.
    #[error(transparent)]
    Text(#[from] InvalidText),
    /// It cannot have these policies.
    #[error(transparent)]
    Policies(#[from] RolePoliciesError),
    /// It cannot have these parents.
    #[error(transparent)]
    Parents(#[from] SetParentsError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl RbacModule {
    /// Creates one role or many, all or none.
    ///
    /// # Errors
    ///
    /// [`CreateRolesError`].
    pub async fn create_rbac_roles<I: OneOrMany<CreateRole>>(
        &self,
        roles: I,
    ) -> Result<I::Output<Role>, CreateRolesError> {
        let roles = roles.into_list();
        let created: Result<_, CreateRolesError> =
            transaction!(self.database, |transaction| self.create_rbac_roles_within(transaction, &roles).await);
        Ok(in_kind::<I, _, _>(created?)?)
    }

    /// Creates roles within a transaction.
    ///
    /// # Errors
    ///
    /// [`CreateRolesError`]; the transaction must then be rolled back.
    pub async fn create_rbac_roles_within(
        &self,
        transaction: &mut Transaction,
        roles: &[CreateRole],
    ) -> Result<Vec<Role>, CreateRolesError> {
        self.lock_within(transaction).await?;
        let mut created = Vec::with_capacity(roles.len());
        for role in roles {
            created.push(self.create_role(transaction, role).await?);
        }
        Ok(created)
    }

    async fn create_role(&self, transaction: &mut Transaction, role: &CreateRole) -> Result<Role, CreateRolesError> {
        text::check_name(&role.name)?;
        text::check_description(role.description.as_deref())?;
        let id: RoleId = self.environment.id();
        transaction
            .execute(
                "INSERT INTO rbac_roles (id, name, description, metadata, requires_mfa, needs_mfa, grants, search_text,
                     created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $8)",
                values![
                    &id,
                    &role.name,
                    &role.description,
                    &role.metadata,
                    role.requires_mfa,
                    "",
                    search_text(&role.name, role.description.as_deref()),
                    self.environment.now(),
                ],
            )
            .await
            .map_err(|error| match error {
                error if error.is_unique("rbac_roles_name") => CreateRolesError::NameTaken { name: role.name.clone() },
                error => error.into(),
            })?;
        if !role.policy_ids.is_empty() {
            self.add_role_policies_within(transaction, &id, &role.policy_ids).await?;
        }
        if !role.parent_ids.is_empty() {
            self.add_role_parents_within(transaction, &id, &role.parent_ids).await?;
        }
        let created = self.find_role_within(transaction, &id).await?;
        Ok(in_kind::<Role, Role, _>(created.into_iter().collect())?)
    }
}
