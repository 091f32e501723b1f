//! Updating roles. What they allow is changed by policies and parents.

use vestibule_core::{DomainError, InvalidMetadata, MetadataPatch, OneOrMany, Patch};
use vestibule_database::{Error, Transaction, in_kind, transaction, values};

use super::{Role, SetParentsError, columns, search_text};
use crate::text::{self, InvalidText};
use crate::{RbacModule, RoleId};

/// A change of a role.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateRole {
    /// The role.
    pub id: RoleId,
    /// The display name.
    pub name: Option<String>,
    /// The description.
    pub description: Patch<String>,
    /// Merged key by key.
    pub metadata: MetadataPatch,
    /// The parents, whose policies it inherits: these and no others.
    pub parent_ids: Option<Vec<RoleId>>,
    /// Whether its holders must have a second factor.
    pub requires_mfa: Option<bool>,
}

impl UpdateRole {
    /// An update of this role without changes yet.
    pub fn new(id: RoleId) -> Self {
        Self {
            id,
            name: None,
            description: Patch::Keep,
            metadata: MetadataPatch::Keep,
            parent_ids: None,
            requires_mfa: None,
        }
    }
}

/// Why roles could not be updated. None of them was.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum UpdateRolesError {
    /// There is none of this id, or no longer.
    #[error("Role with id \"{id}\" not found")]
    #[kind(NotFound)]
    NotFound {
        /// The id that was given.
        id: String,
    },
    /// The new name is taken.
    #[error("Rbac role with name: {name}, already exists.")]
    #[kind(InvalidData, code = "role_name_taken")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// It is the super admin role.
    #[error("The super admin role keeps its name")]
    #[kind(NotAllowed, code = "role_protected")]
    Protected,
    /// The name or the description is invalid.
    #[error(transparent)]
    Text(#[from] InvalidText),
    /// The metadata would become too large.
    #[error(transparent)]
    #[kind(InvalidData)]
    Metadata(#[from] InvalidMetadata),
    /// It cannot have these parents.
    #[error(transparent)]
    Parents(#[from] SetParentsError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl RbacModule {
    /// Updates one role or many, all or none.
    ///
    /// # Errors
    ///
    /// [`UpdateRolesError`].
    pub async fn update_rbac_roles<I: OneOrMany<UpdateRole>>(
        &self,
        updates: I,
    ) -> Result<I::Output<Role>, UpdateRolesError> {
        let updates = updates.into_list();
        let updated: Result<_, UpdateRolesError> =
            transaction!(self.database, |transaction| self.update_rbac_roles_within(transaction, &updates).await);
        Ok(in_kind::<I, _, _>(updated?)?)
    }

    /// Updates roles within a transaction.
    ///
    /// # Errors
    ///
    /// [`UpdateRolesError`]; the transaction must then be rolled back.
    pub async fn update_rbac_roles_within(
        &self,
        transaction: &mut Transaction,
        updates: &[UpdateRole],
    ) -> Result<Vec<Role>, UpdateRolesError> {
        self.lock_within(transaction).await?;
        let mut updated = Vec::with_capacity(updates.len());
        for update in updates {
            let role = self.update_role(transaction, update.clone()).await?;
            updated.push(match &update.parent_ids {
                Some(parents) => {
                    self.set_role_parents_within(transaction, &role.id, parents).await?;
                    self.find_role_within(&mut *transaction, &role.id).await?.unwrap_or(role)
                }
                None => role,
            });
        }
        Ok(updated)
    }

    async fn update_role(&self, transaction: &mut Transaction, update: UpdateRole) -> Result<Role, UpdateRolesError> {
        let not_found = || UpdateRolesError::NotFound { id: update.id.to_string() };
        let present = self.find_role_within(&mut *transaction, &update.id).await?.ok_or_else(not_found)?;
        let changed = Role {
            name: update.name.unwrap_or_else(|| present.name.clone()),
            description: update.description.apply(present.description.clone()),
            metadata: update.metadata.apply(present.metadata.clone())?,
            requires_mfa: update.requires_mfa.unwrap_or(present.requires_mfa),
            ..present.clone()
        };
        text::check_name(&changed.name)?;
        text::check_description(changed.description.as_deref())?;
        if changed == present {
            return Ok(present);
        }
        if changed.name != present.name && present.id.is_super_admin() {
            return Err(UpdateRolesError::Protected);
        }
        let requirement_changes = changed.requires_mfa != present.requires_mfa;
        let updated = transaction
            .query_optional(
                concat!(
                    "UPDATE rbac_roles SET name = $2, description = $3, metadata = $4, requires_mfa = $5,
                         search_text = $6, updated_at = $7
                     WHERE id = $1 AND deleted_at IS NULL RETURNING ",
                    columns!()
                ),
                values![
                    &changed.id,
                    &changed.name,
                    &changed.description,
                    &changed.metadata,
                    changed.requires_mfa,
                    search_text(&changed.name, changed.description.as_deref()),
                    self.environment.now(),
                ],
            )
            .await
            .map_err(|error| match error {
                error if error.is_unique("rbac_roles_name") => {
                    UpdateRolesError::NameTaken { name: changed.name.clone() }
                }
                error => error.into(),
            })?
            .ok_or_else(not_found)?;
        if requirement_changes {
            // Holders of the roles below this one must have a second factor as well, or no longer.
            self.update_grants_within(transaction, std::slice::from_ref(&changed.id)).await?;
            return self.find_role_within(transaction, &changed.id).await?.ok_or_else(not_found);
        }
        Ok(updated)
    }
}
