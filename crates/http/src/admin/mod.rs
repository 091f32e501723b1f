//! Users and invites, for those who are in.

pub(crate) mod invites;
pub(crate) mod users;
