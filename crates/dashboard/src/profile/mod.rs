//! `/app/profile`: oneself.

pub(crate) mod factor;
pub(crate) mod password;
pub(crate) mod sessions;
pub(crate) mod show;
