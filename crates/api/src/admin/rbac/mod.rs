//! `/admin/rbac`.

pub(crate) mod explain;
pub(crate) mod permissions;
pub(crate) mod policies;
pub(crate) mod roles;
