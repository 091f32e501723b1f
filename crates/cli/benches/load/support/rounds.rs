//! Several loads in turn, repeatedly, so that other work on the machine affects all of them alike.

use std::cell::Cell;
use std::time::Duration;

use super::load::Load;
use super::machine::Moment;
use super::pause;
use super::process::Process;
use super::table::{self, Spread};

/// How much is measured.
pub(crate) struct Plan {
    /// The number of rounds.
    pub(crate) rounds: u32,
    /// The length of a measurement.
    pub(crate) turn: Duration,
    /// A measurement is repeated if other programs used more than this share of the processors.
    quiet: f64,
    /// The most that other programs used during a measurement that counts.
    pub(crate) others: Cell<f64>,
}

/// How often a measurement is repeated before it counts anyway.
const TRIES: u32 = 60;

impl Plan {
    /// Reads the environment; by default five rounds of two seconds, whatever the other load.
    pub(crate) fn from_environment() -> Self {
        let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u32>().ok());
        Self {
            rounds: number("VESTIBULE_BENCH_ROUNDS").unwrap_or(5),
            turn: Duration::from_secs(number("VESTIBULE_BENCH_SECONDS").unwrap_or(2).into()),
            quiet: f64::from(number("VESTIBULE_BENCH_QUIET").unwrap_or(100)) / 100.0,
            others: Cell::new(0.0),
        }
    }

    /// Takes a measurement.
    pub(crate) fn take<T>(&self, mut turn: impl FnMut() -> T) -> T {
        let mut tries = 1;
        loop {
            let began = Moment::now();
            let result = turn();
            let others = began.others_since();
            if others <= self.quiet || tries == TRIES {
                self.others.set(self.others.get().max(others));
                return result;
            }
            tries += 1;
            pause(Duration::from_secs(1));
        }
    }
}

/// A load with a name.
pub(crate) struct Contestant<'a> {
    pub(crate) name: &'static str,
    pub(crate) load: Load,
    /// The process whose processor time is measured; `None` for a server elsewhere.
    pub(crate) process: Option<&'a Process>,
}

/// What a contestant achieved in each round.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) rates: Vec<f64>,
    /// The median response, in milliseconds.
    pub(crate) medians: Vec<f64>,
    late: Vec<f64>,
    /// Processor time of the server per request, in microseconds.
    pub(crate) costs: Vec<f64>,
}

/// Measures each contestant in turn, `plan.rounds` times, and prints the results. The other servers are paused: what they have
/// left to do, such as mails to deliver, would slow it down.
pub(crate) fn compete(plan: &Plan, contestants: &[Contestant<'_>]) -> Vec<Measured> {
    let mut all: Vec<Measured> = contestants.iter().map(|_| Measured::default()).collect();
    // A first measurement, which does not count, fills caches and opens connections.
    for contestant in contestants {
        contestant.load.run(plan.turn / 4).all_well();
    }
    let servers = || contestants.iter().filter_map(|contestant| contestant.process);
    for _ in 0..plan.rounds {
        for (contestant, measured) in contestants.iter().zip(&mut all) {
            servers().for_each(Process::pause);
            servers().filter(|server| server.address == contestant.load.address).for_each(Process::go_on);
            let used = || contestant.process.map(Process::processor_time);
            let (outcome, used) = plan.take(|| {
                let before = used();
                let outcome = contestant.load.run(plan.turn).all_well();
                (outcome, used().zip(before).map(|(after, before)| after - before))
            });
            measured.costs.extend(used.map(|used| used.as_secs_f64() * 1e6 / outcome.answers() as f64));
            measured.rates.push(outcome.rate());
            measured.medians.push(outcome.quantile(0.5));
            measured.late.push(outcome.quantile(0.99));
        }
    }
    servers().for_each(Process::go_on);
    let median = |values: &[f64]| Spread::of(values.iter().copied()).to_string();
    let rows = contestants.iter().zip(&all).map(|(contestant, measured)| {
        let Measured { rates, medians, late, costs } = measured;
        vec![contestant.name.to_owned(), median(rates), median(medians), median(late), median(costs)]
    });
    table::print(&["", "responses/s", "p50 ms", "p99 ms", "server's CPU µs"], rows.collect());
    all
}
