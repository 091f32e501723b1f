//! `/app/webhooks`: endpoints that receive events.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod edit;
mod fields;
pub(crate) mod list;
pub(crate) mod secret;
pub(crate) mod sending;
