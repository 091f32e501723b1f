//! Searches among ten thousand users and among many more, on both engines; and what other clients notice.

use std::thread;
use std::time::Duration;

use vestibule::user::{CreateUser, UserId};
use vestibule::{Options, Vestibule};
use vestibule_testing::postgres::{SERVER_VARIABLE, database};

use crate::support::load::{Load, Outcome, Request};
use crate::support::process::Process;
use crate::support::rounds::Plan;
use crate::support::site::{SECRET, Site, get, token};
use crate::support::table::{self, Promise, Spread, Unit};
use crate::support::{pause, runtime};

const FEW: usize = 10_000;

/// How many `VESTIBULE_BENCH_USERS` may change.
const MANY: usize = 1_000_000;

/// What is searched for, whether few users are found whatever their number, and what it is.
const SEARCHES: [(&str, bool, &str); 8] = [
    ("q=rson0004711", true, "a part of one address"),
    ("q=person0004711@example.com", true, "an address"),
    ("q=4711%20zoe", true, "two words"),
    ("q=family%20500", false, "a name of one in 977"),
    ("q=example", false, "a word of every user"),
    ("q=example&order=-created_at", false, "the same, newest first"),
    ("q=z", false, "one character"),
    ("limit=50", false, "no search"),
];

pub(crate) fn run(plan: &Plan) {
    let many = std::env::var("VESTIBULE_BENCH_USERS").ok().and_then(|count| count.parse().ok()).unwrap_or(MANY);
    searched(plan, "SQLite", many, [Site::sqlite(), Site::sqlite()]);
    if std::env::var(SERVER_VARIABLE).is_ok() {
        let databases = [runtime().block_on(database()), runtime().block_on(database())];
        searched(plan, "PostgreSQL", many, databases.each_ref().map(|database| Site::at(database.url())));
    }
}

/// One installation with few users and one with many.
fn searched(plan: &Plan, engine: &str, many: usize, sites: [Site; 2]) {
    let ids = [(&sites[0], FEW), (&sites[1], many)].map(|(site, users)| {
        site.create_user();
        fill(site, users)
    });
    let servers = sites.each_ref().map(Site::serve);
    let clients = servers.each_ref().map(|server| Client { server, token: token(server) });
    println!("GET /admin/users on {engine}, 1 client: p50 among {FEW} users and among {many}");
    let (mut rows, mut slowest) = (Vec::new(), Vec::new());
    let by_id = (ids.map(|id| format!("q={id}")), true, "an id");
    let searches = SEARCHES.map(|(query, finds_few, name)| ([query.to_owned(), query.to_owned()], finds_few, name));
    for (queries, finds_few, name) in searches.into_iter().chain([by_id]) {
        let mut times = [Vec::new(), Vec::new()];
        for round in 0..=plan.rounds {
            for place in 0..2 {
                let load = clients[place].load(1, &format!("/admin/users?{}", queries[place]));
                let time = plan.take(|| load.run(plan.turn).all_well().quantile(0.5));
                // The first round fills caches.
                if round > 0 {
                    times[place].push(time);
                }
            }
        }
        let ratio = Spread::of_ratios(&times[1], &times[0]);
        slowest.extend(finds_few.then_some(ratio.median));
        let median = |times: &Vec<f64>| Spread::of(times.iter().copied()).to_string();
        rows.push(vec![name.to_owned(), median(&times[0]), median(&times[1]), ratio.to_string()]);
    }
    table::print(&["", "few ms", "many ms", "times"], rows);
    let slowest = slowest.into_iter().fold(0.0, f64::max);
    let promise = Some(Promise::AtMost(3.0));
    Spread::of([slowest]).print("the slowest of those that find few, among many to among few", Unit::Times, promise);
    beside(plan, &clients[1]);
}

/// A server, and the token of its first user.
struct Client<'a> {
    server: &'a Process,
    token: String,
}

impl Client<'_> {
    fn load(&self, clients: usize, path: &str) -> Load {
        Load { address: self.server.address, clients, request: Request::same(get(path, &self.token)) }
    }
}

/// What a client that searches for nothing notices of others that do.
fn beside(plan: &Plan, client: &Client<'_>) {
    let me = client.load(1, "/admin/users/me");
    let rest = plan.take(|| me.run(plan.turn).all_well());
    let mut rows = vec![times("me, no searches", &rest)];
    let searches =
        [("q=rson0004711", "me, 4 clients search for one user"), ("q=example", "me, 4 search for every user")];
    for (query, name) in searches {
        let outcome = plan.take(|| {
            let time = plan.turn + Duration::from_millis(200);
            let searchers = client.load(4, &format!("/admin/users?{query}"));
            let searching = thread::spawn(move || searchers.run(time).all_well());
            pause(Duration::from_millis(100));
            let outcome = me.run(plan.turn).all_well();
            searching.join().expect("the searches end well");
            outcome
        });
        rows.push(times(name, &outcome));
    }
    table::print(&["", "p50 ms", "p99 ms"], rows);
}

fn times(name: &str, outcome: &Outcome) -> Vec<String> {
    let quantile = |part| Spread::of([outcome.quantile(part)]).to_string();
    vec![name.to_owned(), quantile(0.5), quantile(0.99)]
}

/// Creates the users through the library, a thousand per transaction, and returns the id of one.
fn fill(site: &Site, users: usize) -> UserId {
    let options = Options::new(&site.database_url(), SECRET.as_bytes()).expect("a valid address");
    runtime().block_on(async {
        let vestibule = Vestibule::open(options).await.expect("the database opens");
        let mut found = None;
        for start in (0..users).step_by(1_000) {
            let users = (start..start + 1_000).map(|number| {
                let email = format!("person{number:07}@example.com").parse().expect("an address");
                let (first, last) = (format!("Zoë {}", number % 89), format!("Family {}", number % 977));
                CreateUser { first_name: Some(first), last_name: Some(last), ..CreateUser::new(email) }
            });
            let created = vestibule.users().create_users(users.collect::<Vec<_>>()).await.expect("they are created");
            found = found.or(created.get(711).map(|user| user.id));
        }
        found.expect("there are users")
    })
}
