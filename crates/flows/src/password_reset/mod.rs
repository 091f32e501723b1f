//! A new password for somebody who has lost his.
//!
//! - `request`: he asks for it himself, and gets mail
//! - `issue`: an administrator asks for it, and hands the token on or has it sent
//! - `redeem`: the password is set

mod issue;
mod redeem;
mod request;

pub use issue::IssueResetError;
pub(crate) use redeem::names;
pub use request::RequestResetError;
