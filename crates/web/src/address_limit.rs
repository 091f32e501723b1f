//! Limits the requests of one client address to endpoints where a secret can be guessed or a stranger can create data.
//!
//! A limit per minute allows bursts; a limit per hour bounds what strangers can store in a day.
//!
//! Counted in the process, so that a flood costs the database nothing. Guesses at one account are counted in the database
//! (security.md 11); this limit is for clients that try many accounts or cause work.

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

/// A number of requests per minute and per hour for each address, in a burst or one after another. Cheap to clone; clones
/// share the count.
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

/// The address has sent too many requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, DomainError)]
#[error("Too many requests from your address. Wait a moment and try again.")]
#[kind(TooManyRequests, code = "too_many_requests_from_address")]
pub struct TooManyFromAddress {
    /// How long until the next request is accepted.
    pub retry_after: Duration,
}

impl AddressLimit {
    /// Creates a limit of `per_minute` requests for each address; 0 for no limit.
    pub fn new(environment: Environment, per_minute: u32) -> Self {
        let minute = Tier::new(NonZeroU32::new(per_minute).map(Quota::per_minute));
        Self { environment, minute, hour: Tier::new(None) }
    }

    /// Sets a limit of `per_hour` requests for each address; 0 for no limit. Without a limit per minute there is none per
    /// hour either.
    #[must_use]
    pub fn with_per_hour(mut self, per_hour: u32) -> Self {
        self.hour = Tier::new(self.minute.quota.and(NonZeroU32::new(per_hour).map(Quota::per_hour)));
        self
    }

    /// Creates a limit that accepts every request.
    pub fn off(environment: Environment) -> Self {
        Self::new(environment, 0)
    }

    /// Counts a request from `address`. A request without a known address is not counted.
    ///
    /// # Errors
    ///
    /// [`TooManyFromAddress`] where it exceeds a limit.
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
        // Otherwise a clock that is set back would refuse every address until it reaches the old time again.
        let current = count.take().filter(|count| now + SET_BACK >= count.newest);
        let count = count.insert(current.unwrap_or_else(|| Count::begin(quota, environment, now)));
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

/// Clock corrections smaller than this are common and ignored.
const SET_BACK: Duration = Duration::from_secs(1);

/// The most addresses that are remembered. Each takes some 50 bytes.
const MOST_ADDRESSES: usize = 65_536;

/// With fewer addresses, none are forgotten.
const FEW_ADDRESSES: usize = 1_024;

type Limiter = RateLimiter<IpAddr, HashMapStateStore<IpAddr>, Time, NoOpMiddleware<Duration>>;

struct Count {
    limiter: Limiter,
    /// When the latest request was counted.
    newest: Timestamp,
    /// At this many addresses, those without recent requests are forgotten.
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
                // A client with that many addresses gains nothing when their counts are forgotten.
                *self = Self::begin(quota, environment, self.newest);
            } else {
                self.sweep_at = (left * 2).clamp(FEW_ADDRESSES, MOST_ADDRESSES);
            }
        }
        self.limiter.check_key(&key).map_err(|until| {
            let wait = until.wait_time_from(self.limiter.clock().now());
            // `Retry-After` has whole seconds. Rounded down, a client that obeys would be refused again.
            TooManyFromAddress { retry_after: Duration::from_secs(wait.as_secs_f64().ceil() as u64) }
        })
    }
}

/// Returns what one subscriber of an internet provider has: an IPv4 address, or a /64 of IPv6.
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

    fn request(limit: &AddressLimit, address: &str) -> Result<(), u64> {
        limit.check(Some(address.parse().unwrap())).map_err(|error| error.retry_after.as_secs())
    }

    /// Returns how many of `tries` requests at once are accepted.
    fn accepted(limit: &AddressLimit, address: &str, tries: usize) -> usize {
        (0..tries).filter(|_| request(limit, address).is_ok()).count()
    }

    #[test]
    fn requests_over_the_limit_per_minute_are_refused_with_the_time_to_wait() {
        let (limit, clock) = limit(6);
        assert_eq!(accepted(&limit, "192.0.2.1", 20), 6);
        assert_eq!(request(&limit, "192.0.2.1"), Err(10));
        assert_eq!(accepted(&limit, "192.0.2.2", 20), 6, "another address");
        clock.advance(9 * SECOND);
        assert_eq!(request(&limit, "192.0.2.1"), Err(1));
        clock.advance(SECOND);
        assert_eq!(accepted(&limit, "192.0.2.1", 20), 1);
        clock.advance(60 * SECOND);
        assert_eq!(accepted(&limit, "192.0.2.1", 20), 6);
    }

    #[test]
    fn the_limit_per_hour_applies_as_well() {
        let (limit, clock) = limit(6);
        let limit = limit.with_per_hour(10);
        assert_eq!(accepted(&limit, "192.0.2.1", 20), 6);
        clock.advance(60 * SECOND);
        assert_eq!(accepted(&limit, "192.0.2.1", 20), 4);
        assert_eq!(accepted(&limit, "192.0.2.2", 20), 6, "another address");
        clock.advance(3_600 * SECOND);
        assert_eq!(accepted(&limit, "192.0.2.1", 20), 6);
        assert_eq!(accepted(&limit.clone(), "192.0.2.1", 20), 0);
    }

    #[test]
    fn ipv6_addresses_of_one_64_bit_network_count_together() {
        let (limit, _) = limit(3);
        for address in ["2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:1:ffff:ffff:ffff:ffff"] {
            assert_eq!(request(&limit, address), Ok(()), "{address}");
        }
        assert_eq!(request(&limit, "2001:db8:0:1:1234::"), Err(20));
        assert_eq!(request(&limit, "2001:db8:0:2::1"), Ok(()));
        assert_eq!(accepted(&limit, "192.0.2.1", 2) + accepted(&limit, "::ffff:192.0.2.1", 2), 3);
    }

    #[test]
    fn everything_is_accepted_without_a_limit_or_an_address() {
        let (off, _) = limit(0);
        assert_eq!(accepted(&off.with_per_hour(1), "192.0.2.1", 10_000), 10_000);
        let (one, _) = limit(1);
        assert!((0..10).all(|_| one.check(None).is_ok()));
    }

    #[test]
    fn clones_count_together() {
        let (limit, _) = limit(4);
        assert_eq!(accepted(&limit, "192.0.2.1", 3), 3);
        assert_eq!(accepted(&limit.clone(), "192.0.2.1", 3), 1);
    }

    #[test]
    fn a_clock_that_is_set_back_refuses_no_address() {
        let (limit, clock) = limit(2);
        assert_eq!(accepted(&limit, "192.0.2.1", 5), 2);
        clock.set(limit.environment.now() - 3_600 * SECOND);
        assert_eq!(accepted(&limit, "192.0.2.1", 5), 2);
        assert_eq!(accepted(&limit, "192.0.2.2", 5), 2);
        clock.advance(30 * SECOND);
        assert_eq!(accepted(&limit, "192.0.2.1", 5), 1);
        // A small correction keeps the counts.
        clock.set(limit.environment.now() - SECOND / 2);
        assert_eq!(accepted(&limit, "192.0.2.1", 5), 0);
    }

    #[test]
    fn memory_is_bounded_and_refused_addresses_are_not_forgotten() {
        let (limit, clock) = limit(60);
        let remembered =
            |limit: &AddressLimit| limit.minute.count.lock().unwrap().as_ref().map_or(0, |count| count.limiter.len());
        accepted(&limit, "192.0.2.1", 100);
        for number in 0..3_000_u32 {
            limit.check(Some(IpAddr::V4((0x0a00_0000 + number).into()))).unwrap();
            if number % 1_000 == 0 {
                clock.advance(2 * SECOND);
            }
            assert!(remembered(&limit) <= 2_048);
        }
        assert_eq!(accepted(&limit, "192.0.2.1", 100), 6, "after six seconds");
        for number in 0..200_000_u32 {
            limit.check(Some(IpAddr::V4((0x0b00_0000 + number).into()))).unwrap();
        }
        assert!(remembered(&limit) <= MOST_ADDRESSES);
    }
}
