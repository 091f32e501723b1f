//! What Vestibule's tests share. A dev-dependency only: no crate of the product uses it.
//!
//! - [`databases`]: the same test on both engines, each time on a database of its own
//! - [`postgres`]: PostgreSQL by itself: databases, and whole servers that a test may break
//! - [`clock`]: time and chance under the test's control
//! - [`proxy`]: a wire between a program and its server, to be cut
//! - [`polling`]: a future that is given up half-way
//! - [`sources`]: the workspace's sources, for tests of what may be written where

pub mod clock;
pub mod databases;
pub mod polling;
pub mod postgres;
pub mod proxy;
pub mod sources;

pub use clock::{SeededRandom, TestClock, test_environment};
pub use databases::{SetUp, TestDatabase};
pub use sources::sources;
