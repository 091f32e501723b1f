//! How far an import has come: a bar on a terminal, lines elsewhere.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};
use vestibule::transfer::Progress;

use crate::commands::output;

/// How many rows there are between two lines.
const STEP: u64 = 50_000;

pub(super) struct Shown {
    bar: Option<ProgressBar>,
    total: u64,
    noted: u64,
}

impl Shown {
    pub(super) fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| ProgressBar::new(0));
        if let Some(bar) = &bar {
            let style = ProgressStyle::with_template("{bar:30} {pos} of {len} rows, {per_sec}, {eta} left");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        }
        Self { bar, total: 0, noted: 0 }
    }

    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Progress for Shown {
    fn begin(&mut self, rows: u64) {
        self.total = rows;
        if let Some(bar) = &self.bar {
            bar.set_length(rows);
        }
    }

    fn at(&mut self, rows: u64) {
        match &self.bar {
            Some(bar) => bar.set_position(rows),
            None if rows >= self.noted + STEP => {
                self.noted = rows;
                output::note(&format!("{rows} of {} rows", self.total));
            }
            None => {}
        }
    }
}
