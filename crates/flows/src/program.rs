//! Who is behind a request that shows an API key.

use vestibule_auth::api_keys::ApiKeyId;
use vestibule_database::Error;
use vestibule_rbac::Permissions;

use crate::{Actor, By, Client, Flows};

/// A program with an API key.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// The key's id.
    pub id: ApiKeyId,
    /// What it may do.
    pub permissions: Permissions,
}

impl Program {
    /// Who it is to the flows.
    pub fn by(&self, client: Client) -> By {
        By { actor: Actor::ApiKey(self.id), client }
    }
}

impl Flows {
    /// Whose API key this is; nobody's where it is not genuine, was revoked or is over.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn identify_program(&self, _key: &str) -> Result<Option<Program>, Error> {
        // Interim: the slice `sessions` looks it up, with its roles, in one query.
        Ok(None)
    }
}
