//! Sessions that are looked at and ended: one's own, and, by whoever may, somebody else's.

mod cookie;
mod end;
mod list;

pub use self::end::EndSessionError;
