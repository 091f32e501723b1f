//! `/app/roles`: who may do what.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod grid;
pub(crate) mod list;
