//! What users and administrators do one at a time.

use serde_json::json;

use crate::figures::Figures;
use crate::place::Place;
use crate::support::client::request;
use crate::support::load::{Load, Request};
use crate::support::site::{invite, sign_in};

pub(crate) fn run(figures: &mut Figures, places: &mut [Place]) {
    // Runs on a kept database invite others each time.
    let run = crate::fill::now();
    figures.measure(places, "`GET /admin/users/me`", |place| place.reads("/admin/users/me"));
    figures.measure(places, "`GET /admin/users/me`, 64 clients", |place| Load {
        clients: 64,
        ..place.reads("/admin/users/me")
    });
    figures.measure(places, "a sign-in", |place| place.load(Request::same(sign_in())));
    let invite = |place: &Place| invite(&format!("invited{run}n"), place.token());
    figures.measure(places, "an invite", |place| place.load(invite(place)));
    figures.measure(places, "an invite, 64 clients", |place| Load { clients: 64, ..place.load(invite(place)) });
    let user = |place: &Place| {
        let token = place.token().to_owned();
        Request::numbered(move |number| {
            let body = json!({ "email": format!("created{run}n{number}@mail.example"), "first_name": "Anna", "last_name": "Lindberg" });
            request("POST", "/admin/users", Some(&token), Some(&body.to_string()))
        })
    };
    figures.measure(places, "a new user", |place| place.load(user(place)));
    figures.measure(places, "a new user, 64 clients", |place| Load { clients: 64, ..place.load(user(place)) });
}
