//! `/admin/rbac/roles/{id}/users`.

pub(crate) mod add;
pub(crate) mod list;
pub(crate) mod remove;
