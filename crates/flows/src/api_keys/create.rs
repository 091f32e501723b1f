//! Making keys.

use serde_json::json;
use vestibule_auth::api_keys::{CreateApiKey, CreateApiKeyError, CreatedApiKey};
use vestibule_core::{DomainError, Timestamp};
use vestibule_database::{Error, Transaction, transaction};
use vestibule_rbac::{AssignRolesError, RoleId};

use super::WithRoles;
use crate::{Actor, By, Flows, GrantError};

/// A key to be made.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewApiKey {
    /// What it is for.
    pub title: String,
    /// Its roles; where nothing is said, those of whoever makes it, as the reference's keys may do what their
    /// makers may.
    pub roles: Option<Vec<RoleId>>,
    /// From when on it opens nothing.
    pub expires_at: Option<Timestamp>,
}

/// Why a key was not made.
#[derive(Debug, thiserror::Error, DomainError)]
pub enum CreateKeyError {
    /// It cannot be as it was described.
    #[error(transparent)]
    Create(#[from] CreateApiKeyError),
    /// There are no such roles.
    #[error(transparent)]
    Roles(#[from] AssignRolesError),
    /// Whoever makes it lacks what the roles give.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Makes a key with roles that whoever makes it could give. Its secret is to be had this once.
    ///
    /// # Errors
    ///
    /// [`CreateKeyError`].
    pub async fn create_api_key(&self, new: &NewApiKey, by: &By) -> Result<WithRoles<CreatedApiKey>, CreateKeyError> {
        transaction!(self.database, |transaction| {
            let roles = match &new.roles {
                Some(roles) => roles.clone(),
                None => self.roles_of_maker(transaction, by).await?,
            };
            let grants = self.rbac.grants_of_roles(&mut *transaction, &roles).await?;
            self.check_grant_within(transaction, by, &grants).await?;
            by.check_access_change().map_err(GrantError::from)?;
            let create =
                CreateApiKey { title: new.title.clone(), expires_at: new.expires_at, created_by: by.actor.id() };
            let created = self.auth.create_api_key_within(transaction, &create).await?;
            let id = created.key.id.to_string();
            self.rbac.assign_roles_within(transaction, &id, &roles).await?;
            let roles = self.rbac.role_ids_of(&mut *transaction, &id).await?;
            let after = json!({
                "title": created.key.title, "redacted": created.key.redacted, "roles": roles,
                "expires_at": created.key.expires_at,
            });
            self.record(transaction, by, "api_key.created", ("api_key", &id), None, Some(after)).await?;
            Ok(WithRoles { key: created, roles })
        })
    }

    async fn roles_of_maker(&self, transaction: &mut Transaction, by: &By) -> Result<Vec<RoleId>, Error> {
        match by.actor {
            Actor::Operator => Ok(self.default_roles.clone()),
            actor => match actor.id() {
                Some(id) => self.rbac.role_ids_of(transaction, &id).await,
                None => Ok(Vec::new()),
            },
        }
    }
}
