//! Writing what an import brings: identities with their second factors, recovery codes and verifications, and API keys.
//!
//! Other than what is created here, everything keeps its ids and times, and no event is recorded. The caller has looked for what
//! is there already ([`crate::AuthModule::find_present_within`]).
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
//! use vestibule_auth::AuthInput;
//! use vestibule_auth::imports::{ImportIdentity, ImportProviderIdentity};
//!
//! // The SHA-1 of "test", as a directory has it.
//! let part = ImportProviderIdentity {
//!     provider: "emailpass".to_owned(),
//!     entity_id: "user@example.com".to_owned(),
//!     entity_canonical: "user@example.com".to_owned(),
//!     password_hash: Some("{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=".to_owned()),
//!     ..ImportProviderIdentity::default()
//! };
//! let actors = vec![("user".to_owned(), "user_01J…".to_owned())];
//! let identity = ImportIdentity { actors, provider_identities: vec![part], ..ImportIdentity::default() };
//! let mut transaction = database.begin().await?;
//! let ids = auth.import_identities_within(&mut transaction, [&identity]).await?;
//! transaction.commit().await?;
//!
//! let input = AuthInput::body([("email", "user@example.com"), ("password", "test")]);
//! assert_eq!(auth.authenticate("emailpass", &input).await?.identity()?.id, ids[0]);
//! # Ok(())
//! # }
//! ```

mod api_key;
mod forget;
mod identity;
mod present;

pub use self::api_key::{ImportApiKey, ImportedToken};
pub use self::identity::{
    ImportFactor, ImportIdentity, ImportProviderIdentity, ImportRecoveryCode, ImportVerification,
};
pub use self::present::{PresentIdentities, Sought};
