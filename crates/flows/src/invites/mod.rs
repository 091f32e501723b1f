//! Invites: created, previewed, accepted, renewed, and listed as a caller may see them.

mod accept;
mod create;
mod list;
mod preview;
mod renew;

pub use accept::{AcceptInvite, AcceptInviteError, InvitePasskeyError};
pub use create::{InviteError, NewInvite};
pub use preview::{InvitePreview, Inviter, PreviewInviteError};
