//! Writing the users that an import brings, and undoing it.
//!
//! Users keep their ids and times, and no event is recorded: a directory that moves in sends no mails. The caller has looked for what
//! is there already ([`crate::UserModule::find_present_within`]).
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! # database.migrate(&[vestibule_outbox::MIGRATIONS, vestibule_user::MIGRATIONS]).await?;
//! # let key = vestibule_core::SigningKey::new(b"a secret of at least 32 random bytes");
//! # let environment = vestibule_core::Environment::system();
//! # let users = vestibule_user::UserModule::new(database.clone(), environment, vestibule_user::UserOptions::new(key));
//! use vestibule_user::imports::ImportUser;
//!
//! let created_at = "2020-02-02T12:00:00Z".parse()?;
//! let user = ImportUser {
//!     id: "user_01JDMX5R4Z9WQ0H3T2B7K8N6VC".parse()?,
//!     email: "ada@example.com".parse()?,
//!     is_as_written: false,
//!     first_name: Some("Ada".to_owned()),
//!     last_name: None,
//!     avatar_url: None,
//!     phone: None,
//!     metadata: None,
//!     has_second_factor: false,
//!     locked_at: None,
//!     created_at,
//!     updated_at: created_at,
//!     deleted_at: None,
//! };
//! let mut transaction = database.begin().await?;
//! users.import_users_within(&mut transaction, [&user]).await?;
//! transaction.commit().await?;
//! assert_eq!(users.retrieve_user(user.id).await?.created_at, created_at);
//! # Ok(())
//! # }
//! ```

mod forget;
mod present;
mod user;

pub use self::present::{PresentUsers, SoughtUsers};
pub use self::user::{Adapted, ImportUser};
