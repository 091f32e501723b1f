//! Finding keys with their roles.

use std::collections::HashMap;

use vestibule_auth::api_keys::{ApiKey, ApiKeyField, ApiKeyId, RetrieveApiKeyError};
use vestibule_core::{Filter, FindConfig, Page, Value};
use vestibule_database::{Connection, Error, FromRow};
use vestibule_rbac::RoleId;

use super::WithRoles;
use crate::Flows;

#[derive(FromRow)]
struct Held {
    #[row(column = "subject_id")]
    key: String,
    #[row(column = "role_id")]
    role: RoleId,
}

impl Flows {
    /// Finds the keys that match, and counts all that would without skip and take.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_api_keys(
        &self,
        filter: &Filter<ApiKeyField>,
        find: &FindConfig<ApiKeyField>,
    ) -> Result<Page<WithRoles<ApiKey>>, Error> {
        let (keys, count) = self.auth.list_and_count_api_keys(filter, find).await?;
        Ok((self.with_roles(&self.database, keys).await?, count))
    }

    /// Finds the key of this id.
    ///
    /// # Errors
    ///
    /// [`RetrieveApiKeyError`].
    pub async fn retrieve_api_key(&self, id: ApiKeyId) -> Result<WithRoles<ApiKey>, RetrieveApiKeyError> {
        let key = self.auth.retrieve_api_key(id).await?;
        let roles = self.rbac.role_ids_of(&self.database, &id.to_string()).await?;
        Ok(WithRoles { key, roles })
    }

    /// The roles of many keys, in one query.
    async fn with_roles(
        &self,
        connection: impl Into<Connection<'_>>,
        keys: Vec<ApiKey>,
    ) -> Result<Vec<WithRoles<ApiKey>>, Error> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Value> = keys.iter().map(|key| key.id.into()).collect();
        let places: Vec<String> = (1..=ids.len()).map(|place| format!("${place}")).collect();
        let text = format!(
            "SELECT assignment.subject_id AS subject_id, role.id AS role_id FROM rbac_assignments assignment
             JOIN rbac_roles role ON role.id = assignment.role_id
             WHERE role.deleted_at IS NULL AND assignment.subject_id IN ({})
             ORDER BY assignment.created_at, role.id",
            places.join(", ")
        );
        let mut roles: HashMap<String, Vec<RoleId>> = HashMap::new();
        for Held { key, role } in connection.into().query::<Held>(text, &ids).await? {
            roles.entry(key).or_default().push(role);
        }
        let with_roles = |key: ApiKey| {
            let roles = roles.remove(&key.id.to_string()).unwrap_or_default();
            WithRoles { key, roles }
        };
        Ok(keys.into_iter().map(with_roles).collect())
    }
}
