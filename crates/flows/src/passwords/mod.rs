//! Passwords: changed by a user who knows the old one, and reset for one who has lost it.
//!
//! - `request_reset`: the user requests a reset, and receives mail
//! - `issue_reset`: an administrator requests it, and hands the token on or has it sent
//! - `redeem_reset`: the password is set
//! - `second_factor`: whether the password is the only factor, and so how long it is at least

mod change;
mod issue_reset;
mod redeem_reset;
mod request_reset;
mod second_factor;

pub use issue_reset::IssueResetError;
pub(crate) use redeem_reset::names;
pub(crate) use request_reset::RESPONSE_TIME;
pub use request_reset::RequestResetError;
