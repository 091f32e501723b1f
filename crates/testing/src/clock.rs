//! Time and randomness under the test's control.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use vestibule_core::random::Random;
use vestibule_core::{Clock, Environment, Timestamp};

/// 2026-11-22T09:30:00Z, the start of every [`TestClock`].
pub const START: Timestamp = Timestamp::from_seconds(1_795_339_800);

/// A clock that stands still until the test moves it. Clones share one time.
#[derive(Debug, Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// Creates a clock that stands at this time.
    pub fn at(moment: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(moment.as_microseconds())))
    }

    /// Sets the time, also backwards.
    pub fn set(&self, moment: Timestamp) {
        self.0.store(moment.as_microseconds(), Ordering::SeqCst);
    }

    /// Moves the time forward.
    pub fn advance(&self, duration: Duration) {
        self.set(self.now() + duration);
    }
}

impl Default for TestClock {
    fn default() -> Self {
        Self::at(START)
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microseconds(self.0.load(Ordering::SeqCst))
    }
}

/// Randomness that is the same in every run. Not for secrets.
#[derive(Debug)]
pub struct SeededRandom(Mutex<StdRng>);

impl SeededRandom {
    /// Creates the sequence of this seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }
}

/// Returns an environment with the clock that controls it, and randomness that is the same in every run.
pub fn test_environment() -> (Environment, TestClock) {
    let clock = TestClock::default();
    (Environment::new(Arc::new(clock.clone()), Arc::new(SeededRandom::new(1))), clock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_set_by_the_test() {
        let (environment, clock) = test_environment();
        assert_eq!(environment.now().to_string(), "2026-11-22T09:30:00.000Z");
        clock.advance(Duration::from_millis(1));
        assert_eq!(environment.now().to_string(), "2026-11-22T09:30:00.001Z");
        clock.set(START);
        assert_eq!(environment.now(), START);
    }

    #[test]
    fn randomness_is_the_same_in_every_run_but_varies_within_one() {
        let ((one, _), (other, _)) = (test_environment(), test_environment());
        let (first, second): ([u8; 16], [u8; 16]) = (one.random_bytes(), one.random_bytes());
        assert_ne!(first, second);
        assert_eq!((first, second), (other.random_bytes(), other.random_bytes()));
    }
}
