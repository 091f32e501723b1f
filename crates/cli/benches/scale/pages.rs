//! The dashboard's pages, rendered for each request.

use crate::figures::Figures;
use crate::lists::with_role;
use crate::place::Place;
use crate::searches::{encoded, middle};
use crate::support::client::page;
use crate::support::load::Request;

const PAGES: [(&str, &str); 21] = [
    ("/app/users", "/app/users?"),
    ("/app/users by name", "/app/users?sort=name"),
    ("/app/users by address", "/app/users?sort=email"),
    ("/app/users, oldest first", "/app/users?sort=oldest"),
    ("/app/users, the locked ones", "/app/users?state=locked"),
    ("/app/users, the active ones", "/app/users?state=active"),
    ("/app/users without second factor", "/app/users?state=without"),
    ("/app/users with a role", "/app/users?role=ROLE"),
    ("/app/users, a full name", "/app/users?q=NAME"),
    ("/app/users, a word of all", "/app/users?q=example"),
    ("/app/users, a word of none", "/app/users?q=qqxqqz"),
    ("/app/users/{id}", "/app/users/USER?"),
    ("/app/invites", "/app/invites?"),
    ("/app/invites, the accepted ones", "/app/invites?state=accepted"),
    ("/app/invites, a word of all", "/app/invites?q=example"),
    ("/app/roles", "/app/roles?"),
    ("/app/roles/{id} of everyone", "/app/roles/ROLE?"),
    ("/app/deliveries", "/app/deliveries?"),
    ("/app/audit", "/app/audit?"),
    ("/app/audit of a user", "/app/audit?actor=USER"),
    ("/app/audit, an action", "/app/audit?action=user.updated"),
];

pub(crate) fn run(figures: &mut Figures, places: &mut [Place]) {
    for (name, path) in PAGES {
        figures.measure(places, &format!("`{name}`"), |place| {
            let person = middle(place);
            let name = encoded(&format!("{} {}", person.name.first, person.name.last));
            let path = with_role(place, path).replace("USER", &person.id).replace("NAME", &name);
            let cookie = place.cookie().to_owned();
            // Each request differs, so that none is served from the page cache.
            place.load(Request::numbered(move |number| page(&format!("{path}&n={number}"), &cookie, "")))
        });
    }
}
