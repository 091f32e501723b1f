//! `/auth/mfa/factors`.

pub(crate) mod delete;
pub(crate) mod list;
pub(crate) mod rename;
pub(crate) mod start;
pub(crate) mod verify;

use vestibule_auth::MfaFactorId;
use vestibule_auth::mfa::RetrieveMfaError;

/// Parses the id in a path. Other text is reported as an unknown factor.
pub(crate) fn id(text: &str) -> Result<MfaFactorId, RetrieveMfaError> {
    text.parse().map_err(|_| RetrieveMfaError::NotFound(text.to_owned()))
}
