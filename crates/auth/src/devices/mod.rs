//! The devices from which users sign in: the event `auth.new_device` reports a new one, to warn the owner.
//!
//! A device's claims prove nothing, and decide nothing: no one is locked out. A device is identified by its user agent,
//! in any version, and by the network of its address (`mark.rs`). It is recorded in the transaction in which a whole
//! session begins (`note.rs`), and forgotten when it has not been seen for 400 days. The first device of an actor is
//! not reported: they have just joined. That of a session whose owner has yet to verify an address is reported as any
//! other: its beginner has the password.
//!
//! Not here: the displayed name of a device (`sessions/device.rs`), and the mail.

mod mark;
mod note;

pub(crate) use self::note::REMEMBERED;
