//! From which devices somebody signs in: one that his account has not been seen on is told by the event
//! `auth.new_device`, so that he can be warned.
//!
//! What a device says of itself proves nothing, and nothing is decided by it: nobody is kept out. A device is known by what
//! its program calls itself, whatever its version, and by the network that it comes from (`mark.rs`). It is noted in the
//! transaction in which a whole session begins (`note.rs`), and forgotten when it has not been seen for 400 days. The first
//! device of an actor is told to nobody: he has just come in. That of a session whose owner has yet to verify his address is
//! told as any other: whoever begins it knows his password.
//!
//! Not here: how a device is named to people (`sessions/device.rs`), and the mail.

mod mark;
mod note;

pub(crate) use self::note::REMEMBERED;
