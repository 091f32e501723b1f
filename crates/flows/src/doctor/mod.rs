//! What years have left behind: found, reported and repaired.
//!
//! Tables are examined a batch at a time, by the index of their key; what is found is counted, and a few are named. A repair looks again
//! in its own transaction, and the audit log has it.
//!
//! ```
//! use vestibule_flows::doctor::{Finding, FindingKind, sorted};
//!
//! let gone = Finding::new(FindingKind::IdentityWithoutUser).with(["user_1".to_owned(), "user_2".to_owned()]);
//! let findings = sorted([gone, Finding::new(FindingKind::HashWeak)]);
//! assert_eq!((findings.len(), findings[0].number), (1, 2));
//! assert!(findings[0].kind.is_repaired());
//! ```
//!
//! Not here: deliveries, webhooks, mails and indexes of all modules, which `vestibule_notify::Doctor` adds.

mod examine;
mod finding;
mod repair;

pub use self::finding::{Finding, FindingKind, NAMED, sorted};
