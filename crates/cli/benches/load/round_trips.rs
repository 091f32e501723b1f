//! What the program adds to PostgreSQL's own work: invites compared with `pgbench` that inserts the same rows over as many
//! connections, and `GET /admin/users/me` compared with a prepared point select.
//!
//! Needs `VESTIBULE_TEST_POSTGRES` and `pgbench`, which comes with PostgreSQL's server
//! (`VESTIBULE_TEST_POSTGRES_BIN`, or in `PATH`).

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use vestibule_testing::postgres::{PROGRAMS_VARIABLE, SERVER_VARIABLE, database};

use crate::support::load::{Load, Request};
use crate::support::rounds::Plan;
use crate::support::runtime;
use crate::support::site::{Site, get, invite, token};
use crate::support::table::{self, Promise, Spread, Unit};

/// `database.max_connections` by default.
const CONNECTIONS: &str = "10";

/// The rows of an invite with one role, each by a statement of its own.
const INSERTS: &str = "
BEGIN;
INSERT INTO invites (id, email, email_canonical, state, nonce, expires_at, times_sent, sent_at, search_text, created_at, updated_at)
    SELECT id, id || '@example.com', id || '@example.com', 'pending', md5(id), now() + interval '7 days', 1, now(), ' ' || id || ' ', now(), now()
    FROM (SELECT 'bench_' || gen_random_uuid() AS id) AS made;
INSERT INTO outbox_events (id, name, subject, data, created_at)
    VALUES ('event_' || gen_random_uuid(), 'invite.created', gen_random_uuid()::text, '{\"id\": \"bench\"}', now());
INSERT INTO rbac_subject_sets (subject_id, set_id) VALUES ('bench_' || gen_random_uuid(), 'role_super_admin');
INSERT INTO rbac_assignments (subject_id, role_id, created_at)
    VALUES ('bench_' || gen_random_uuid(), 'role_super_admin', now());
INSERT INTO audit_entries (id, action, actor_type, actor_id, target_type, target_id, address, user_agent, request_id, after, created_at)
    VALUES ('audit_' || gen_random_uuid(), 'invite.created', 'user', 'bench', 'invite', gen_random_uuid()::text, '127.0.0.1', 'bench',
        gen_random_uuid()::text, '{\"email\": \"bench@example.com\", \"roles\": [\"role_super_admin\"]}', now());
COMMIT;
";

/// A row found by its key.
const SELECT: &str = "SELECT * FROM users WHERE id = 'user_none';";

pub(crate) fn run(plan: &Plan) {
    if std::env::var(SERVER_VARIABLE).is_err() {
        return println!("round_trips: {SERVER_VARIABLE} is not set");
    }
    let database = runtime().block_on(database());
    let site = Site::at(database.url());
    let server = site.begin();
    let load = |clients, request: &Request| Load { address: server.address, clients, request: request.clone() };
    let invites = invite("invited", &token(&server));
    let me = Request::same(get("/admin/users/me", &token(&server)));

    let mut columns = [(); 6].map(|()| Vec::new());
    for _ in 0..plan.rounds {
        let bench = |script: &str| pgbench(&site, database.url(), script, plan.turn);
        let rates = [
            plan.take(|| bench(INSERTS)),
            plan.take(|| load(64, &invites).run(plan.turn).all_well().rate()),
            plan.take(|| load(8, &invites).run(plan.turn).all_well().rate()),
            plan.take(|| bench(SELECT)),
            plan.take(|| load(64, &me).run(plan.turn).all_well().rate()),
            plan.take(|| load(8, &me).run(plan.turn).all_well().rate()),
        ];
        for (column, rate) in columns.iter_mut().zip(rates) {
            column.push(rate);
        }
    }
    println!("PostgreSQL, {CONNECTIONS} connections");
    let names = [
        "pgbench, the rows of an invite, a second",
        "invites, 64 clients",
        "invites, 8 clients",
        "pgbench, a row by its key, a second",
        "me, 64 clients",
        "me, 8 clients",
    ];
    let rows = names.iter().zip(&columns);
    let rows = rows.map(|(name, rates)| vec![(*name).to_owned(), Spread::of(rates.iter().copied()).to_string()]);
    table::print(&["", "a second"], rows.collect());
    let ratio = |part: usize, whole: usize| Spread::of_ratios(&columns[part], &columns[whole]);
    ratio(1, 0).print("invites of 64 clients, share of pgbench", Unit::Percent, Some(Promise::AtLeast(0.5)));
    ratio(1, 2).print("invites of 64 clients, share of those of 8", Unit::Percent, Some(Promise::AtLeast(1.0)));
    ratio(4, 3).print("me, share of pgbench", Unit::Percent, Some(Promise::AtLeast(0.5)));
}

/// How many transactions a second `pgbench` does.
fn pgbench(site: &Site, url: &str, script: &str, time: Duration) -> f64 {
    let file = site.folder().join("pgbench.sql");
    std::fs::write(&file, script).expect("a file");
    let program = std::env::var(PROGRAMS_VARIABLE)
        .map_or_else(|_| PathBuf::from("pgbench"), |folder| PathBuf::from(folder).join("pgbench"));
    let seconds = time.as_secs().max(1).to_string();
    let output = Command::new(program)
        .args([
            "--no-vacuum",
            "--protocol=prepared",
            "--client",
            CONNECTIONS,
            "--jobs",
            "2",
            "--time",
            &seconds,
            "--file",
        ])
        .arg(file)
        .arg(url)
        .output()
        .expect("pgbench, which comes with PostgreSQL");
    let text = String::from_utf8_lossy(&output.stdout);
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    rate.unwrap_or_else(|| panic!("pgbench: {text}{}", String::from_utf8_lossy(&output.stderr)))
}
