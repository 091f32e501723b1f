//! What else the machine did: it is part of what was measured.

use std::fs;
use std::time::Duration;

use super::process::ticks;

/// Processor time of the whole machine and of this program with the programs that it started and that have ended.
pub(crate) struct Moment {
    /// Busy, and all there was.
    machine: (u64, u64),
    own: Duration,
}

impl Moment {
    pub(crate) fn now() -> Self {
        let text = fs::read_to_string("/proc/stat").expect("Linux's /proc");
        let line = text.lines().next().unwrap_or_default();
        let ticks: Vec<u64> = line.split_whitespace().skip(1).take(8).filter_map(|ticks| ticks.parse().ok()).collect();
        let all: u64 = ticks.iter().sum();
        // Idle, and idle while a disk works.
        let busy = all - ticks[3] - ticks[4];
        Self { machine: (busy, all), own: ticks("self", 11..15) }
    }

    /// Which share of the processors others took since then.
    pub(crate) fn others_since(&self) -> f64 {
        let now = Self::now();
        let ((busy, all), (busy_before, all_before)) = (now.machine, self.machine);
        let own = (now.own - self.own).as_millis() as f64 / 10.0;
        ((busy - busy_before) as f64 - own).max(0.0) / (all - all_before).max(1) as f64
    }
}
