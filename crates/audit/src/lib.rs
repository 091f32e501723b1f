//! Who did what to whom, from where: an entry in the transaction in which it was done.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! use vestibule_audit::{Action, AuditLog, MIGRATIONS, NewEntry};
//! use vestibule_core::Environment;
//!
//! database.migrate(&[MIGRATIONS]).await?;
//! let audit = AuditLog::new(database.clone(), Environment::system());
//!
//! let mut transaction = database.begin().await?;
//! let entry = NewEntry::new(Action::UserLocked, ("operator", None), ("user", "user_01J…"));
//! let id = audit.record_within(&mut transaction, entry).await?;
//! transaction.commit().await?;
//! assert_eq!(audit.retrieve(id).await?.action, Action::UserLocked);
//! # Ok(())
//! # }
//! ```
//!
//! - [`AuditLog`]: the service
//! - [`Action`]: the actions
//! - [`NewEntry`]: writing an entry
//! - [`Entry`], [`AuditLog::list_page`]: listing entries
//!
//! - [`AuditLog::delete_before`], [`AuditLog::erase_within`]: what age and the law take from the log
//!
//! Apart from these two, an entry is never changed or deleted. Not here: what is audited (`flows`), and who may
//! read it (`api`).

mod action;
mod delete;
mod dump;
mod entry;
mod erase;
mod list;
mod module;
mod record;

pub use action::Action;
pub use dump::DUMPED;
pub use entry::{AuditField, Entry, EntryId};
pub use list::RetrieveEntryError;
pub use module::{AuditLog, MIGRATIONS};
pub use record::NewEntry;
