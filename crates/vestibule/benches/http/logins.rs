//! Logins beside the hashing threads alone: all that a login does besides hashing should be small change. And what
//! others notice of a storm of logins.

use std::thread;
use std::time::Duration;

use tokio::time::Instant;
use vestibule_auth::{PasswordConfig, Passwords};

use crate::support::load::{Load, Request};
use crate::support::process::own_processor_time;
use crate::support::rounds::Plan;
use crate::support::site::{PASSWORD, Site, get, sign_in, token};
use crate::support::table::{self, Promise, Spread, Unit};
use crate::support::{pause, runtime};

const CLIENTS: usize = 32;

/// What was measured in each round.
#[derive(Default)]
struct Column {
    rates: Vec<f64>,
    /// Processor time of one, in milliseconds.
    costs: Vec<f64>,
    medians: Vec<f64>,
    late: Vec<f64>,
}

pub(crate) fn run(plan: Plan) {
    let site = Site::sqlite();
    let server = site.begin();
    let at_rest = server.memory("VmRSS");
    let logins = Load { address: server.address, clients: CLIENTS, request: Request::same(sign_in()) };
    let request = Request::same(get("/admin/users/me", &token(&server)));
    let me = Load { address: server.address, clients: 1, request };
    logins.run(plan.turn / 4).all_well();

    let [mut alone, mut with_http, mut calm, mut stormy] = [(); 4].map(|()| Column::default());
    for _ in 0..plan.rounds {
        hash(plan.turn, &mut alone);
        let before = server.processor_time();
        let outcome = logins.run(plan.turn).all_well();
        let used = (server.processor_time() - before).as_secs_f64();
        with_http.costs.push(used * 1e3 / outcome.answers() as f64);
        with_http.rates.push(outcome.rate());
        with_http.medians.push(outcome.quantile(0.5));
        with_http.late.push(outcome.quantile(0.99));

        wait_for(&me, plan.turn, &mut calm);
        let storm = logins.clone();
        let storm = thread::spawn(move || storm.run(plan.turn + Duration::from_millis(500)).all_well());
        // Until all of them are in the queue.
        pause(Duration::from_millis(250));
        wait_for(&me, plan.turn, &mut stormy);
        storm.join().expect("the storm ends well");
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
    Spread::of_ratios(&with_http.rates, &alone.rates).print("logins, share of the hashing rate", Unit::Percent, promise);
    let share = Spread::of_ratios(&alone.costs, &with_http.costs);
    share.print("hashing, share of the processor time of a login", Unit::Percent, None);
    let slower = Spread::of_ratios(&stormy.medians, &calm.medians);
    slower.print("p50 of me in a storm to p50 at rest", Unit::Times, Some(Promise::AtMost(5.0)));
    let most = server.memory("VmHWM");
    pause(Duration::from_secs(1));
    let after = server.memory("VmRSS");
    println!("resident memory: {at_rest:.1} MB before, {most:.1} MB at most, {after:.1} MB a second after the last storm");
}

/// What one client waits.
fn wait_for(load: &Load, time: Duration, column: &mut Column) {
    let outcome = load.run(time).all_well();
    column.medians.push(outcome.quantile(0.5));
    column.late.push(outcome.quantile(0.99));
}

/// Checks of a password by the product's own hashing threads, which have nothing else to do.
fn hash(time: Duration, column: &mut Column) {
    let passwords = Passwords::start(PasswordConfig::default()).expect("hashing threads");
    let count: u32 = runtime().block_on(async {
        let stored = passwords.hash(PASSWORD, [7; 16]).await.expect("a hash");
        let (began, used) = (Instant::now(), own_processor_time());
        let tasks: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let (passwords, stored) = (passwords.clone(), stored.clone());
                tokio::spawn(async move {
                    let mut count = 0;
                    while began.elapsed() < time {
                        let verdict = passwords.verify(PASSWORD, Some(&stored)).await.expect("a verdict");
                        assert!(verdict.matches, "it is the password");
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
        column.rates.push(f64::from(count) / began.elapsed().as_secs_f64());
        column.costs.push((own_processor_time() - used).as_secs_f64() * 1e3 / f64::from(count));
        count
    });
    assert!(count > 0, "there was time to hash");
}
