//! Plain tables, and ratios between measurements.

use std::fmt;

use comfy_table::{CellAlignment, Table, presets};

/// Prints rows under a head; all columns but the first are numbers.
pub(crate) fn print(head: &[&str], rows: Vec<Vec<String>>) {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(head).add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    println!("{table}");
}

/// Repeated measurements of one thing.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    least: f64,
    most: f64,
}

impl Spread {
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
        let middle = values.len() / 2;
        let median =
            if values.len().is_multiple_of(2) { (at(middle.wrapping_sub(1)) + at(middle)) / 2.0 } else { at(middle) };
        Self { median, least: at(0), most: at(values.len().wrapping_sub(1)) }
    }

    /// Returns the ratio of the first to the second, round by round.
    pub(crate) fn of_ratios(parts: &[f64], wholes: &[f64]) -> Self {
        Self::of(parts.iter().zip(wholes).map(|(part, whole)| part / whole))
    }

    /// Prints a line: the name, the median and range, and whether it meets the promise.
    pub(crate) fn print(self, what: &str, unit: Unit, promise: Option<Promise>) {
        let shown = format!("{} ({} to {})", unit.show(self.median), unit.show(self.least), unit.show(self.most));
        match promise {
            None => println!("{what}: {shown}"),
            Some(promise) => {
                let verdict = if promise.is_kept_by(self.median) { "kept" } else { "MISSED" };
                println!("{what}: {shown}; promised: {}: {verdict}", promise.show(unit));
            }
        }
    }
}

/// Prints the median only; nothing without measurements.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.median.is_nan() { Ok(()) } else { f.write_str(&short(self.median)) }
    }
}

/// The unit of a number.
#[derive(Clone, Copy)]
pub(crate) enum Unit {
    Percent,
    Times,
    Named(&'static str),
}

impl Unit {
    fn show(self, value: f64) -> String {
        match self {
            Self::Percent => format!("{:.0} %", value * 100.0),
            Self::Times => format!("{} times", short(value)),
            Self::Named(name) => format!("{} {name}", short(value)),
        }
    }
}

/// A promise about a number.
#[derive(Clone, Copy)]
pub(crate) enum Promise {
    AtLeast(f64),
    AtMost(f64),
}

impl Promise {
    fn is_kept_by(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
        }
    }

    fn show(self, unit: Unit) -> String {
        match self {
            Self::AtLeast(least) => format!("{} at least", unit.show(least)),
            Self::AtMost(most) => format!("{} at most", unit.show(most)),
        }
    }
}

/// Formats a number with three significant digits or so.
pub(crate) fn short(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
