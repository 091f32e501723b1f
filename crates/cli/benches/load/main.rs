//! The product under load: every figure stands beside what it is a share of, measured in turn in one run, because
//! absolute figures say more about a machine than about a program. What came of it: `docs/performance.md`.
//!
//! ```sh
//! cargo bench -p vestibule-cli --bench load                  # everything, about five minutes
//! cargo bench -p vestibule-cli --bench load -- me invites    # some of it
//! ```
//!
//! - [`me`]: `GET /admin/users/me`, beside an axum handler that answers with a constant
//! - [`reads`]: a page of fifty users, as JSON and in the dashboard, refreshing a token, previewing an invite
//! - [`invites`]: durable invites of 64 clients, beside what the disk can make durable one by one
//! - [`relay`]: invites with mails being delivered meanwhile, beside those without; webhooks to a receiver, beside its own rate
//! - [`logins`]: beside the hashing threads alone; and `me` while logins storm in
//! - [`strangers`]: sign-ins beside a stranger's passwords that are expensive to judge
//! - [`start`]: from the program's start to its first answer, and the memory it takes
//! - [`search`]: among 100 000 users; and `me` meanwhile
//! - [`reference`]: the same beside a running Medusa, where `VESTIBULE_BENCH_REFERENCE` names one
//!
//! `VESTIBULE_BENCH_ROUNDS` and `VESTIBULE_BENCH_SECONDS` say how often and how long is measured (5 and 2). On a machine
//! that others use as well, `VESTIBULE_BENCH_QUIET=10` takes each turn again until they take 10 % of the processors at
//! most. With `VESTIBULE_TEST_POSTGRES`, `me` and `relay` are measured on PostgreSQL as well.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark prints, and ends where something is not as it should be"
)]

mod invites;
mod logins;
mod me;
mod reads;
mod reference;
mod relay;
mod search;
mod start;
mod strangers;
mod support;

use support::bare;
use support::rounds::Plan;

type Section = fn(&Plan);

const SECTIONS: [(&str, Section); 9] = [
    ("me", me::run),
    ("reads", reads::run),
    ("invites", invites::run),
    ("relay", relay::run),
    ("logins", logins::run),
    ("strangers", strangers::run),
    ("start", start::run),
    ("search", search::run),
    ("reference", reference::run),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == bare::ARGUMENT) {
        return bare::serve();
    }
    // `cargo test --benches` runs this as well, without the argument; then there is nothing to do.
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
