//! Several loads in turn, again and again, so that what else the machine does meanwhile befalls all of them alike.

use std::cell::Cell;
use std::time::Duration;

use super::load::Load;
use super::machine::Moment;
use super::pause;
use super::process::Process;
use super::table::{self, Spread};

/// How much is measured.
pub(crate) struct Plan {
    /// How often each load's turn comes.
    pub(crate) rounds: u32,
    /// How long a turn is.
    pub(crate) turn: Duration,
    /// A turn is taken again where others took more than this share of the processors meanwhile.
    quiet: f64,
    /// The most that others took in a turn that counts.
    pub(crate) others: Cell<f64>,
}

/// How often a turn is taken again before it counts as it is.
const TRIES: u32 = 60;

impl Plan {
    /// As the environment asks, or five turns of two seconds, whatever else the machine does.
    pub(crate) fn from_environment() -> Self {
        let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u32>().ok());
        Self {
            rounds: number("VESTIBULE_BENCH_ROUNDS").unwrap_or(5),
            turn: Duration::from_secs(number("VESTIBULE_BENCH_SECONDS").unwrap_or(2).into()),
            quiet: f64::from(number("VESTIBULE_BENCH_QUIET").unwrap_or(100)) / 100.0,
            others: Cell::new(0.0),
        }
    }

    /// Takes a turn.
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
    /// Whose processor time is measured; nobody's for a server that is not ours.
    pub(crate) process: Option<&'a Process>,
}

/// What a contestant did in each round.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) rates: Vec<f64>,
    /// The median answer, in milliseconds.
    pub(crate) medians: Vec<f64>,
    late: Vec<f64>,
    /// Processor time of the server for one request, in microseconds.
    pub(crate) costs: Vec<f64>,
}

/// Gives each contestant its turn, `plan.rounds` times, and prints what each did.
pub(crate) fn compete(plan: &Plan, contestants: &[Contestant<'_>]) -> Vec<Measured> {
    let mut all: Vec<Measured> = contestants.iter().map(|_| Measured::default()).collect();
    // Caches, prepared statements and connections come to be in a turn that does not count.
    for contestant in contestants {
        contestant.load.run(plan.turn / 4).all_well();
    }
    for _ in 0..plan.rounds {
        for (contestant, measured) in contestants.iter().zip(&mut all) {
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
    let median = |values: &[f64]| Spread::of(values.iter().copied()).to_string();
    let rows = contestants.iter().zip(&all).map(|(contestant, measured)| {
        let Measured { rates, medians, late, costs } = measured;
        vec![contestant.name.to_owned(), median(rates), median(medians), median(late), median(costs)]
    });
    table::print(&["", "answers/s", "p50 ms", "p99 ms", "server's CPU µs"], rows.collect());
    all
}
