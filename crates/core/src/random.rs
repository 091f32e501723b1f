//! Randomness, which is passed in like the time.
//!
//! ```
//! use std::sync::Arc;
//! use vestibule_core::{Environment, Random};
//! use vestibule_core::time::SystemClock;
//!
//! /// For a test that needs the same bytes each time.
//! struct Sevens;
//!
//! impl Random for Sevens {
//!     fn fill(&self, bytes: &mut [u8]) {
//!         bytes.fill(7);
//!     }
//! }
//!
//! let environment = Environment::new(Arc::new(SystemClock), Arc::new(Sevens));
//! assert_eq!(environment.random_bytes(), [7; 16]);
//! ```

use rand::TryRng;

/// A source of random bytes.
pub trait Random: Send + Sync {
    /// Fills `bytes` with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's generator, the only one suitable for secrets.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::panic, reason = "without randomness no secret can be made; stopping is safer than continuing")]
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = rand::rngs::SysRng.try_fill_bytes(bytes) {
            panic!("the operating system returns no random bytes: {error}");
        }
    }
}
