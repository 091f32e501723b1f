//! Challenges.

mod create;
mod verify;
