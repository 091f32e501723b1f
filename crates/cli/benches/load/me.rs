//! `GET /admin/users/me` compared with an axum handler that returns a constant: the cost of Vestibule beyond any server
//! written with axum.

use vestibule_testing::postgres::{SERVER_VARIABLE, database};

use crate::support::load::{Load, Request};
use crate::support::process::Process;
use crate::support::rounds::{Contestant, Measured, Plan, compete};
use crate::support::site::{Site, get, token};
use crate::support::table::{Promise, Spread, Unit};
use crate::support::{bare, client, runtime};

const CLIENTS: usize = 64;

pub(crate) fn run(plan: &Plan) {
    let bare = bare::start();
    let on_sqlite = Site::sqlite();
    let sqlite = on_sqlite.begin();
    let database = std::env::var(SERVER_VARIABLE).is_ok().then(|| runtime().block_on(database()));
    let on_postgres = database.as_ref().map(|database| Site::at(database.url()));
    let postgres = on_postgres.as_ref().map(Site::begin);

    let request = Request::same(client::request("GET", "/", None, None));
    let load = Load { address: bare.address, clients: CLIENTS, request };
    let mut contestants =
        vec![Contestant { name: "empty axum handler", load, process: Some(&bare) }, me("me on SQLite", &sqlite)];
    contestants.extend(postgres.as_ref().map(|postgres| me("me on PostgreSQL", postgres)));
    println!("GET /admin/users/me, {CLIENTS} clients");
    let measured = compete(plan, &contestants);
    compare(&measured[1], &measured[0], "SQLite", Some(Promise::AtLeast(0.4)));
    if let Some(on_postgres) = measured.get(2) {
        compare(on_postgres, &measured[0], "PostgreSQL", None);
    }
}

fn me<'a>(name: &'static str, server: &'a Process) -> Contestant<'a> {
    let request = Request::same(get("/admin/users/me", &token(server)));
    Contestant { name, load: Load { address: server.address, clients: CLIENTS, request }, process: Some(server) }
}

fn compare(ours: &Measured, bare: &Measured, engine: &str, promise: Option<Promise>) {
    let rates = Spread::of_ratios(&ours.rates, &bare.rates);
    rates.print(&format!("me on {engine}, share of the empty handler's rate"), Unit::Percent, promise);
    // The clients' own work lowers both rates, and so raises their ratio; processor time is not affected.
    let costs = Spread::of_ratios(&bare.costs, &ours.costs);
    costs.print(&format!("me on {engine}, the same in the server's processor time"), Unit::Percent, None);
}
