//! Creating API keys.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_auth::api_keys::{ApiKeyKind, CreateApiKey, CreateApiKeyError, CreatedApiKey};
use vestibule_core::{DomainError, Timestamp};
use vestibule_database::{Error, Transaction, transaction};
use vestibule_rbac::{AssignRolesError, RoleId};

use super::WithRoles;
use crate::directory::directory_policies;
use crate::{Actor, Context, Flows, GrantError};

/// A key to be created.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewApiKey {
    /// The title.
    pub title: String,
    /// Secret, for a directory, or publishable. A publishable key grants nothing and has no roles.
    pub kind: ApiKeyKind,
    /// Its roles; by default those of the user who creates it, as in the reference. Those of a directory's key are the ceiling
    /// of what it may give, by default nothing.
    pub roles: Option<Vec<RoleId>>,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
}

/// Why a key was not created.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum CreateKeyError {
    /// The values are invalid.
    #[error(transparent)]
    Create(#[from] CreateApiKeyError),
    /// It is publishable and was given roles.
    #[error("A publishable key opens nothing and has no roles. Leave out roles, or create a secret key.")]
    #[kind(InvalidData, code = "publishable_key_roles")]
    PublishableWithRoles,
    /// There are no such roles.
    #[error(transparent)]
    Roles(#[from] AssignRolesError),
    /// The caller lacks what the roles give.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Creates a key with roles that the caller could give. This is the only time that the token of a secret key is
    /// returned. A publishable key widens no access: it needs no proof of identity, and API keys may create it.
    ///
    /// # Errors
    ///
    /// [`CreateKeyError`].
    pub async fn create_api_key(
        &self,
        new: &NewApiKey,
        context: &Context,
    ) -> Result<WithRoles<CreatedApiKey>, CreateKeyError> {
        transaction!(self.database, |transaction| {
            let is_secret = new.kind.is_secret();
            let roles = match &new.roles {
                Some(roles) if is_secret || roles.is_empty() => roles.clone(),
                Some(_) => return Err(CreateKeyError::PublishableWithRoles),
                // A ceiling that no one chose would be too high or too low.
                None if new.kind == ApiKeyKind::Scim => Vec::new(),
                None if is_secret => self.roles_of_maker(transaction, context).await?,
                None => Vec::new(),
            };
            let grants = self.rbac.grants_of_roles(&mut *transaction, &roles).await?;
            self.check_grant_within(transaction, context, &grants).await?;
            if new.kind == ApiKeyKind::Scim {
                self.check_grant_within(transaction, context, &directory_policies()).await?;
            }
            if is_secret {
                context.check_access_change().map_err(GrantError::from)?;
            }
            let create = CreateApiKey {
                title: new.title.clone(),
                kind: new.kind,
                expires_at: new.expires_at,
                created_by: context.actor.id(),
            };
            let created = self.auth.create_api_key_within(transaction, &create).await?;
            let id = created.key.id.to_string();
            self.rbac.assign_roles_within(transaction, &id, &roles).await?;
            let roles = self.rbac.role_ids_of(&mut *transaction, &id).await?;
            let after = json!({
                "title": created.key.title, "type": created.key.kind, "redacted": created.key.redacted, "roles": roles,
                "expires_at": created.key.expires_at,
            });
            self.record(transaction, context, Action::ApiKeyCreated, ("api_key", &id), None, Some(after)).await?;
            Ok(WithRoles { key: created, roles })
        })
    }

    async fn roles_of_maker(&self, transaction: &mut Transaction, context: &Context) -> Result<Vec<RoleId>, Error> {
        match context.actor {
            Actor::Operator => Ok(self.default_roles.clone()),
            actor => match actor.id() {
                Some(id) => self.rbac.role_ids_of(transaction, &id).await,
                None => Ok(Vec::new()),
            },
        }
    }
}
