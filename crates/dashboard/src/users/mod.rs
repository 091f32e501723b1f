//! `/app/users`: the users.

pub(crate) mod access;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod email;
pub(crate) mod export;
pub(crate) mod list;
pub(crate) mod lock;
pub(crate) mod many;
pub(crate) mod metadata_form;
pub(crate) mod profile_form;
pub(crate) mod roles;
pub(crate) mod show;
