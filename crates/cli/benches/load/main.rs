//! The product under load. Each figure is compared with a baseline, measured in turn in the same run, because absolute
//! figures say more about a machine than about a program. Results: `docs/performance.md`.
//!
//! ```sh
//! cargo bench -p vestibule-cli --bench load                  # everything, about five minutes
//! cargo bench -p vestibule-cli --bench load -- me invites    # some of it
//! ```
//!
//! - [`me`]: `GET /admin/users/me`, compared with an axum handler that returns a constant
//! - [`reads`]: a page of fifty users, as JSON and in the dashboard, refreshing a token, previewing an invite
//! - [`invites`]: durable invites of 64 clients, compared with single writes to the disk
//! - [`relay`]: invites while mails are delivered, compared with invites alone; webhooks, compared with the receiver's
//!   own rate
//! - [`logins`]: compared with the hashing threads alone; and `me` during a storm of logins
//! - [`strangers`]: sign-ins while a stranger submits passwords that are expensive to check
//! - [`start`]: from the program's start to its first response, and its memory
//! - [`search`]: among 10 000 users and among a million (`VESTIBULE_BENCH_USERS`); and `me` at the same time
//! - [`round_trips`]: invites and `me` on PostgreSQL, compared with `pgbench`
//! - [`roles`]: changes of a role that a million have
//! - [`previous`]: the same loads on another build, if `VESTIBULE_BENCH_PREVIOUS` names its program
//! - [`reference`]: the same on a running Medusa, if `VESTIBULE_BENCH_REFERENCE` names one
//!
//! `VESTIBULE_BENCH_ROUNDS` and `VESTIBULE_BENCH_SECONDS` set how often and how long is measured (5 and 2). On a shared
//! machine, `VESTIBULE_BENCH_QUIET=10` repeats each measurement until other programs use at most 10 % of the
//! processors. With `VESTIBULE_TEST_POSTGRES`, `me`, `relay` and `search` also run on PostgreSQL.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark prints, and panics on unexpected results"
)]

mod invites;
mod logins;
mod me;
mod previous;
mod reads;
mod reference;
mod relay;
mod roles;
mod round_trips;
mod search;
mod start;
mod strangers;
#[expect(dead_code, reason = "the other benchmark uses the rest")]
mod support;

use support::bare;
use support::rounds::Plan;

type Section = fn(&Plan);

const SECTIONS: [(&str, Section); 12] = [
    ("me", me::run),
    ("reads", reads::run),
    ("invites", invites::run),
    ("relay", relay::run),
    ("logins", logins::run),
    ("strangers", strangers::run),
    ("start", start::run),
    ("search", search::run),
    ("roles", roles::run),
    ("round_trips", round_trips::run),
    ("previous", previous::run),
    ("reference", reference::run),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == bare::ARGUMENT) {
        return bare::serve();
    }
    // `cargo test --benches` runs this too, without the argument; then there is nothing to do.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let wanted: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    for (name, run) in SECTIONS {
        if wanted.is_empty() || wanted.iter().any(|wanted| *wanted == name) {
            println!("\n== {name}");
            let plan = Plan::from_environment();
            run(&plan);
            println!("(others took up to {:.0} % of the processors in a turn)", plan.others.get() * 100.0);
        }
    }
}
