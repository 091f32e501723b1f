//! Users, invites and the audit log, for those who are in.

pub(crate) mod audit;
pub(crate) mod invites;
pub(crate) mod users;
