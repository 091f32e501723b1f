//! The User Module: users, and the invites by which they join.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! use vestibule_core::{Environment, SigningKey};
//! use vestibule_user::{CreateInvite, CreateUser, MIGRATIONS, UserModule, UserOptions};
//!
//! database.migrate(&[vestibule_outbox::MIGRATIONS, MIGRATIONS]).await?;
//! let options = UserOptions::new(SigningKey::new(b"a secret of at least 32 random bytes"));
//! let users = UserModule::new(database, Environment::system(), options);
//!
//! let user = users.create_users(CreateUser::new("user@example.com".parse()?)).await?;
//! let invite = users.create_invites(CreateInvite::new("colleague@example.com".parse()?)).await?;
//! assert!(user.locked_at.is_none() && invite.token.is_some());
//! # Ok(())
//! # }
//! ```
//!
//! - [`UserModule`]: the service, with the reference's methods
//! - [`users`]: the users
//! - [`directory`]: what a directory (SCIM) keeps of users
//! - [`invites`]: who may join, until when, and by which token
//!
//! Every method that writes exists twice: alone, in a transaction of its own, and with `_within` at the end of its
//! name for a transaction that the caller holds. Every method that changes something records its event in the outbox
//! in the same transaction.
//!
//! Not here: passwords and sessions (the Auth Module), and what needs both modules (the flows).

mod counts;
pub mod directory;
mod dump;
mod first_link;
pub mod imports;
pub mod invites;
mod module;
pub mod users;

pub use counts::COUNTS;
pub use dump::DUMPED;
pub use invites::{CreateInvite, Invite, InviteField, InviteId, InviteState, UpdateInvite};
pub use module::{ChangedIds, MIGRATIONS, UserModule, UserOptions};
pub use users::{CreateUser, UpdateUser, User, UserField, UserId};
