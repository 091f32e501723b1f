//! Setting a new password by a token that was sent to the owner's address.
//!
//! - `request`: who gets a token, and what is told of it
//! - `token`: what it says
//! - `redeem`: what it is good for, once
//! - `opaque`: tokens for programs that send and redeem resets on their own
//!
//! An identity has one token at most: a newer one takes the older one's place. Of the token the database holds a hash.

mod opaque;
mod redeem;
mod request;
mod token;

use sha2::{Digest, Sha256};

pub use self::opaque::{
    ConsumePasswordResetToken, ConsumedPasswordResetToken, CreatePasswordResetToken, PasswordResetToken,
    PasswordResetTokenError,
};
pub use self::redeem::{PendingReset, ResetPasswordError};
pub use self::request::{PasswordOwner, PasswordReset, RequestPasswordReset};
pub use self::token::ResetClaims;

/// What the database holds of a token.
fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
