//! `/auth/verification/*`: whether an address is its owner's.

pub(crate) mod confirm;
pub(crate) mod request;
