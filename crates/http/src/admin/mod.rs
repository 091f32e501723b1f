//! Users, invites, roles and policies, for those who are in.

pub(crate) mod invites;
pub(crate) mod rbac;
pub(crate) mod users;
