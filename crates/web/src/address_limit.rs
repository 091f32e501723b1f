//! How often one address may knock at the doors where something can be guessed, or made without being known.
//!
//! So many a minute, for bursts, and so many an hour, which bounds what strangers can have stored in a day.
//!
//! Counted in the process, so that a flood costs the database nothing. What an account needs against being guessed is
//! counted there (security.md 11); this is for whoever tries many accounts, or makes work.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use vestibule_core::{DomainError, Environment, Timestamp};

/// So many requests a minute and an hour each address has, at once or one after another. Cheap to clone; clones count
/// together.
#[derive(Clone)]
pub struct AddressLimit {
    environment: Environment,
    minute: Tier,
    hour: Tier,
}

/// The count of one period.
#[derive(Clone)]
struct Tier {
    quota: Option<Quota>,
    count: Arc<Mutex<Option<Count>>>,
}

/// An address has asked too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, DomainError)]
#[error("Too many requests from your address. Wait a moment and try again.")]
#[kind(TooManyRequests, code = "too_many_requests_from_address")]
pub struct TooManyFromAddress {
    /// When the next request is let through.
    pub retry_after: Duration,
}

impl AddressLimit {
    /// `per_minute` requests a minute for each address; 0 for any number.
    pub fn new(environment: Environment, per_minute: u32) -> Self {
        let minute = Tier::new(NonZeroU32::new(per_minute).map(Quota::per_minute));
        Self { environment, minute, hour: Tier::new(None) }
    }

    /// The same with `per_hour` requests an hour for each address at most; 0 for any number. Where any number a minute is
    /// let through, so is any number an hour.
    #[must_use]
    pub fn with_per_hour(mut self, per_hour: u32) -> Self {
        self.hour = Tier::new(self.minute.quota.and(NonZeroU32::new(per_hour).map(Quota::per_hour)));
        self
    }

    /// Any number of requests, from everywhere.
    pub fn off(environment: Environment) -> Self {
        Self::new(environment, 0)
    }

    /// Counts a request from `address`, and tells whether it is one too many. A request of which nobody knows where it
    /// comes from is not counted.
    ///
    /// # Errors
    ///
    /// [`TooManyFromAddress`].
    pub fn check(&self, address: Option<IpAddr>) -> Result<(), TooManyFromAddress> {
        let Some(address) = address else { return Ok(()) };
        self.minute.check(&self.environment, address)?;
        self.hour.check(&self.environment, address)
    }
}

impl Tier {
    fn new(quota: Option<Quota>) -> Self {
        Self { quota, count: Arc::default() }
    }

    fn check(&self, environment: &Environment, address: IpAddr) -> Result<(), TooManyFromAddress> {
        let Some(quota) = self.quota else { return Ok(()) };
        let now = environment.now();
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        // A machine's clock that is set back would else keep everybody waiting until the time comes again.
        let kept = count.take().filter(|count| now + SET_BACK >= count.newest);
        let count = count.insert(kept.unwrap_or_else(|| Count::begin(quota, environment, now)));
        count.newest = count.newest.max(now);
        count.check(quota, environment, network(address))
    }
}

impl fmt::Debug for AddressLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AddressLimit")
            .field("minute", &self.minute.quota)
            .field("hour", &self.hour.quota)
            .finish_non_exhaustive()
    }
}

/// The clocks of machines are set back by less than this all the time.
const SET_BACK: Duration = Duration::from_secs(1);

/// So many addresses are remembered at most. Each takes some 50 bytes.
const MOST_ADDRESSES: usize = 65_536;

/// Below this many nothing is swept.
const FEW_ADDRESSES: usize = 1_024;

type Limiter = RateLimiter<IpAddr, HashMapStateStore<IpAddr>, Time, NoOpMiddleware<Duration>>;

struct Count {
    limiter: Limiter,
    /// The latest moment at which a request was counted.
    newest: Timestamp,
    /// With so many addresses it is time to forget those that have been quiet.
    sweep_at: usize,
}

impl Count {
    fn begin(quota: Quota, environment: &Environment, now: Timestamp) -> Self {
        let limiter = RateLimiter::hashmap_with_clock(quota, Time(environment.clone()));
        Self { limiter, newest: now, sweep_at: FEW_ADDRESSES }
    }

    fn check(&mut self, quota: Quota, environment: &Environment, key: IpAddr) -> Result<(), TooManyFromAddress> {
        if self.limiter.len() >= self.sweep_at {
            self.limiter.retain_recent();
            let left = self.limiter.len();
            if left >= MOST_ADDRESSES {
                // Whoever has that many addresses gains nothing by having their counts forgotten.
                *self = Self::begin(quota, environment, self.newest);
            } else {
                self.sweep_at = (left * 2).clamp(FEW_ADDRESSES, MOST_ADDRESSES);
            }
        }
        self.limiter.check_key(&key).map_err(|until| {
            let wait = until.wait_time_from(self.limiter.clock().now());
            // Whole seconds are told; told too few, whoever obeys comes too early.
            TooManyFromAddress { retry_after: Duration::from_secs(wait.as_secs_f64().ceil() as u64) }
        })
    }
}

/// What one customer of a provider has: an IPv4 address, or 2^64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

/// The environment's clock, as `governor` reads it.
#[derive(Clone)]
struct Time(Environment);

impl Clock for Time {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.now().as_microseconds()).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use vestibule_testing::{TestClock, test_environment};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn limit(per_minute: u32) -> (AddressLimit, TestClock) {
        let (environment, clock) = test_environment();
        (AddressLimit::new(environment, per_minute), clock)
    }

    fn ask(limit: &AddressLimit, address: &str) -> Result<(), u64> {
        limit.check(Some(address.parse().unwrap())).map_err(|error| error.retry_after.as_secs())
    }

    /// How many of `tries` at once are let through.
    fn let_through(limit: &AddressLimit, address: &str, tries: usize) -> usize {
        (0..tries).filter(|_| ask(limit, address).is_ok()).count()
    }

    #[test]
    fn an_address_has_its_number_a_minute_and_is_told_when_to_come_again() {
        let (limit, clock) = limit(6);
        assert_eq!(let_through(&limit, "192.0.2.1", 20), 6);
        assert_eq!(ask(&limit, "192.0.2.1"), Err(10));
        assert_eq!(let_through(&limit, "192.0.2.2", 20), 6, "another address");
        clock.advance(9 * SECOND);
        assert_eq!(ask(&limit, "192.0.2.1"), Err(1));
        clock.advance(SECOND);
        assert_eq!(let_through(&limit, "192.0.2.1", 20), 1);
        clock.advance(60 * SECOND);
        assert_eq!(let_through(&limit, "192.0.2.1", 20), 6);
    }

    #[test]
    fn an_hour_has_a_limit_of_its_own() {
        let (limit, clock) = limit(6);
        let limit = limit.with_per_hour(10);
        assert_eq!(let_through(&limit, "192.0.2.1", 20), 6);
        clock.advance(60 * SECOND);
        assert_eq!(let_through(&limit, "192.0.2.1", 20), 4);
        assert_eq!(let_through(&limit, "192.0.2.2", 20), 6, "another address");
        clock.advance(3_600 * SECOND);
        assert_eq!(let_through(&limit, "192.0.2.1", 20), 6);
        assert_eq!(let_through(&limit.clone(), "192.0.2.1", 20), 0);
    }

    #[test]
    fn an_ipv6_address_counts_with_its_64_bits_of_neighbours() {
        let (limit, _) = limit(3);
        for address in ["2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:1:ffff:ffff:ffff:ffff"] {
            assert_eq!(ask(&limit, address), Ok(()), "{address}");
        }
        assert_eq!(ask(&limit, "2001:db8:0:1:1234::"), Err(20));
        assert_eq!(ask(&limit, "2001:db8:0:2::1"), Ok(()));
        assert_eq!(let_through(&limit, "192.0.2.1", 2) + let_through(&limit, "::ffff:192.0.2.1", 2), 3);
    }

    #[test]
    fn no_limit_and_no_address_let_everything_through() {
        let (off, _) = limit(0);
        assert_eq!(let_through(&off.with_per_hour(1), "192.0.2.1", 10_000), 10_000);
        let (one, _) = limit(1);
        assert!((0..10).all(|_| one.check(None).is_ok()));
    }

    #[test]
    fn clones_count_together() {
        let (limit, _) = limit(4);
        assert_eq!(let_through(&limit, "192.0.2.1", 3), 3);
        assert_eq!(let_through(&limit.clone(), "192.0.2.1", 3), 1);
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_nobody_waiting() {
        let (limit, clock) = limit(2);
        assert_eq!(let_through(&limit, "192.0.2.1", 5), 2);
        clock.set(limit.environment.now() - 3_600 * SECOND);
        assert_eq!(let_through(&limit, "192.0.2.1", 5), 2);
        assert_eq!(let_through(&limit, "192.0.2.2", 5), 2);
        clock.advance(30 * SECOND);
        assert_eq!(let_through(&limit, "192.0.2.1", 5), 1);
        // A little is no reason to forget.
        clock.set(limit.environment.now() - SECOND / 2);
        assert_eq!(let_through(&limit, "192.0.2.1", 5), 0);
    }

    #[test]
    fn memory_is_bounded_and_those_who_are_held_back_are_not_forgotten_for_it() {
        let (limit, clock) = limit(60);
        let remembered =
            |limit: &AddressLimit| limit.minute.count.lock().unwrap().as_ref().map_or(0, |count| count.limiter.len());
        let_through(&limit, "192.0.2.1", 100);
        for number in 0..3_000_u32 {
            limit.check(Some(IpAddr::V4((0x0a00_0000 + number).into()))).unwrap();
            if number % 1_000 == 0 {
                clock.advance(2 * SECOND);
            }
            assert!(remembered(&limit) <= 2_048);
        }
        assert_eq!(let_through(&limit, "192.0.2.1", 100), 6, "after six seconds");
        for number in 0..200_000_u32 {
            limit.check(Some(IpAddr::V4((0x0b00_0000 + number).into()))).unwrap();
        }
        assert!(remembered(&limit) <= MOST_ADDRESSES);
    }
}
