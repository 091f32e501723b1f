//! The load of other programs on the machine, which affects the measurement.

use std::fs;
use std::time::Duration;

/// Processor time so far: of all programs, of this benchmark, and the total available.
#[derive(Clone, Copy)]
pub(crate) struct Moment {
    busy: Duration,
    ours: Duration,
    all: Duration,
}

impl Moment {
    pub(crate) fn now() -> Self {
        let text = fs::read_to_string("/proc/stat").expect("Linux's /proc");
        let line = text.lines().next().unwrap_or_default();
        let times: Vec<u64> = line.split_whitespace().skip(1).take(8).filter_map(|ticks| ticks.parse().ok()).collect();
        let all: u64 = times.iter().sum();
        // Without idle time, and idle time while a disk works.
        let busy = all - times[3] - times[4];
        Self { busy: ticks(busy), ours: our_processor_time(), all: ticks(all) }
    }

    /// Returns the share of the processors that other programs used since then, provided that none of the benchmark's
    /// processes has ended.
    pub(crate) fn others_since(&self) -> f64 {
        let now = Self::now();
        let others = (now.busy - self.busy).saturating_sub(now.ours.saturating_sub(self.ours));
        others.as_secs_f64() / (now.all - self.all).as_secs_f64().max(0.01)
    }
}

/// Returns the processor time of this program and of the servers it started, which are in its process group.
fn our_processor_time() -> Duration {
    let group = field("self", 2).unwrap_or_default();
    let processes =
        fs::read_dir("/proc").expect("Linux's /proc").filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let ours = processes
        .filter(|name| name.starts_with(|first: char| first.is_ascii_digit()) && field(name, 2) == Some(group));
    ours.filter_map(|process| processor_time(&process)).sum()
}

/// Returns the processor time of a process.
pub(crate) fn processor_time(process: &str) -> Option<Duration> {
    Some(ticks(field(process, 11)? + field(process, 12)?))
}

/// Returns a field of `/proc/PID/stat`, counted from the one after the name.
fn field(process: &str, place: usize) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The program's name, before the last bracket, may contain anything.
    stat.rsplit(')').next()?.split_whitespace().nth(place)?.parse().ok()
}

/// The kernel counts in hundredths of a second.
fn ticks(count: u64) -> Duration {
    Duration::from_millis(count * 10)
}
