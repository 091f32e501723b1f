//! Identifying the program behind an API key.
//!
//! Key, roles and permissions are read in one query by indexes, at every request: revocation, expiry and changed roles
//! take effect at the next request, on every process. A key that a user created does no more than that user may do now:
//! it loses what they lose, and grants nothing once they are locked or deleted. A key that the operator made is bounded
//! by its roles alone.

use vestibule_auth::ApiKeyKind;
use vestibule_auth::api_keys::{ApiKeyId, api_key_hash, scim_key_hash};
use vestibule_database::{Connection, Error};
use vestibule_rbac::Permissions;

use crate::directory::directory_policies;
use crate::queries::program::{self, Found};
use crate::{Actor, Client, Context, Flows};

/// A program with an API key.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiKeyCaller {
    /// The key's id.
    pub id: ApiKeyId,
    /// What it may do.
    pub permissions: Permissions,
}

impl ApiKeyCaller {
    /// The actor for flows, where the key is that of a directory.
    pub fn directory_context(&self, client: Client) -> Context {
        Context { actor: Actor::Directory(self.id), client, has_fresh_proof: false }
    }

    /// The actor for flows. A program proves nothing about a person.
    pub fn context(&self, client: Client) -> Context {
        Context { actor: Actor::ApiKey(self.id), client, has_fresh_proof: false }
    }
}

impl Flows {
    /// Identifies the program of an API key. Returns `None` if the key is not genuine, is revoked or expired, or its
    /// creator is locked or deleted. Records the use, to the minute.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn identify_api_key(&self, key: &str) -> Result<Option<ApiKeyCaller>, Error> {
        let Some(hash) = api_key_hash(key) else {
            return Ok(None);
        };
        let of = |hash| (ApiKeyKind::Secret, hash);
        let mut found = program::find_by_token(&self.database, of(hash), self.environment.now()).await?;
        if found.is_none() && self.auth.adopt_imported_api_key(key).await? {
            found = program::find_by_token(&self.database, of(hash), self.environment.now()).await?;
        }
        let Some(Found { program, last_used_at, .. }) = found else {
            return Ok(None);
        };
        self.auth.touch_api_key(program.id, last_used_at).await;
        Ok(Some(program))
    }

    /// Identifies the directory of a SCIM key, as [`Flows::identify_api_key`] does for programs. Its permissions are the
    /// ceiling of what it may give, and of whom it may act on. A key whose maker may no longer do what a directory does opens
    /// nothing.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn identify_directory(&self, key: &str) -> Result<Option<ApiKeyCaller>, Error> {
        let Some(hash) = scim_key_hash(key) else {
            return Ok(None);
        };
        let key = (ApiKeyKind::Scim, hash);
        let Some(found) = program::find_by_token(&self.database, key, self.environment.now()).await? else {
            return Ok(None);
        };
        if found.maker.is_some_and(|maker| !maker.covers(&directory_policies())) {
            return Ok(None);
        }
        self.auth.touch_api_key(found.program.id, found.last_used_at).await;
        Ok(Some(found.program))
    }

    /// Finds the program of a key's id, as it is at this moment.
    pub(crate) async fn find_api_key_caller(
        &self,
        connection: impl Into<Connection<'_>>,
        id: &str,
    ) -> Result<Option<ApiKeyCaller>, Error> {
        let found = program::find_by_id(connection, id, self.environment.now()).await?;
        Ok(found.map(|found| found.program))
    }
}
