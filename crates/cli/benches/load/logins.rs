//! Logins compared with the hashing threads alone: everything but hashing should cost little. And what other clients
//! notice of a storm of logins.

use std::thread;
use std::time::Duration;

use tokio::time::Instant;
use vestibule::auth::{PasswordConfig, Passwords};

use crate::support::load::{Load, Outcome, Request};
use crate::support::machine::processor_time;
use crate::support::rounds::Plan;
use crate::support::site::{PASSWORD, Site, get, sign_in, token};
use crate::support::table::{self, Promise, Spread, Unit};
use crate::support::{pause, runtime};

const CLIENTS: usize = 32;

/// The measurements of each round.
#[derive(Default)]
struct Column {
    rates: Vec<f64>,
    /// Processor time of one login, in milliseconds.
    costs: Vec<f64>,
    medians: Vec<f64>,
    late: Vec<f64>,
}

impl Column {
    /// Records how long the clients waited.
    fn note(&mut self, outcome: &Outcome) {
        self.medians.push(outcome.quantile(0.5));
        self.late.push(outcome.quantile(0.99));
    }
}

pub(crate) fn run(plan: &Plan) {
    let site = Site::sqlite();
    let server = site.begin();
    let at_rest = server.memory("VmRSS");
    let logins = Load { address: server.address, clients: CLIENTS, request: Request::same(sign_in()) };
    let request = Request::same(get("/admin/users/me", &token(&server)));
    let me = Load { address: server.address, clients: 1, request };
    logins.run(plan.turn / 4).all_well();

    let [mut alone, mut with_http, mut calm, mut stormy] = [(); 4].map(|()| Column::default());
    for _ in 0..plan.rounds {
        let (rate, cost) = plan.take(|| hash(plan.turn));
        alone.rates.push(rate);
        alone.costs.push(cost);
        let (outcome, used) = plan.take(|| {
            let before = server.processor_time();
            let outcome = logins.run(plan.turn).all_well();
            (outcome, server.processor_time() - before)
        });
        with_http.costs.push(used.as_secs_f64() * 1e3 / outcome.answers() as f64);
        with_http.rates.push(outcome.rate());
        with_http.note(&outcome);

        calm.note(&plan.take(|| me.run(plan.turn).all_well()));
        stormy.note(&plan.take(|| {
            let (storm, time) = (logins.clone(), plan.turn + Duration::from_millis(500));
            let storm = thread::spawn(move || storm.run(time).all_well());
            // Waits until all of them are in the queue.
            pause(Duration::from_millis(250));
            let outcome = me.run(plan.turn).all_well();
            storm.join().expect("the storm ends well");
            outcome
        }));
    }
    println!("POST /auth/user/emailpass on SQLite, {CLIENTS} clients; GET /admin/users/me, 1 client");
    let rows = [
        ("hashing threads alone", &alone),
        ("logins", &with_http),
        ("me at rest", &calm),
        ("me in a storm of logins", &stormy),
    ];
    let median = |values: &[f64]| Spread::of(values.iter().copied()).to_string();
    let rows = rows.map(|(name, Column { rates, costs, medians, late })| {
        vec![name.to_owned(), median(rates), median(medians), median(late), median(costs)]
    });
    table::print(&["", "a second", "p50 ms", "p99 ms", "CPU ms"], rows.into());
    let promise = Some(Promise::AtLeast(0.9));
    Spread::of_ratios(&with_http.rates, &alone.rates).print(
        "logins, share of the hashing rate",
        Unit::Percent,
        promise,
    );
    let share = Spread::of_ratios(&alone.costs, &with_http.costs);
    share.print("hashing, share of the processor time of a login", Unit::Percent, None);
    let slower = Spread::of_ratios(&stormy.medians, &calm.medians);
    slower.print("p50 of me in a storm to p50 at rest", Unit::Times, Some(Promise::AtMost(5.0)));
    let most = server.memory("VmHWM");
    pause(Duration::from_secs(1));
    let after = server.memory("VmRSS");
    println!(
        "resident memory: {at_rest:.1} MB before, {most:.1} MB at most, {after:.1} MB a second after the last storm"
    );
}

/// Returns how many passwords the product's hashing threads check in a second without other work, and the processor
/// time of one in milliseconds.
fn hash(time: Duration) -> (f64, f64) {
    let passwords = Passwords::start(PasswordConfig::default()).expect("hashing threads");
    runtime().block_on(async {
        let stored = passwords.hash(PASSWORD, [7; 16]).await.expect("a hash");
        let used = || processor_time("self").expect("Linux's /proc");
        let (began, before) = (Instant::now(), used());
        let tasks: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let (passwords, stored) = (passwords.clone(), stored.clone());
                tokio::spawn(async move {
                    let mut count = 0u32;
                    while began.elapsed() < time {
                        let verdict = passwords.verify(PASSWORD, Some(&stored)).await.expect("a verdict");
                        assert!(verdict.matches, "the password matches");
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        let mut count = 0;
        for task in tasks {
            count += task.await.expect("a task does not panic");
        }
        let rate = f64::from(count) / began.elapsed().as_secs_f64();
        (rate, (used() - before).as_secs_f64() * 1e3 / f64::from(count))
    })
}
