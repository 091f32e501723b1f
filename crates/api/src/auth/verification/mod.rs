//! `/auth/verification/*`: verifies that an address belongs to the caller.

pub(crate) mod confirm;
pub(crate) mod request;
