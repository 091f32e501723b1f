//! `/admin/events`, which the reference lacks: the feed of events, in the order of their commits.

pub(crate) mod list;
