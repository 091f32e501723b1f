//! Who did what to whom, from where: an entry in the transaction in which it was done.
//!
//! ```
//! # async fn example(audit: vestibule_audit::AuditLog, database: vestibule_database::Database)
//! #     -> Result<(), vestibule_database::Error> {
//! use vestibule_audit::{Action, NewEntry};
//!
//! let mut transaction = database.begin().await?;
//! let entry = NewEntry::new(Action::UserLocked, ("operator", None), ("user", "user_01J…"));
//! audit.record_within(&mut transaction, entry).await?;
//! transaction.commit().await
//! # }
//! ```
//!
//! - [`AuditLog`]: the service
//! - [`Action`]: the actions
//! - [`record`]: writing an entry
//! - [`list`]: listing entries, and reading all that match
//!
//! An entry is never changed, and nothing here deletes one. Not here: what is audited (`flows`), and who may
//! read it (`api`).

mod action;
mod entry;
pub mod list;
mod module;
pub mod record;

pub use action::Action;
pub use entry::{AuditField, Entry, EntryId};
pub use list::{Export, RetrieveEntryError};
pub use module::{AuditLog, MIGRATIONS};
pub use record::NewEntry;
