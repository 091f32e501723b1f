//! What the program `vestibule` reads before it does anything: its [`configuration`].
//!
//! A library beside the program, so that tests and documents read the same table of settings. To embed Vestibule, use the
//! crate `vestibule`.

pub mod configuration;
