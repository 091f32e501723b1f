//! The clean-up, with a session due for each user and all events and deliveries; and what a writer and a reader notice.

use std::thread;
use std::time::Duration;

use tokio::time::Instant;

use crate::figures::Figures;
use crate::fill::{DAY, history, now, people};
use crate::place::Place;
use crate::support::load::{Load, Outcome, Request};
use crate::support::pause;
use crate::support::site::{get, invite, token};

/// How long the clean-up is waited for.
const LONGEST: Duration = Duration::from_secs(15 * 60);

const TURN: Duration = Duration::from_millis(500);

/// What it took.
struct Cleaned {
    /// Milliseconds for a thousand rows.
    batch: f64,
    writer: Outcome,
    reader: Outcome,
}

pub(crate) fn run(figures: &mut Figures, places: &mut [Place]) {
    let cleaned: Vec<Cleaned> = places.iter_mut().map(clean).collect();
    figures.add("clean-up, ms for a thousand rows", &cleaned.iter().map(|cleaned| cleaned.batch).collect::<Vec<f64>>());
    let (writers, readers): (Vec<Outcome>, Vec<Outcome>) =
        cleaned.into_iter().map(|cleaned| (cleaned.writer, cleaned.reader)).unzip();
    for (name, outcomes) in [("an invite while that goes on", writers), ("`me` while that goes on", readers)] {
        let longest: Vec<String> = outcomes.iter().map(|outcome| format!("{:.0} ms", outcome.quantile(1.0))).collect();
        figures.add_outcomes(&format!("{name} (at most {})", longest.join(", ")), &outcomes);
    }
}

fn clean(place: &mut Place) -> Cleaned {
    place.stop();
    let (bulk, people) = (&place.bulk, place.people);
    // Unused for eight days and more: sessions last for seven.
    people::sessions(bulk, people, now(), 1.0, (8 * DAY, 20 * DAY));
    let due = || {
        let unused = format!("COALESCE(last_used_at, created_at) <= {}", bulk.time(now() - 7 * DAY));
        let old = format!("created_at < {}", bulk.time(now() - DAY / 12));
        bulk.number(&format!("SELECT count(*) FROM auth_sessions WHERE {unused}"))
            + bulk.number(&format!("SELECT count(*) FROM deliveries WHERE {old}"))
            + bulk.number(&format!("SELECT count(*) FROM outbox_events WHERE {old}"))
    };
    let before = due();
    let site = place.site.clone_with("VESTIBULE_EVENTS_KEEP", "1h");
    let began = Instant::now();
    let server = site.serve();
    let token = token(&server);
    let load = |request| Load { address: server.address, clients: 1, request };
    let invites = load(invite(&format!("beside{}n", now()), &token));
    let me = load(Request::same(get("/admin/users/me", &token)));
    let (mut writer, mut reader, mut left) = (Outcome::default(), Outcome::default(), before);
    while left > 0 && began.elapsed() < LONGEST {
        let invites = invites.clone();
        let writing = thread::spawn(move || invites.run(TURN));
        reader = reader.and(me.run(TURN));
        writer = writer.and(writing.join().expect("the writer does not panic"));
        left = due();
        pause(Duration::from_millis(100));
    }
    let batch = began.elapsed().as_secs_f64() * 1e6 / (before - left) as f64;
    println!("{before} rows were due, {left} are left after {:.0} s", began.elapsed().as_secs_f64());
    drop(server);
    // So that the next run on a kept database finds events again.
    history::events(bulk, people, (now() - 20 * DAY, now()));
    Cleaned { batch, writer, reader }
}
