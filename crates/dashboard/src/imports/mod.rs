//! `/app/import`: users from a table, step by step: upload, columns, dry run, import, report.
//!
//! Only callers who may do everything see these pages. An import gives any role and changes any user, in a task that outlives the
//! request: there is no smaller permission with which that could give no one more than they have.

pub(crate) mod check;
pub(crate) mod discard;
pub(crate) mod list;
mod problems;
pub(crate) mod report;
pub(crate) mod show;
pub(crate) mod start;
pub(crate) mod undo;
pub(crate) mod upload;
