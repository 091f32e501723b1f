//! This build compared with another one, in turn: no change of the code's structure should be felt.
//!
//! ```sh
//! VESTIBULE_BENCH_PREVIOUS=/path/of/the/other/vestibule cargo bench -p vestibule-cli --bench load -- previous
//! ```

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::start::start;
use crate::support::client::{ask_once, request};
use crate::support::load::{Load, Request};
use crate::support::process::Process;
use crate::support::rounds::{Contestant, Plan, compete};
use crate::support::site::{Site, get, invite, sign_in, token};
use crate::support::table::{Promise, Spread, Unit};

const VARIABLE: &str = "VESTIBULE_BENCH_PREVIOUS";
const CLIENTS: usize = 64;
/// Starts are short, so there are more of them than of other measurements.
const STARTS: usize = 8;

/// What "no slower" means: at least this share of the other build's rate.
const NO_SLOWER: f64 = 0.95;

pub(crate) fn run(plan: &Plan) {
    let Ok(program) = std::env::var(VARIABLE) else {
        println!("left out: {VARIABLE} names no program");
        return;
    };
    let sites = [Site::of(PathBuf::from(program)), Site::sqlite()];
    starts(plan, &sites);
    let servers = sites.each_ref().map(Site::serve);
    let [previous, this] = servers.each_ref().map(|server| loads(server));
    let mut contestants = Vec::new();
    for ((name, before), (_, now)) in previous.into_iter().zip(this) {
        contestants.push(Contestant { name: "the other build", load: before, process: Some(&servers[0]) });
        contestants.push(Contestant { name, load: now, process: Some(&servers[1]) });
    }
    println!("{CLIENTS} clients on SQLite, each load first on the other build");
    let measured = compete(plan, &contestants);
    for (pair, measured) in contestants.chunks(2).zip(measured.chunks(2)) {
        let name = pair[1].name;
        let rates = Spread::of_ratios(&measured[1].rates, &measured[0].rates);
        rates.print(
            &format!("{name}, share of the other build's rate"),
            Unit::Percent,
            Some(Promise::AtLeast(NO_SLOWER)),
        );
        let costs = Spread::of_ratios(&measured[1].costs, &measured[0].costs);
        costs.print(&format!("{name}, share of its processor time"), Unit::Percent, None);
    }
}

/// Prints sizes, and compares starts and memory at rest. Each site has its first user then.
fn starts(plan: &Plan, sites: &[Site; 2]) {
    let sizes = sites.each_ref().map(|site| fs::metadata(site.program()).expect("a program").len() as f64 / 1e6);
    println!("size of the program: {:.1} MB, of the other build's {:.1} MB", sizes[1], sizes[0]);
    let [mut times, mut memory] = [(); 2].map(|()| [Vec::new(), Vec::new()]);
    for site in sites {
        site.create_user();
        start(site);
    }
    for _ in 0..plan.rounds {
        for (index, site) in sites.iter().enumerate() {
            for [time, resident] in plan.take(|| [(); STARTS].map(|()| start(site))) {
                times[index].push(time);
                memory[index].push(resident);
            }
        }
    }
    for (what, unit, [previous, this]) in
        [("start to the first response", "ms", times), ("resident memory at rest", "MB", memory)]
    {
        Spread::of(previous.iter().copied()).print(&format!("{what}, the other build"), Unit::Named(unit), None);
        Spread::of(this.iter().copied()).print(what, Unit::Named(unit), None);
        Spread::of_ratios(&this, &previous).print(
            &format!("{what}, share"),
            Unit::Percent,
            Some(Promise::AtMost(1.05)),
        );
    }
}

/// Returns the loads, on a server with sixty users.
fn loads(server: &Process) -> Vec<(&'static str, Load)> {
    let token = token(server);
    for number in 0..60 {
        let body = json!({ "email": format!("person{number}@example.com"), "first_name": "Given" }).to_string();
        ask_once(server.address, &request("POST", "/admin/users", Some(&token), Some(&body)));
    }
    [
        ("me", Request::same(get("/admin/users/me", &token))),
        ("a page of 50 users", Request::same(get("/admin/users", &token))),
        ("invites", invite("invited", &token)),
        ("sign-ins", Request::same(sign_in())),
    ]
    .into_iter()
    .map(|(name, request)| (name, Load { address: server.address, clients: CLIENTS, request }))
    .collect()
}
