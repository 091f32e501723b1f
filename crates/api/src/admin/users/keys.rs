//! `revoke_api_keys=true`: what happens to the API keys of a user who is locked or deleted.

use vestibule_flows::TheirKeys;

use crate::openapi::QueryParameter;
use crate::request::{InvalidRequest, Parameter, Query};

/// The parameter in the document.
pub(super) const PARAMETERS: &[QueryParameter] = &[QueryParameter::flag(
    "revoke_api_keys",
    "Whether to revoke them, which requires `api_key:update`. By default they keep working.",
)];

/// Removes the parameter from a query. By default the keys keep working, as in the reference.
pub(super) fn take(query: &mut Query) -> Result<TheirKeys, InvalidRequest> {
    match query.remove("revoke_api_keys") {
        None => Ok(TheirKeys::Keep),
        Some(Parameter::Text(text)) if text == "true" => Ok(TheirKeys::Revoke),
        Some(Parameter::Text(text)) if text == "false" => Ok(TheirKeys::Keep),
        Some(other) => {
            let got: String = other.to_string().chars().take(100).collect();
            let message = format!("Expected type: 'boolean' for field 'revoke_api_keys', got: '{got}'");
            Err(InvalidRequest::new(message))
        }
    }
}
