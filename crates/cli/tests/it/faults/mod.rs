//! Failures (security.md 33 and 34): what was acknowledged exists, nothing is half done, and clients that cannot be
//! served get a quick refusal.

mod check;
mod closed;
#[cfg(target_os = "linux")]
mod full;
mod killed;
mod killed_import;
mod ledger;
mod load;
mod outage;
mod silence;
