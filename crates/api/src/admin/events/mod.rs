//! `/admin/events`: what happened, in the order in which it was committed. The reference has none.

pub(crate) mod list;
