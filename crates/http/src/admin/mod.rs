//! Users, invites, roles, API keys and the audit log, for those who are in.
//! Users, invites, roles, policies and API keys, for those who are in.

pub(crate) mod api_keys;
pub(crate) mod audit;
pub(crate) mod invites;
pub(crate) mod rbac;
pub(crate) mod users;
