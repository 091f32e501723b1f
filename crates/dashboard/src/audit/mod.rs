//! `/app/audit`: the audit log.
//!
//! - `list`: the entries, and their export
//! - `sentence`: what an entry says; `names`: of whom; `changes`: the values before and after

mod changes;
pub(crate) mod list;
mod names;
mod sentence;

pub(crate) use self::names::Names;
pub(crate) use self::sentence::{Part, sentence};
