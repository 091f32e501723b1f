//! The clock and the randomness, which are always passed in, and the ids made of both.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use ulid::Ulid;

use crate::id::Id;
use crate::random::SystemRandom;
use crate::time::SystemClock;
use crate::{Clock, Random, Timestamp};

/// A clock and a source of randomness, shared by all modules of a process. Cheap to clone.
#[derive(Clone)]
pub struct Environment {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    newest: Arc<Mutex<Ulid>>,
}

impl Environment {
    /// Creates an environment with this clock and randomness.
    pub fn new(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { clock, random, newest: Arc::new(Mutex::new(Ulid::nil())) }
    }

    /// Creates an environment of the machine's clock and the operating system's randomness.
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock), Arc::new(SystemRandom))
    }

    /// Returns the current time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Returns `N` random bytes.
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }

    /// Creates an id. The ids of one environment ascend, also within a millisecond, so that rows created together keep
    /// their order when sorted by id.
    pub fn id<I: Id>(&self) -> I {
        let milliseconds = u64::try_from(self.now().as_milliseconds()).unwrap_or(0);
        let fresh = Ulid::from_parts(milliseconds, u128::from_be_bytes(self.random_bytes()));
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let next =
            if fresh.timestamp_ms() > newest.timestamp_ms() { fresh } else { newest.increment().unwrap_or(fresh) };
        *newest = next;
        I::from_ulid(next)
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::id!(
        /// A thing, for these tests.
        ThingId,
        "thing"
    );

    #[test]
    fn ids_of_one_millisecond_ascend() {
        struct Noon;
        impl Clock for Noon {
            fn now(&self) -> Timestamp {
                Timestamp::from_seconds(43_200)
            }
        }
        let environment = Environment::new(Arc::new(Noon), Arc::new(SystemRandom));
        let ids: Vec<String> = (0..1_000).map(|_| environment.id::<ThingId>().to_string()).collect();
        assert!(ids.is_sorted() && ids.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
