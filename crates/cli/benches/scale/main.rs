//! Whether what a request costs depends on the number of users: the same requests among few and among many, on databases that
//! are filled in bulk. Results: `docs/performance.md`.
//!
//! ```sh
//! cargo bench -p vestibule-cli --bench scale -- --people 10000,1000000 --engine sqlite,postgres
//! cargo bench -p vestibule-cli --bench scale -- --keep /var/tmp/scale lists searches   # some of it, on kept databases
//! ```
//!
//! - [`lists`]: each list of the API, in each order, the first page and a deep one
//! - [`counts`]: exact, estimated and none, with the filters that have a count
//! - [`searches`]: for one user, for few, for all, for none
//! - [`pages`]: the dashboard's lists
//! - [`writes`]: sign-in, `me`, invites, users
//! - [`roles`]: changes of a role that everyone has, and `me` at the same time
//! - [`exports`]: first byte, rate, memory
//! - [`start`]: from the program's start to its first response
//! - [`clean_up`]: sessions and events that are due, and what writers notice
//! - [`sizes`]: bytes per row of each table and index
//!
//! `--keep` names a folder for databases that later runs use again: to fill ten million users takes long. PostgreSQL's server is
//! the one of `VESTIBULE_TEST_POSTGRES`; its databases are then called `vestibule_scale_…`. Give it memory and a disk.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark prints, and panics on unexpected results"
)]

mod clean_up;
mod counts;
mod exports;
mod figures;
mod fill;
mod lists;
mod options;
mod pages;
mod place;
mod roles;
mod searches;
mod sizes;
mod start;
#[expect(dead_code, reason = "the other benchmark uses the rest")]
#[path = "../load/support/mod.rs"]
mod support;
mod writes;

use figures::Figures;
use options::{Engine, Options};
use place::Place;

type Section = fn(&mut Figures, &mut [Place]);

/// Those that restart the server or leave much behind come last.
const SECTIONS: [(&str, Section); 10] = [
    ("lists", lists::run),
    ("counts", counts::run),
    ("searches", searches::run),
    ("pages", pages::run),
    ("writes", writes::run),
    ("roles", roles::run),
    ("exports", exports::run),
    ("start", start::run),
    ("sizes", sizes::run),
    ("clean_up", clean_up::run),
];

fn main() {
    // `cargo test --benches` runs this too, without the argument; then there is nothing to do.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let options = Options::read(std::env::args().skip(1));
    for engine in &options.engines {
        run(*engine, &options);
    }
}

fn run(engine: Engine, options: &Options) {
    let open = |people: &u64| Place::open(engine, *people, options);
    let mut places: Vec<Place> = options.people.iter().map(open).collect();
    let mut figures = Figures::new(&places);
    places.iter_mut().for_each(Place::start);
    for (name, run) in SECTIONS.iter().filter(|(name, _)| options.wants(name)) {
        println!("\n== {name}, {}", engine.name());
        run(&mut figures, &mut places);
    }
    figures.print(engine.name());
}
