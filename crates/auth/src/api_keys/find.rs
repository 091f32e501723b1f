//! Finding an API key by its token.

use vestibule_database::{Connection, Error, values};

use super::{ApiKey, api_key_hash, columns};
use crate::AuthModule;

impl AuthModule {
    /// Finds the secret key with this token, if it is valid at this moment: by one indexed lookup, or none if the text
    /// has not the form of a key.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_api_key_by_token(
        &self,
        connection: impl Into<Connection<'_>>,
        token: &str,
    ) -> Result<Option<ApiKey>, Error> {
        let Some(hash) = api_key_hash(token) else {
            return Ok(None);
        };
        let text = concat!(
            "SELECT ",
            columns!(),
            " FROM auth_api_keys
             WHERE token_hash = $1 AND type = 'secret' AND deleted_at IS NULL"
        );
        let found: Option<ApiKey> = connection.into().query_optional(text, values![hash]).await?;
        let now = self.environment.now();
        Ok(found.filter(|key| key.is_good(now)))
    }
}
