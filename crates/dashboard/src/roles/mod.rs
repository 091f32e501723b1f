//! `/app/roles`: the roles.

pub(crate) mod allows;
pub(crate) mod choices;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod grid;
pub(crate) mod list;
