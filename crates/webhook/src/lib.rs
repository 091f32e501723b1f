//! How events reach programs.
