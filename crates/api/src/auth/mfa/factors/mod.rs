//! `/auth/mfa/factors`.

pub(crate) mod delete;
pub(crate) mod list;
pub(crate) mod start;
pub(crate) mod verify;

use vestibule_auth::MfaFactorId;
use vestibule_auth::mfa::RetrieveMfaError;

/// Reads the id of a path. What is no factor's id is the id of none.
fn id(text: &str) -> Result<MfaFactorId, RetrieveMfaError> {
    text.parse().map_err(|_| RetrieveMfaError::NotFound(text.to_owned()))
}
