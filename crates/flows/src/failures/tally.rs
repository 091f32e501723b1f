//! Counts failures of one kind, and decides which are written.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use vestibule_core::Timestamp;

/// How long failures count together.
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// How many kinds of failure are counted at once; beyond that, only their sum is known.
const MOST_KEYS: usize = 4_096;

/// How many entries of the audit log one process writes in a minute.
const ROWS_A_MINUTE: u64 = 60;

/// How many lines of the log one process writes in a minute.
const LINES_A_MINUTE: u64 = 600;

/// How many of them are about one client address.
const LINES_OF_ADDRESS: u64 = 30;

const MINUTE: Duration = Duration::from_secs(60);

/// Counts failures within this process.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    counts: HashMap<String, Count>,
    minute: Minute,
}

#[derive(Debug)]
struct Count {
    began: Timestamp,
    failures: u64,
}

/// What was written in the present minute, and what was dropped.
#[derive(Debug, Default)]
struct Minute {
    began: Option<Timestamp>,
    rows: u64,
    lines: u64,
    of_address: HashMap<Option<IpAddr>, u64>,
    omitted: Omitted,
}

/// How many entries and lines exceeded the limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Omitted {
    pub(super) rows: u64,
    pub(super) lines: u64,
}

/// What to write about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Noted {
    /// An entry of the audit log, with the number of failures so far.
    pub(super) row: Option<u64>,
    /// A line of the log.
    pub(super) line: bool,
    /// What was not written in the minute before.
    pub(super) omitted: Omitted,
}

impl Noted {
    pub(super) fn is_nothing(self) -> bool {
        self.row.is_none() && !self.line && self.omitted == Omitted::default()
    }
}

impl Tally {
    /// Counts a failure. Failures with the same `key` count together.
    pub(super) fn note(&self, key: &str, address: Option<IpAddr>, now: Timestamp) -> Noted {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let omitted = state.minute.roll_over(now);
        let due = state.count(key, now).filter(|count| is_power_of_ten(*count));
        let row = due.filter(|_| state.minute.has_room_for_row());
        Noted { row, line: state.minute.has_room_for_line(address), omitted }
    }
}

impl State {
    /// Counts the failures of this key in the present window. Where too many keys are counted already, a failure counts
    /// as one beyond the limit.
    fn count(&mut self, key: &str, now: Timestamp) -> Option<u64> {
        // Also if the clock was set back.
        let is_over = |count: &Count| count.began + WINDOW <= now || count.began > now;
        if self.counts.len() >= MOST_KEYS && !self.counts.contains_key(key) {
            self.counts.retain(|_, count| !is_over(count));
            if self.counts.len() >= MOST_KEYS {
                self.minute.omitted.rows += 1;
                return None;
            }
        }
        let count = self.counts.entry(key.to_owned()).or_insert(Count { began: now, failures: 0 });
        if is_over(count) {
            *count = Count { began: now, failures: 0 };
        }
        count.failures += 1;
        Some(count.failures)
    }
}

impl Minute {
    /// Begins another minute if the present one is over. Returns what exceeded the limits of the last one.
    fn roll_over(&mut self, now: Timestamp) -> Omitted {
        if self.began.is_some_and(|began| began <= now && now < began + MINUTE) {
            return Omitted::default();
        }
        let omitted = self.omitted;
        *self = Self { began: Some(now), ..Self::default() };
        omitted
    }

    fn has_room_for_row(&mut self) -> bool {
        let has_room = self.rows < ROWS_A_MINUTE;
        *if has_room { &mut self.rows } else { &mut self.omitted.rows } += 1;
        has_room
    }

    fn has_room_for_line(&mut self, address: Option<IpAddr>) -> bool {
        let of_address = self.of_address.get(&address).copied().unwrap_or_default();
        let has_room = self.lines < LINES_A_MINUTE && of_address < LINES_OF_ADDRESS;
        if has_room {
            self.lines += 1;
            self.of_address.insert(address, of_address + 1);
        } else {
            self.omitted.lines += 1;
        }
        has_room
    }
}

fn is_power_of_ten(count: u64) -> bool {
    10_u64.checked_pow(count.ilog10()) == Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_seconds(43_200);

    fn rows(tally: &Tally, key: &str, times: u32, now: Timestamp) -> Vec<u64> {
        (0..times).filter_map(|_| tally.note(key, None, now).row).collect()
    }

    #[test]
    fn the_first_the_tenth_and_the_hundredth_are_written() {
        let tally = Tally::default();
        assert_eq!(rows(&tally, "a", 150, NOON), [1, 10, 100]);
        assert_eq!(rows(&tally, "b", 1, NOON), [1]);
        assert_eq!(rows(&tally, "a", 850, NOON + WINDOW - Duration::from_secs(1)), [1_000]);
        assert_eq!(rows(&tally, "a", 10, NOON + WINDOW), [1, 10]);
    }

    #[test]
    fn a_minute_has_room_for_so_many_entries_and_the_rest_is_counted() {
        let tally = Tally::default();
        let written = (0..1_000).filter(|key| !rows(&tally, &key.to_string(), 1, NOON).is_empty()).count();
        assert_eq!(written, 60);
        let noted = tally.note("another", None, NOON + MINUTE);
        assert_eq!((noted.row, noted.omitted.rows), (Some(1), 940));
        assert_eq!(tally.note("another", None, NOON + MINUTE).omitted, Omitted::default());
    }

    #[test]
    fn a_flood_from_one_address_leaves_room_for_lines_about_others() {
        let tally = Tally::default();
        let lines = |address: &str, times: u32| {
            let address = Some(address.parse().unwrap());
            (0..times).filter(|_| tally.note("a", address, NOON).line).count()
        };
        assert_eq!(lines("192.0.2.1", 5_000), 30);
        assert_eq!(lines("192.0.2.2", 5), 5);
        let others: usize = (0..100).map(|number| lines(&format!("198.51.100.{number}"), 20)).sum();
        assert_eq!(others, 565, "600 in all");
        assert_eq!(tally.note("a", None, NOON + MINUTE).omitted.lines, 5_000 - 30 + 2_000 - 565);
    }

    #[test]
    fn memory_is_bounded_and_old_counts_make_way() {
        let tally = Tally::default();
        for key in 0..10_000 {
            tally.note(&key.to_string(), None, NOON);
        }
        assert_eq!(tally.0.lock().unwrap().counts.len(), MOST_KEYS);
        assert_eq!(rows(&tally, "later", 1, NOON + WINDOW), [1]);
        assert_eq!(tally.0.lock().unwrap().counts.len(), 1);
    }
}
