//! Shared helpers of Vestibule's tests. A dev-dependency only.
//!
//! - [`databases`]: runs the same test on both engines, each time on a fresh database
//! - [`postgres`]: PostgreSQL alone: databases, and whole servers that a test may break
//! - [`clock`]: time and randomness under the test's control
//! - [`proxy`]: a connection to a server that a test can cut
//! - `authenticator`: passkeys in memory, behind the feature of that name
//! - [`assert_reads_index`]: what a database's plan of a list must be
//! - [`polling`]: cancels a future half-way
//! - [`mod@sources`]: the workspace's sources, for tests of what may be written where

#[cfg(feature = "authenticator")]
pub mod authenticator;
pub mod clock;
pub mod databases;
mod plans;
pub mod polling;
pub mod postgres;
pub mod proxy;
pub mod sources;

pub use clock::{SeededRandom, TestClock, test_environment};
pub use databases::{SetUp, TestDatabase};
pub use plans::assert_reads_index;
pub use sources::sources;
