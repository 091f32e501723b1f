//! Passwords.

mod nist;
mod reset;
