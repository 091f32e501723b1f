//! Users, invites and the audit log, for those who are in.
//! Users, invites, roles and policies, for those who are in.

pub(crate) mod audit;
pub(crate) mod invites;
pub(crate) mod rbac;
pub(crate) mod users;
