//! Limits of guessing (security.md 10 and 11).

mod at_once;
mod counted;
