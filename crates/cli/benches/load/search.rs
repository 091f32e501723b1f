//! Searches 100 000 users for a part of a name, which reads all of them; and what other clients notice.

use std::thread;
use std::time::Duration;

use vestibule::user::CreateUser;
use vestibule::{Options, Vestibule};

use crate::support::load::{Load, Outcome, Request};
use crate::support::rounds::Plan;
use crate::support::site::{SECRET, Site, get, token};
use crate::support::table::{self, Spread, Unit};
use crate::support::{pause, runtime};

const USERS: usize = 100_000;

pub(crate) fn run(plan: &Plan) {
    let site = Site::sqlite();
    site.create_user();
    fill(&site);
    let server = site.serve();
    let token = token(&server);
    let load =
        |clients, path: &str| Load { address: server.address, clients, request: Request::same(get(path, &token)) };
    // Ten users have it in their address, spread over the table.
    let (me, search) = (load(1, "/admin/users/me"), load(1, "/admin/users?q=person4711"));
    let page = load(1, "/admin/users?limit=50");
    let searchers = [1, 4].map(|clients| Load { clients, ..search.clone() });

    let mut columns = [(); 5].map(|()| [Vec::new(), Vec::new()]);
    for _ in 0..plan.rounds {
        for (columns, load) in columns.iter_mut().zip([&me, &search, &page]) {
            note(columns, &plan.take(|| load.run(plan.turn).all_well()));
        }
        for (columns, searchers) in columns[3..].iter_mut().zip(&searchers) {
            let outcome = plan.take(|| {
                let (searchers, time) = (searchers.clone(), plan.turn + Duration::from_millis(200));
                let searching = thread::spawn(move || searchers.run(time).all_well());
                pause(Duration::from_millis(100));
                let outcome = me.run(plan.turn).all_well();
                searching.join().expect("the searches end well");
                outcome
            });
            note(columns, &outcome);
        }
    }
    println!("GET /admin/users among {USERS} users on SQLite; GET /admin/users/me, 1 client each");
    let names = ["me, no searches", "?q=person4711", "?limit=50", "me, 1 client searches", "me, 4 clients search"];
    let median = |values: &Vec<f64>| Spread::of(values.iter().copied()).to_string();
    let rows = names.iter().zip(&columns).map(|(name, [p50, p99])| vec![(*name).to_owned(), median(p50), median(p99)]);
    table::print(&["", "p50 ms", "p99 ms"], rows.collect());
    for (clients, place) in [(1, 3), (4, 4)] {
        let slower = Spread::of_ratios(&columns[place][0], &columns[0][0]);
        slower.print(&format!("p50 of me while {clients} search, to p50 at rest"), Unit::Times, None);
    }
}

fn note(columns: &mut [Vec<f64>; 2], outcome: &Outcome) {
    columns[0].push(outcome.quantile(0.5));
    columns[1].push(outcome.quantile(0.99));
}

/// Creates the users through the library, a thousand per transaction.
fn fill(site: &Site) {
    let url = format!("sqlite://{}", site.folder().join("data/vestibule.db").display());
    let options = Options::new(&url, SECRET.as_bytes()).expect("a valid address");
    runtime().block_on(async {
        let vestibule = Vestibule::open(options).await.expect("the database opens");
        for start in (0..USERS).step_by(1_000) {
            let users = (start..start + 1_000).map(|number| {
                let email = format!("person{number}@example.com").parse().expect("an address");
                let name = |name: &str| Some(format!("{name} {}", number % 977));
                CreateUser { first_name: name("Given"), last_name: name("Family"), ..CreateUser::new(email) }
            });
            vestibule.users().create_users(users.collect::<Vec<_>>()).await.expect("they are created");
        }
    });
}
