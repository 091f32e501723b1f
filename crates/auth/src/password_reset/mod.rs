//! Setting a new password by a token that was sent to the owner's address.
//!
//! - `request`: who receives a token
//! - `token`: its claims
//! - `redeem`: its use, once
//! - `opaque`: tokens for programs that send and redeem resets on their own
//!
//! An identity has one token at most: a newer one replaces the older one. The database holds the hash of the token.

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

/// The stored hash of a token.
fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
