//! `/app/invites`: the invites.

pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod export;
pub(crate) mod list;
pub(crate) mod many;
pub(crate) mod preview;
