//! The work of one hash, how many are computed at once, and how many may wait.

use std::ops::RangeInclusive;
use std::time::Duration;
use std::{io, thread};

use super::argon2id::{MAX_LANES, MAX_MEMORY_KIB, MAX_WORK_KIB, Recipe};

/// The minimum of OWASP's Password Storage Cheat Sheet for Argon2id: 19 MiB and 2 passes.
const LEAST_MEMORY_KIB: u32 = 19 * 1_024;
const LEAST_PASSES: u32 = 2;

/// The least work of one thread per second, in KiB times passes. Measured: 2.6 GiB on an idle core; a busy core of
/// lower priority has less.
const WORK_KIB_PER_SECOND: u64 = 1_024 * 1_024;

/// The settings of the hashing threads. Take the default and change fields of it; [`Passwords::start`] checks them.
///
/// [`Passwords::start`]: super::Passwords::start
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordConfig {
    /// Threads that hash; each takes `memory_kib` while it does. 1 to 256; by default one for each processor.
    pub threads: usize,
    /// How many hashes and checks may wait for a thread. 1 to 65 536; 128 by default.
    pub queue: usize,
    /// Memory of one hash, in KiB. 19 456 (19 MiB, the default) to 262 144.
    pub memory_kib: u32,
    /// Passes over that memory: 2 (the default) or more. Memory times passes is 1 GiB at most.
    pub passes: u32,
    /// Lanes of Argon2. 1 to 16, 1 by default. They are processed one after another: more than 1 only serves to agree
    /// with another program's settings.
    pub lanes: u32,
    /// Private, so that only [`PasswordConfig::fast_for_tests`] lowers it.
    least: Least,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Least {
    memory_kib: u32,
    passes: u32,
}

/// Hashing threads that could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A setting is outside of its range.
    #[error("password hashing: {setting} is {given}, but must be between {least} and {most}")]
    OutOfRange {
        /// The field of [`PasswordConfig`].
        setting: &'static str,
        /// The given value.
        given: u64,
        /// The smallest allowed value.
        least: u64,
        /// The largest allowed value.
        most: u64,
    },
    /// The system refused a thread.
    #[error("password hashing: a thread could not be started")]
    Thread(#[source] io::Error),
}

impl Default for PasswordConfig {
    fn default() -> Self {
        Self {
            threads: thread::available_parallelism().map_or(1, usize::from),
            queue: 128,
            memory_kib: LEAST_MEMORY_KIB,
            passes: LEAST_PASSES,
            lanes: 1,
            least: Least { memory_kib: LEAST_MEMORY_KIB, passes: LEAST_PASSES },
        }
    }
}

impl PasswordConfig {
    /// For tests of other things only: hashes that cost next to nothing and protect nothing, and a long queue.
    #[must_use]
    pub fn fast_for_tests() -> Self {
        let least = Least { memory_kib: 64, passes: 1 };
        Self { threads: 2, queue: 1_024, memory_kib: least.memory_kib, passes: least.passes, lanes: 1, least }
    }

    /// Checks the settings, and returns how hashes are computed by them.
    pub(super) fn recipe(&self) -> Result<Recipe, StartError> {
        check("threads", self.threads as u64, 1..=256)?;
        check("queue", self.queue as u64, 1..=65_536)?;
        let memory = u64::from(self.memory_kib);
        check("memory_kib", memory, u64::from(self.least.memory_kib)..=u64::from(MAX_MEMORY_KIB))?;
        check("passes", u64::from(self.passes), u64::from(self.least.passes)..=MAX_WORK_KIB / memory)?;
        check("lanes", u64::from(self.lanes), 1..=u64::from(MAX_LANES))?;
        // Argon2 needs 8 KiB for each lane; only settings for tests can have less.
        Recipe::new(self.memory_kib, self.passes, self.lanes).ok_or(StartError::OutOfRange {
            setting: "memory_kib",
            given: memory,
            least: 8 * u64::from(self.lanes),
            most: u64::from(MAX_MEMORY_KIB),
        })
    }

    /// When a full queue is likely to be empty: an estimate from the settings, since no clock is read here.
    pub(super) fn retry_after(&self) -> Duration {
        let work = self.queue as u64 * u64::from(self.memory_kib) * u64::from(self.passes);
        let seconds = work.div_ceil(WORK_KIB_PER_SECOND * self.threads as u64);
        Duration::from_secs(seconds.clamp(1, 60))
    }
}

fn check(setting: &'static str, given: u64, range: RangeInclusive<u64>) -> Result<(), StartError> {
    let (least, most) = range.into_inner();
    if given < least || given > most {
        return Err(StartError::OutOfRange { setting, given, least, most });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(change: impl FnOnce(&mut PasswordConfig)) -> PasswordConfig {
        let mut config = PasswordConfig { threads: 2, ..PasswordConfig::default() };
        change(&mut config);
        config
    }

    /// security.md 9
    #[test]
    fn weaker_than_owasp_or_dearer_than_we_can_read_is_refused() {
        assert!(changed(|_| ()).recipe().is_ok());
        assert!(changed(|config| (config.memory_kib, config.passes) = (262_144, 4)).recipe().is_ok());
        for (config, message) in [
            (changed(|config| config.threads = 0), "threads is 0, but must be between 1 and 256"),
            (changed(|config| config.queue = 0), "queue is 0, but must be between 1 and 65536"),
            (changed(|config| config.memory_kib = 19_455), "memory_kib is 19455, but must be between 19456 and 262144"),
            (
                changed(|config| config.memory_kib = 262_145),
                "memory_kib is 262145, but must be between 19456 and 262144",
            ),
            (changed(|config| config.passes = 1), "passes is 1, but must be between 2 and 53"),
            (changed(|config| config.passes = 54), "passes is 54, but must be between 2 and 53"),
            (changed(|config| config.lanes = 0), "lanes is 0, but must be between 1 and 16"),
            (changed(|config| config.lanes = 17), "lanes is 17, but must be between 1 and 16"),
        ] {
            let error = config.recipe().expect_err(message);
            assert_eq!(error.to_string(), format!("password hashing: {message}"));
        }
    }

    #[test]
    fn a_full_queue_says_when_it_is_likely_to_be_done() {
        let seconds = |threads, queue| {
            let config = changed(|config| (config.threads, config.queue) = (threads, queue));
            config.retry_after().as_secs()
        };
        assert_eq!((seconds(2, 128), seconds(64, 128), seconds(1, 65_536)), (3, 1, 60));
    }
}
