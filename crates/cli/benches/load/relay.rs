//! Delivering events: what it costs the clients at the same time, and how fast a receiver that does nothing gets them.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use vestibule_testing::postgres::{SERVER_VARIABLE, database};

use crate::support::client::{ask_once, request};
use crate::support::load::{Load, Request};
use crate::support::pause;
use crate::support::process::Process;
use crate::support::rounds::Plan;
use crate::support::site::{Site, invite, token};
use crate::support::table::{Promise, Spread, Unit};
use crate::support::{bare, runtime};

const CLIENTS: usize = 64;

/// How often the receiver's count is read.
const TICK: Duration = Duration::from_millis(5);

/// As many deliveries as the relay has in flight to one destination.
const AT_ONCE: usize = 16;

pub(crate) fn run(plan: &Plan) {
    beside_invites(plan, "SQLite", Site::sqlite);
    if std::env::var(SERVER_VARIABLE).is_ok() {
        let databases = [runtime().block_on(database()), runtime().block_on(database())];
        let mut urls = databases.iter().map(|database| database.url());
        beside_invites(plan, "PostgreSQL", || Site::at(urls.next().expect("two are asked for")));
    }
    to_a_sink(plan);
}

/// Invites of a server that mails each, and of one that does not.
fn beside_invites(plan: &Plan, engine: &str, mut site: impl FnMut() -> Site) {
    let (delivering, silent) = (site(), site().with("VESTIBULE_EVENTS_WORKER", "false"));
    let servers = [delivering.begin(), silent.begin()];
    let loads = servers.each_ref().map(|server| Load {
        address: server.address,
        clients: CLIENTS,
        request: invite("invited", &token(server)),
    });
    let mut rates = [Vec::new(), Vec::new()];
    for round in 0..=plan.rounds {
        for turn in 0..2 {
            // Each has delivered everything before the other is measured.
            let (now, other) = (&servers[turn], &servers[1 - turn]);
            other.pause();
            now.go_on();
            let rate = plan.take(|| loads[turn].run(plan.turn).all_well().rate());
            other.go_on();
            // The first round fills caches and connections.
            if round > 0 {
                rates[turn].push(rate);
            }
        }
    }
    println!(
        "POST /admin/invites on {engine}, {CLIENTS} clients: with the relay, which mails each into a folder, and without"
    );
    for (name, rates) in ["with", "without"].into_iter().zip(&rates) {
        println!("{name}: {} a second", Spread::of(rates.iter().copied()));
    }
    let promise = Some(Promise::AtLeast(0.9));
    Spread::of_ratios(&rates[0], &rates[1]).print("with the relay, share of without", Unit::Percent, promise);
}

/// Queued events are delivered to a sink, compared with the sink's rate for as many clients.
fn to_a_sink(plan: &Plan) {
    let sink = bare::start();
    let (mut relayed, mut taken) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        let body = json!({ "type": "user.created", "timestamp": "2026-11-22T09:30:00.000Z", "data": { "id": "user_01KAMCX4V7Y9J0Q6T3N8ZB5RWD" } });
        let post = request("POST", "/sink", None, Some(&body.to_string()));
        let load = Load { address: sink.address, clients: AT_ONCE, request: Request::same(post) };
        taken.push(plan.take(|| load.run(plan.turn).all_well().rate()));
        relayed.push(plan.take(|| relay_to(&sink, plan)));
    }
    println!("Webhooks on SQLite: what waited, delivered to one receiver that counts it");
    println!("the receiver, {AT_ONCE} clients: {} a second", Spread::of(taken.iter().copied()));
    println!("events relayed to it: {} a second", Spread::of(relayed.iter().copied()));
    Spread::of_ratios(&relayed, &taken).print("relayed, share of the receiver's own rate", Unit::Percent, None);
}

fn relay_to(sink: &Process, plan: &Plan) -> f64 {
    let site = Site::sqlite().with("VESTIBULE_WEBHOOKS_ALLOWED_NETWORKS", "127.0.0.0/8");
    let silent = site.clone_with("VESTIBULE_EVENTS_WORKER", "false");
    let count = {
        let server = silent.begin();
        let token = token(&server);
        let url = format!("http://{}/sink", sink.address);
        let webhook = json!({ "url": url, "events": ["user.created"] }).to_string();
        ask_once(server.address, &request("POST", "/admin/webhooks", Some(&token), Some(&webhook)));
        let users = Request::numbered(move |number| {
            let body = json!({ "email": format!("person{number}@example.com"), "password": null }).to_string();
            request("POST", "/admin/users", Some(&token), Some(&body))
        });
        Load { address: server.address, clients: CLIENTS, request: users }.run(plan.turn / 2).all_well().answers()
    };
    let counted = || ask_once(sink.address, &request("GET", "/count", None, None))["count"].as_u64().expect("a number");
    let before = counted();
    let _server = site.serve();
    while counted() == before {
        pause(TICK);
    }
    let (began, first) = (Instant::now(), counted());
    while counted() < before + count as u64 {
        pause(TICK);
    }
    (before + count as u64 - first) as f64 / began.elapsed().as_secs_f64()
}
