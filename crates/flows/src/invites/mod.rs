//! Invites: created, previewed, accepted, renewed, and listed as a caller may see them.

mod accept;
mod create;
mod list;
mod preview;
mod renew;

pub use accept::{AcceptInvite, AcceptInviteError};
pub use create::{InviteError, NewInvite};
pub(crate) use list::grants_of_invites;
pub use preview::{InvitePreview, Inviter, PreviewInviteError};
