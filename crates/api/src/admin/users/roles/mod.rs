//! `/admin/users/{id}/roles`.

pub(crate) mod assign;
pub(crate) mod list;
pub(crate) mod remove;
pub(crate) mod remove_one;
