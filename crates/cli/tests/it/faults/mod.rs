//! What must hold when something breaks (security.md 33 and 34): what was acknowledged is there, nothing is half done,
//! and who cannot be served is told so quickly.

mod check;
mod closed;
#[cfg(target_os = "linux")]
mod full;
mod killed;
mod ledger;
mod load;
mod outage;
mod silence;
