//! From the program's start to its first response, and its memory before any request.

use std::time::Duration;

use tokio::time::Instant;

use crate::support::client::{Client, request};
use crate::support::process::Process;
use crate::support::rounds::Plan;
use crate::support::site::Site;
use crate::support::table::{Promise, Spread, Unit};
use crate::support::{pause, runtime};

/// Starts are short, so there are more of them than of other measurements.
const STARTS: usize = 4;

pub(crate) fn run(plan: &Plan) {
    let existing = Site::sqlite();
    existing.create_user();
    let [mut times, mut times_of_new, mut memory] = [(); 3].map(|()| Vec::new());
    for _ in 0..plan.rounds {
        let started = plan.take(|| [(); STARTS].map(|()| (start(&existing), first_answer(&Site::sqlite()).1)));
        for ([time, resident], time_of_new) in started {
            times.push(time);
            times_of_new.push(time_of_new);
            memory.push(resident);
        }
    }
    println!("vestibule serve on SQLite, {} starts each", times.len());
    let (promise, unit) = (Some(Promise::AtMost(300.0)), Unit::Named("ms"));
    Spread::of(times).print("start to the first 200 of /health, database there", unit, promise);
    Spread::of(times_of_new).print("start to the first 200 of /health, no database yet", unit, promise);
    Spread::of(memory).print("resident memory at rest", Unit::Named("MB"), Some(Promise::AtMost(40.0)));
}

/// Returns the time of a start, in milliseconds, and the memory at rest, in MB.
pub(crate) fn start(existing: &Site) -> [f64; 2] {
    let (server, time) = first_answer(existing);
    pause(Duration::from_millis(100));
    let memory = server.memory("VmRSS");
    [time, memory]
}

/// Returns the server, and how long it took until `/health` returned 200, in milliseconds.
fn first_answer(site: &Site) -> (Process, f64) {
    let began = Instant::now();
    let server = site.serve();
    runtime().block_on(async {
        let mut client = Client::connect(server.address).await.expect("it says that it listens");
        let answer = client.ask(&request("GET", "/health", None, None)).await.expect("it answers");
        assert_eq!((answer.status, answer.body), (200, b"OK".as_slice()));
    });
    (server, began.elapsed().as_secs_f64() * 1e3)
}
