//! Changing the e-mail address of a user: the new address confirms, the old one is notified and can revert it
//! (security.md 45).
//!
//! - `request`: the user, or an administrator, requests the change; a link is mailed to the new address
//! - `confirm`: the user uses the link, and the change takes effect
//! - `revert`: the link in the mail to the old address is used
//! - `apply`: what these have in common, and the change that the operator makes directly

mod apply;
mod confirm;
mod request;
mod revert;

pub use apply::ChangeEmailError;
pub use confirm::{Confirmer, EmailChangePreview};
pub use request::RequestEmailChangeError;
