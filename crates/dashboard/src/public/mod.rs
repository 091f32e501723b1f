//! Pages for visitors who are not signed in: setup, sign-in, invitations, passwords.

pub(crate) mod code;
pub(crate) mod confirm;
pub(crate) mod email;
pub(crate) mod factor;
pub(crate) mod failed;
pub(crate) mod invitation;
pub(crate) mod language;
pub(crate) mod link;
pub(crate) mod login;
pub(crate) mod passkey;
pub(crate) mod password;
pub(crate) mod provider;
pub(crate) mod setup;
pub(crate) mod sign_up;
pub(crate) mod strength;
pub(crate) mod verify;
