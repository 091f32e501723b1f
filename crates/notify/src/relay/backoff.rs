//! How long to wait before the next attempt.

use std::time::Duration;

use vestibule_core::Environment;

/// Before the second attempt.
const FIRST: Duration = Duration::from_secs(5);
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(6 * 60 * 60);
/// How long an unreachable target rests at most: whether it is reachable is soon found out.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// Four times as long after each attempt, from 5 seconds to 6 hours, varied by up to a fifth so that what failed
/// together is not tried together.
pub(super) fn before_next_try(tries: i64, environment: &Environment) -> Duration {
    spread(growing(tries).min(LONGEST), environment)
}

/// How long a target rests that was unreachable so often in a row.
pub(super) fn pause(failures: i64, environment: &Environment) -> Duration {
    spread(growing(failures).min(LONGEST_PAUSE), environment)
}

fn growing(times: i64) -> Duration {
    let exponent = u32::try_from(times.clamp(1, 12) - 1).unwrap_or(0);
    FIRST.saturating_mul(4_u32.saturating_pow(exponent))
}

fn spread(delay: Duration, environment: &Environment) -> Duration {
    let [byte] = environment.random_bytes::<1>();
    delay.mul_f64(0.8 + f64::from(byte) / 255.0 * 0.4)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use vestibule_core::random::SystemRandom;
    use vestibule_core::time::SystemClock;

    use super::*;

    #[test]
    fn delays_grow_and_are_spread() {
        let environment = Environment::new(Arc::new(SystemClock), Arc::new(SystemRandom));
        for (tries, seconds) in [(0, 5), (1, 5), (2, 20), (3, 80), (4, 320), (8, 21_600), (1_000, 21_600)] {
            let delays: Vec<f64> = (0..64).map(|_| before_next_try(tries, &environment).as_secs_f64()).collect();
            let (least, most) = (f64::from(seconds) * 0.8, f64::from(seconds) * 1.2);
            assert!(delays.iter().all(|delay| (least..=most).contains(delay)), "{tries}: {delays:?}");
            assert!(delays.iter().any(|delay| *delay != delays[0]), "{tries}: all alike");
        }
        assert!(pause(1_000, &environment) <= LONGEST_PAUSE.mul_f64(1.2));
    }
}
