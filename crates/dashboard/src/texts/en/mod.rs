//! English.

pub(super) mod actions;
pub(super) mod details;
pub(super) mod done;
pub(super) mod findings;
pub(super) mod home;
pub(super) mod imports;
pub(super) mod pages;
pub(super) mod problems;
pub(super) mod reasons;
pub(super) mod times;
