//! The [`configuration`] of the program `vestibule`.
//!
//! A library beside the program, so that tests and documents read the same table of settings. To embed Vestibule, use
//! the crate `vestibule`.

pub mod configuration;
