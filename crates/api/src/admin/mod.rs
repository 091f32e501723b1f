//! Users, invites, roles, policies, API keys, the audit log, and what is told to people and programs, for those who are in.

pub(crate) mod api_keys;
pub(crate) mod audit;
pub(crate) mod deliveries;
pub(crate) mod events;
pub(crate) mod invites;
pub(crate) mod rbac;
mod relations;
pub(crate) mod users;
pub(crate) mod webhooks;
