//! Other reads, compared with the same empty handler as `me`.

use serde_json::json;

use crate::support::bare;
use crate::support::client::{ask_once, cookie, page, request};
use crate::support::load::{Load, Request};
use crate::support::rounds::{Contestant, Plan, compete};
use crate::support::site::{Site, get, token};
use crate::support::table::{Promise, Spread, Unit};

const CLIENTS: usize = 64;

const PAGE: &str = "the dashboard's page of 50 users";

pub(crate) fn run(plan: &Plan) {
    let bare = bare::start();
    let site = Site::sqlite();
    let server = site.begin();
    let token = token(&server);
    for number in 0..60 {
        let body = json!({
            "email": format!("person{number}@example.com"), "first_name": "Given", "last_name": "Family",
            "password": null, "metadata": { "team": "blue", "number": number },
        });
        ask_once(server.address, &request("POST", "/admin/users", Some(&token), Some(&body.to_string())));
    }
    let body = json!({ "email": "invited@example.com" }).to_string();
    let invite = ask_once(server.address, &request("POST", "/admin/invites", Some(&token), Some(&body)));
    let preview = json!({ "token": invite["invite"]["token"] }).to_string();

    let cookie = cookie(server.address, &token);
    let compressed = "accept-encoding: gzip, deflate, br, zstd\r\n";
    let uncached = cookie.clone();
    let requests = [
        ("a page of 50 users", Request::same(get("/admin/users", &token))),
        ("refresh of a token", Request::same(request("POST", "/auth/token/refresh", Some(&token), None))),
        ("preview of an invite", Request::same(request("POST", "/auth/invites/preview", None, Some(&preview)))),
        ("/health", Request::same(request("GET", "/health", None, None))),
        (PAGE, Request::same(page("/app/users", &cookie, ""))),
        ("the same, compressed", Request::same(page("/app/users", &cookie, compressed))),
        // Each request differs, so that none is served from the page cache.
        (
            "the same, not from the cache",
            Request::numbered(move |number| page(&format!("/app/users?n={number}"), &uncached, "")),
        ),
    ];
    let empty = Request::same(request("GET", "/", None, None));
    let load = Load { address: bare.address, clients: CLIENTS, request: empty };
    let mut contestants = vec![Contestant { name: "empty axum handler", load, process: Some(&bare) }];
    contestants.extend(requests.map(|(name, request)| {
        let load = Load { address: server.address, clients: CLIENTS, request };
        Contestant { name, load, process: Some(&server) }
    }));
    println!("Reads on SQLite, {CLIENTS} clients");
    let measured = compete(plan, &contestants);
    for (contestant, of_it) in contestants.iter().zip(&measured).skip(1) {
        let ratio = Spread::of_ratios(&of_it.rates, &measured[0].rates);
        let promise = (contestant.name == PAGE).then_some(Promise::AtLeast(0.25));
        ratio.print(&format!("{}, share of the empty handler's rate", contestant.name), Unit::Percent, promise);
    }
}
