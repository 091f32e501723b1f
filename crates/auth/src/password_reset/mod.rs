//! Setting a new password by a token that was sent to the owner's address.
//!
//! - `request`: who receives a token
//! - `token`: its claims
//! - `redeem`: its use, once
//! - `opaque`: tokens for programs that send and redeem resets on their own
//!
//! An identity has one token at most: a newer one replaces the older one. The database holds the hash of the token.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! # database.migrate(&[vestibule_outbox::MIGRATIONS, vestibule_auth::MIGRATIONS]).await?;
//! # let options = vestibule_auth::AuthOptions::new(vestibule_core::SigningKey::new(b"a secret of at least 32 random bytes"));
//! # let passwords = vestibule_auth::Passwords::start(vestibule_auth::PasswordConfig::fast_for_tests())?;
//! # let environment = vestibule_core::Environment::system();
//! # let auth = vestibule_auth::AuthModule::new(database.clone(), environment, options, passwords);
//! # let input = vestibule_auth::AuthInput::body([("email", "user@example.com"), ("password", "Lantern-trombone-42")]);
//! # let identity = auth.register("emailpass", &input).await?.identity()?;
//! # let mut transaction = database.begin().await?;
//! # auth.claim_identity_within(&mut transaction, identity.id, "user", "user_01J…").await?;
//! # transaction.commit().await?;
//! use vestibule_auth::password_reset::{ConsumePasswordResetToken, CreatePasswordResetToken};
//!
//! // A user signs in with this address. Your program sends the link.
//! let (provider, entity_id) = ("emailpass", "user@example.com");
//! let create = CreatePasswordResetToken { provider, entity_id, lifetime: None };
//! let token = auth.create_password_reset_token(&create).await?;
//!
//! let consume = ConsumePasswordResetToken { jti: &token.jti, provider, entity_id };
//! assert_eq!(auth.consume_password_reset_token(&consume).await?.auth_identity_id, identity.id);
//! assert!(auth.consume_password_reset_token(&consume).await.is_err(), "a token works once");
//! # Ok(())
//! # }
//! ```

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
