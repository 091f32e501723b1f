//! The same load on the reference, a running Medusa server.
//!
//! `VESTIBULE_BENCH_REFERENCE=http://127.0.0.1:9000` names it, `VESTIBULE_BENCH_REFERENCE_LOGIN=email:password` one of
//! its administrators. The benchmark leaves invites there: use a disposable server.

use std::net::SocketAddr;

use serde_json::json;

use crate::support::client::{ask_once, request};
use crate::support::load::{Load, Request};
use crate::support::rounds::{Contestant, Plan, compete};
use crate::support::site::{Site, get, invite, sign_in, token};
use crate::support::table::{Spread, Unit};

pub(crate) fn run(plan: &Plan) {
    let Some((address, login)) = reference() else {
        println!("skipped: VESTIBULE_BENCH_REFERENCE and VESTIBULE_BENCH_REFERENCE_LOGIN name no Medusa server");
        return;
    };
    let site = Site::sqlite();
    let server = site.begin();
    let our_token = token(&server);
    let their_token = ask_once(address, &login)["token"].as_str().expect("a token").to_owned();
    // Other than those of earlier runs, which still exist.
    let name = format!("bench{}-", their_token.len() + std::process::id() as usize);

    let same = |bytes: Vec<u8>| Request::same(bytes);
    // With more than 16 invites at once, the reference sometimes runs out of connections for a minute.
    let loads = [
        (
            "GET /admin/users/me",
            10,
            [same(get("/admin/users/me", &our_token)), same(get("/admin/users/me", &their_token))],
        ),
        ("GET /admin/users", 10, [same(get("/admin/users", &our_token)), same(get("/admin/users", &their_token))]),
        ("POST /admin/invites", 16, [invite(&name, &our_token), invite(&name, &their_token)]),
        ("POST /auth/user/emailpass", 16, [same(sign_in()), same(login)]),
    ];
    for (what, clients, [ours, theirs]) in loads {
        println!("{what}, {clients} clients");
        let load = |address, request| Load { address, clients, request };
        let measured = compete(
            plan,
            &[
                Contestant { name: "Vestibule on SQLite", load: load(server.address, ours), process: Some(&server) },
                Contestant { name: "Medusa on PostgreSQL", load: load(address, theirs), process: None },
            ],
        );
        Spread::of_ratios(&measured[0].rates, &measured[1].rates).print("our rate to theirs", Unit::Times, None);
    }
}

/// Returns the reference's address, and the request that signs in its administrator.
fn reference() -> Option<(SocketAddr, Vec<u8>)> {
    let url = std::env::var("VESTIBULE_BENCH_REFERENCE").ok()?;
    let login = std::env::var("VESTIBULE_BENCH_REFERENCE_LOGIN").ok()?;
    let (email, password) = login.split_once(':')?;
    let body = json!({ "email": email, "password": password }).to_string();
    let address = url.trim_start_matches("http://").trim_end_matches('/').parse().ok()?;
    Some((address, request("POST", "/auth/user/emailpass", None, Some(&body))))
}
