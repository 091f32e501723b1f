//! What was measured: a Markdown table, each value beside the same among the fewest users.

use std::time::Duration;

use crate::place::Place;
use crate::support::load::{Load, Outcome};
use crate::support::table::short;

/// How often each place is measured in turn, so that other work on the machine affects all alike.
const ROUNDS: u32 = 3;
const TURN: Duration = Duration::from_millis(500);

/// How many times as much may take among many users.
const TARGET: f64 = 3.0;

/// The figures of one engine.
pub(crate) struct Figures {
    people: Vec<u64>,
    lines: Vec<String>,
    missed: Vec<String>,
}

impl Figures {
    pub(crate) fn new(places: &[Place]) -> Self {
        let people: Vec<u64> = places.iter().map(|place| place.people).collect();
        Self { people, lines: Vec::new(), missed: Vec::new() }
    }

    /// Measures a load at each place: its median and 99th percentile, in milliseconds.
    pub(crate) fn measure(&mut self, places: &[Place], name: &str, load: impl Fn(&Place) -> Load) {
        let loads: Vec<Load> = places.iter().map(load).collect();
        // Fills caches; and what is refused or takes very long is measured once.
        let mut outcomes: Vec<Outcome> = loads.iter().map(|load| load.run(TURN / 10)).collect();
        let is_quick = |outcome: &Outcome| outcome.refusal().is_none() && outcome.quantile(0.5) < 2_000.0;
        let quick: Vec<bool> = outcomes.iter().map(is_quick).collect();
        for round in 0..ROUNDS {
            for (place, load) in loads.iter().enumerate().filter(|(place, _)| quick[*place]) {
                let before = std::mem::take(&mut outcomes[place]);
                let outcome = load.run(TURN);
                outcomes[place] = if round == 0 { outcome } else { before.and(outcome) };
            }
        }
        self.add_outcomes(name, &outcomes);
    }

    /// Adds what came of a load at each place.
    pub(crate) fn add_outcomes(&mut self, name: &str, outcomes: &[Outcome]) {
        let cells: Vec<(String, f64)> = outcomes
            .iter()
            .map(|outcome| match outcome.refusal() {
                Some(refusal) => (refusal.chars().take(60).collect(), f64::NAN),
                None => {
                    let [half, most] = [0.5, 0.99].map(|part| outcome.quantile(part));
                    (format!("{} / {}", short(half), short(most)), half)
                }
            })
            .collect();
        self.add_row(name, &cells, None);
    }

    /// Adds one value of each place, of which less is better.
    pub(crate) fn add(&mut self, name: &str, values: &[f64]) {
        self.add_row(name, &cells_of(values), None);
    }

    /// The same for a value that is right up to `most`, whatever it is among few.
    pub(crate) fn add_within(&mut self, name: &str, values: &[f64], most: f64) {
        self.add_row(name, &cells_of(values), Some(most));
    }

    fn add_row(&mut self, name: &str, cells: &[(String, f64)], most: Option<f64>) {
        let first = cells.first().map_or(f64::NAN, |(_, value)| *value);
        let mut line = format!("| {name} ");
        for (place, (shown, value)) in cells.iter().enumerate() {
            line.push_str(&format!("| {shown} "));
            if place == 0 {
                continue;
            }
            let times = value / first;
            let is_met = most.map_or(times <= TARGET, |most| *value <= most);
            let mark = if is_met { "" } else { "**" };
            line.push_str(&format!("| {mark}{}{mark} ", short(times)));
            if !is_met {
                self.missed.push(format!("{name} among {}: {} times", self.people[place], short(times)));
            }
        }
        line.push('|');
        println!("{line}");
        self.lines.push(line);
    }

    /// Prints the whole table.
    pub(crate) fn print(&self, engine: &str) {
        let mut head = format!("| {engine} ");
        for (place, people) in self.people.iter().enumerate() {
            head.push_str(&format!("| {people} users "));
            head.push_str(if place > 0 { "| times " } else { "" });
        }
        println!("\n{head}|\n|{}", "---|".repeat(2 * self.people.len()));
        self.lines.iter().for_each(|line| println!("{line}"));
        println!("\nAbove {TARGET} times: {}", self.missed.len());
        self.missed.iter().for_each(|missed| println!("- {missed}"));
    }
}

fn cells_of(values: &[f64]) -> Vec<(String, f64)> {
    values.iter().map(|value| (short(*value), *value)).collect()
}
