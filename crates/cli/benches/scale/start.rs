//! From the program's start to its first response.

use tokio::time::Instant;

use crate::figures::Figures;
use crate::place::Place;
use crate::support::client::{ask_once, request};
use crate::support::table::Spread;

const TIMES: usize = 7;

pub(crate) fn run(figures: &mut Figures, places: &mut [Place]) {
    places.iter_mut().for_each(Place::stop);
    let mut starts = vec![Vec::new(); places.len()];
    let mut memory = starts.clone();
    for _ in 0..TIMES {
        for (place, (starts, memory)) in places.iter().zip(starts.iter_mut().zip(&mut memory)) {
            let began = Instant::now();
            let server = place.site.serve();
            ask_once(server.address, &request("GET", "/health/ready", None, None));
            starts.push(began.elapsed().as_secs_f64() * 1e3);
            memory.push(server.memory("VmRSS"));
        }
    }
    let medians = |of: Vec<Vec<f64>>| of.into_iter().map(|of| Spread::of(of).median).collect::<Vec<f64>>();
    figures.add("start to the first response, ms", &medians(starts));
    figures.add("memory after the start, MB", &medians(memory));
    places.iter_mut().for_each(Place::start);
}
