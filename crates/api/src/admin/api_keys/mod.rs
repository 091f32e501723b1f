//! `/admin/api-keys`.

pub(crate) mod create;
pub(crate) mod delete;
mod kind;
pub(crate) mod list;
pub(crate) mod retrieve;
pub(crate) mod revoke;
pub(crate) mod update;

use vestibule_auth::api_keys::{ApiKeyId, RetrieveApiKeyError};

/// Parses the id in a path. Other text is reported as an unknown key.
fn id(text: &str) -> Result<ApiKeyId, RetrieveApiKeyError> {
    text.parse().map_err(|_| RetrieveApiKeyError::NotFound { id: text.to_owned() })
}
