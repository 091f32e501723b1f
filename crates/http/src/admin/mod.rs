//! Users, invites and API keys, for those who are in.

pub(crate) mod api_keys;
pub(crate) mod invites;
pub(crate) mod users;
