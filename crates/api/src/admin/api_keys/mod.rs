//! `/admin/api-keys`.

pub(crate) mod create;
pub(crate) mod delete;
mod kind;
pub(crate) mod list;
pub(crate) mod retrieve;
pub(crate) mod revoke;
pub(crate) mod update;

use vestibule_auth::api_keys::{ApiKeyId, RetrieveApiKeyError};

/// Reads the id of a path. What is no key's id is the id of none.
fn id(text: &str) -> Result<ApiKeyId, RetrieveApiKeyError> {
    text.parse().map_err(|_| RetrieveApiKeyError::NotFound { id: text.to_owned() })
}
