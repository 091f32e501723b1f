//! Users, invites, roles, policies, API keys, the audit log, webhooks, deliveries and events, for signed-in callers.

pub(crate) mod api_keys;
pub(crate) mod audit;
pub(crate) mod deliveries;
pub(crate) mod events;
pub(crate) mod invites;
pub(crate) mod rbac;
pub(crate) mod relations;
pub(crate) mod users;
pub(crate) mod webhooks;
