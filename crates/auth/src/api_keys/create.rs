//! Creating API keys.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use vestibule_core::{DomainError, Timestamp};
use vestibule_database::{Error, Transaction, in_kind, transaction, values};

use super::{ApiKey, ApiKeyKind, ApiKeyToken, InvalidTitle, columns, title};
use crate::AuthModule;

/// A key to be created.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CreateApiKey {
    /// The title.
    pub title: String,
    /// Secret or publishable.
    pub kind: ApiKeyKind,
    /// When it expires; `None` for never.
    pub expires_at: Option<Timestamp>,
    /// The user, or the API key, that creates it.
    pub created_by: Option<String>,
}

/// A key that was just created, with its token, which is returned only now if it is secret.
#[derive(Debug, Clone, PartialEq)]
pub struct CreatedApiKey {
    /// The key.
    pub key: ApiKey,
    /// Its token.
    pub token: ApiKeyToken,
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for CreatedApiKey {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        ApiKey::schema()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for CreatedApiKey {
    fn name() -> std::borrow::Cow<'static, str> {
        ApiKey::name()
    }

    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>) {
        ApiKey::schemas(schemas);
    }
}

/// Serialized as the key, with its `token`.
impl Serialize for CreatedApiKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let serde_json::Value::Object(fields) = serde_json::to_value(&self.key).map_err(serde::ser::Error::custom)?
        else {
            return Err(serde::ser::Error::custom("a key is an object"));
        };
        let mut map = serializer.serialize_map(Some(fields.len()))?;
        for (name, value) in &fields {
            match name.as_str() {
                "token" => map.serialize_entry(name, self.token.reveal())?,
                name => map.serialize_entry(name, value)?,
            }
        }
        map.end()
    }
}

/// Why a key was not created.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum CreateApiKeyError {
    /// The title is invalid.
    #[error(transparent)]
    Title(#[from] InvalidTitle),
    /// It would be expired before its first use.
    #[error("expires_at is not in the future")]
    #[kind(InvalidData, code = "expiry_past")]
    Expired,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl AuthModule {
    /// Creates a key. This is the only time that the token of a secret key is returned.
    ///
    /// # Errors
    ///
    /// [`CreateApiKeyError`].
    pub async fn create_api_key(&self, create: &CreateApiKey) -> Result<CreatedApiKey, CreateApiKeyError> {
        transaction!(self.database, |transaction| self.create_api_key_within(transaction, create).await)
    }

    /// Creates a key within a transaction.
    ///
    /// # Errors
    ///
    /// [`CreateApiKeyError`]; the transaction must then be rolled back.
    pub async fn create_api_key_within(
        &self,
        transaction: &mut Transaction,
        create: &CreateApiKey,
    ) -> Result<CreatedApiKey, CreateApiKeyError> {
        title::check(&create.title)?;
        let now = self.environment.now();
        if create.expires_at.is_some_and(|time| time <= now) {
            return Err(CreateApiKeyError::Expired);
        }
        let token = ApiKeyToken::new(&self.environment, create.kind);
        let publishable_token = (create.kind == ApiKeyKind::Publishable).then(|| token.reveal().to_owned());
        let redacted = token.redacted();
        let key: Option<ApiKey> = transaction
            .query_optional(
                concat!(
                    "INSERT INTO auth_api_keys (id, title, token_hash, redacted, created_by, expires_at, search_text,
                         created_at, updated_at, type, publishable_token)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10) RETURNING ",
                    columns!()
                ),
                values![
                    self.environment.id::<super::ApiKeyId>(),
                    &create.title,
                    token.hash(),
                    &redacted,
                    &create.created_by,
                    create.expires_at,
                    title::search_text(&create.title, &redacted),
                    now,
                    create.kind,
                    publishable_token,
                ],
            )
            .await?;
        let key = in_kind::<ApiKey, ApiKey, _>(key.into_iter().collect())?;
        Ok(CreatedApiKey { key, token })
    }
}
