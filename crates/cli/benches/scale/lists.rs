//! Each list of the API in each order that it offers, without its count: the first page, and one deep inside.

use std::time::Duration;

use tokio::time::Instant;

use crate::figures::Figures;
use crate::fill::history::events_of;
use crate::place::Place;
use crate::support::client::ask_once;
use crate::support::site::get;

/// A list and its orders. `ROLE` is the id of the role that everyone has.
const LISTS: [(&str, &str, &[&str]); 6] = [
    (
        "users",
        "/admin/users?limit=50&count=none",
        &[
            "",
            "email",
            "-email",
            "first_name",
            "-first_name",
            "last_name",
            "-last_name",
            "created_at",
            "-created_at",
            "updated_at",
            "-updated_at",
        ],
    ),
    (
        "invites in all states",
        "/admin/invites?state=all&limit=50&count=none",
        &["", "email", "-email", "created_at", "-created_at", "updated_at", "-updated_at"],
    ),
    ("pending and expired invites", "/admin/invites?limit=50&count=none", &["", "-created_at"]),
    ("audit log", "/admin/audit?limit=50&count=none", &["", "id", "created_at", "-created_at"]),
    ("deliveries", "/admin/deliveries?limit=50&count=none", &[""]),
    ("holders of a role", "/admin/rbac/roles/ROLE/users?limit=50&count=none", &[""]),
];

/// How long pages are read until one counts as deep.
const WALK: Duration = Duration::from_secs(3);

pub(crate) fn run(figures: &mut Figures, places: &mut [Place]) {
    for (name, path, orders) in LISTS {
        for order in orders {
            let path = if order.is_empty() { path.to_owned() } else { format!("{path}&order={order}") };
            let name = if order.is_empty() { name.to_owned() } else { format!("{name} by `{order}`") };
            figures.measure(places, &name, |place| place.reads(&with_role(place, &path)));
            figures.measure(places, &format!("{name}, a deep page"), |place| {
                let path = with_role(place, &path);
                place.reads(&format!("{path}&after={}", deep(place, &path)))
            });
        }
    }
    figures.measure(places, "events, the first page", |place| place.reads("/admin/events?limit=50"));
    figures.measure(places, "events, a deep page", |place| {
        let last = place.bulk.number("SELECT position FROM outbox_head");
        place.reads(&format!("/admin/events?limit=50&after={}", last - events_of(place.people) / 2))
    });
    figures.measure(places, "roles", |place| place.reads("/admin/rbac/roles?limit=50"));
}

/// Puts the id of the role that everyone has into a path.
pub(crate) fn with_role(place: &Place, path: &str) -> String {
    path.replace("ROLE", &place.role)
}

/// The cursor in the middle of a list, or as deep as some seconds of reading lead.
fn deep(place: &Place, path: &str) -> String {
    let (began, mut after, mut read) = (Instant::now(), String::new(), 0);
    let path = path.replace("limit=50", "limit=1000");
    while began.elapsed() < WALK && read < place.people / 2 {
        let page = ask_once(place.server().address, &get(&format!("{path}&after={after}"), place.token()));
        let Some(next) = page["next"].as_str() else { break };
        next.clone_into(&mut after);
        read += 1_000;
    }
    after
}
