//! Invites: created, previewed, accepted, renewed, repeated, and listed as a caller may see them.

mod accept;
mod create;
mod list;
mod preview;
mod renew;
mod repeat;
mod user;

pub use accept::{AcceptInvite, AcceptInviteError, InvitePasskeyError};
pub use create::{InviteError, NewInvite};
pub use preview::{InvitePreview, Inviter, PreviewInviteError};
pub use user::InviteUserError;
