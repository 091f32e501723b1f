//! Passwords.

mod reset;
