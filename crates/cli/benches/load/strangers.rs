//! Sign-ins while a stranger submits passwords that are as expensive to check as possible, 300 a minute: the limit of
//! one client address. No sign-in waits for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::support::client::{ask_once, request};
use crate::support::load::{Load, Request};
use crate::support::pause;
use crate::support::rounds::Plan;
use crate::support::site::{Site, sign_in};
use crate::support::table::{self, Promise, Spread, Unit};

/// The pause between two requests of 300 a minute.
const PACE: Duration = Duration::from_millis(200);

/// Characters that may stand for letters, among words: 0.9 s if all of it is evaluated at once.
const EXPENSIVE: &str =
    "4@8({[<3691!|70$5+%2p4ssw0rdp4ssw0rdl0v3t13$4@8({[<3691!|70$5+%2dragonmonkey7h31n1$4@8({[<3691!|70$5";

pub(crate) fn run(plan: &Plan) {
    let site = Site::sqlite();
    let server = site.begin();
    let others = Load { address: server.address, clients: 1, request: Request::same(sign_in()) };
    let body = json!({ "email": "stranger@example.com", "password": EXPENSIVE }).to_string();
    let expensive = request("POST", "/auth/user/emailpass/register", None, Some(&body));
    ask_once(server.address, &expensive);
    others.run(plan.turn / 4).all_well();

    let (mut calm, mut disturbed) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        calm.push(plan.take(|| others.run(plan.turn).all_well()).quantile(0.95));
        disturbed.push(plan.take(|| {
            let done = Arc::new(AtomicBool::new(false));
            let (ended, address, expensive) = (Arc::clone(&done), server.address, expensive.clone());
            let stranger = thread::spawn(move || {
                while !ended.load(Relaxed) {
                    let expensive = expensive.clone();
                    thread::spawn(move || ask_once(address, &expensive));
                    pause(PACE);
                }
            });
            let outcome = others.run(plan.turn).all_well();
            done.store(true, Relaxed);
            stranger.join().expect("the stranger ends well");
            outcome.quantile(0.95)
        }));
    }
    println!("POST /auth/user/emailpass on SQLite, 1 client; registrations with an expensive password, 300 a minute");
    let median = |values: &[f64]| Spread::of(values.iter().copied()).to_string();
    let rows = [("sign-ins at rest", &calm), ("beside the stranger", &disturbed)];
    table::print(&["", "p95 ms"], rows.map(|(name, values)| vec![name.to_owned(), median(values)]).into());
    let ratio = Spread::of_ratios(&disturbed, &calm);
    ratio.print("p95 of sign-ins beside the stranger to p95 at rest", Unit::Times, Some(Promise::AtMost(2.0)));
}
