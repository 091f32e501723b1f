//! Logins beside the hashing threads alone: all that a login does besides hashing should be small change. And what
//! others notice of a storm of logins.

use std::thread;
use std::time::Duration;

use tokio::time::Instant;
use vestibule_auth::{PasswordConfig, Passwords};

use crate::support::load::{Load, Request};
use crate::support::rounds::Plan;
use crate::support::runtime;
use crate::support::site::{PASSWORD, Site, get, sign_in, token};
use crate::support::table::{self, Promise, Spread, Unit};

const CLIENTS: usize = 32;

pub(crate) fn run(plan: Plan) {
    let site = Site::sqlite();
    let server = site.begin();
    let at_rest = server.memory("VmRSS");
    let logins = Load { address: server.address, clients: CLIENTS, request: Request::same(sign_in()) };
    let request = Request::same(get("/admin/users/me", &token(&server)));
    let me = Load { address: server.address, clients: 1, request };
    logins.run(plan.turn / 4).all_well();

    let (mut hashes, mut rates, mut late) = (Vec::new(), Vec::new(), [Vec::new(), Vec::new()]);
    let (mut calm, mut stormy) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for _ in 0..plan.rounds {
        hashes.push(hash_rate(plan.turn));
        let outcome = logins.run(plan.turn).all_well();
        rates.push(outcome.rate());
        late[0].push(outcome.quantile(0.5));
        late[1].push(outcome.quantile(0.99));

        // The last answers of a storm are not waited for: what is measured here are the others.
        let storm = logins.clone();
        note(&mut calm, &me, plan.turn);
        let storm = thread::spawn(move || storm.run(plan.turn + Duration::from_millis(500)).all_well());
        // Until all of them are in the queue.
        runtime().block_on(tokio::time::sleep(Duration::from_millis(250)));
        note(&mut stormy, &me, plan.turn);
        storm.join().expect("the storm ends well");
    }
    println!("POST /auth/user/emailpass on SQLite, {CLIENTS} clients; GET /admin/users/me, 1 client");
    let median = |values: &Vec<f64>| Spread::of(values.iter().copied()).to_string();
    let row = |name: &str, values: &[Vec<f64>]| {
        [name.to_owned()].into_iter().chain(values.iter().map(median)).collect::<Vec<_>>()
    };
    let with_rate = |name: &str, rate: &Vec<f64>, late: &[Vec<f64>]| {
        let mut row = row(name, late);
        row.insert(1, median(rate));
        row
    };
    table::print(
        &["", "a second", "p50 ms", "p99 ms"],
        vec![
            with_rate("hashing threads alone", &hashes, &[]),
            with_rate("logins", &rates, &late),
            with_rate("me at rest", &vec![], &calm),
            with_rate("me in a storm of logins", &vec![], &stormy),
        ],
    );
    let share = Spread::of_ratios(&rates, &hashes);
    share.print("logins, share of the hashing threads' rate", Unit::Percent, Some(Promise::AtLeast(0.9)));
    let slower = Spread::of_ratios(&stormy[0], &calm[0]);
    slower.print("p50 of me in a storm to p50 at rest", Unit::Times, Some(Promise::AtMost(5.0)));
    let peak = server.memory("VmHWM");
    runtime().block_on(tokio::time::sleep(Duration::from_secs(1)));
    let after = server.memory("VmRSS");
    println!("resident memory: {at_rest:.1} MB before, {peak:.1} MB at most, {after:.1} MB a second after all of this");
}

/// The median and the slow end of what one client waits.
fn note(columns: &mut [Vec<f64>; 2], load: &Load, time: Duration) {
    let outcome = load.run(time).all_well();
    columns[0].push(outcome.quantile(0.5));
    columns[1].push(outcome.quantile(0.99));
}

/// Checks of a password in a second by the product's own hashing threads, which have nothing else to do.
fn hash_rate(time: Duration) -> f64 {
    let passwords = Passwords::start(PasswordConfig::default()).expect("hashing threads");
    runtime().block_on(async {
        let stored = passwords.hash(PASSWORD, [7; 16]).await.expect("a hash");
        let began = Instant::now();
        let tasks: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let (passwords, stored) = (passwords.clone(), stored.clone());
                tokio::spawn(async move {
                    let mut count = 0u32;
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
        f64::from(count) / began.elapsed().as_secs_f64()
    })
}
