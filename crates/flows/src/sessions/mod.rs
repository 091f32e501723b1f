//! Sessions are listed and ended: the caller's own, and, with permission, those of others.

mod cookie;
mod end;
mod list;

pub use self::end::EndSessionError;
