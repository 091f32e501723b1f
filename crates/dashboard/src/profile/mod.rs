//! `/app/profile`: the signed-in user.

pub(crate) mod email;
pub(crate) mod factor;
pub(crate) mod methods;
pub(crate) mod password;
pub(crate) mod sessions;
pub(crate) mod show;
