//! Durable invites compared with the disk: each response promises that the invite survives a loss of power. One at a
//! time they could be no faster than the disk syncs; group commit makes several durable at once.

use crate::support::disk::{Position, syncs};
use crate::support::load::Load;
use crate::support::rounds::Plan;
use crate::support::site::{Site, invite, token};
use crate::support::table::{self, Promise, Spread, Unit};

const CLIENTS: usize = 64;

pub(crate) fn run(plan: &Plan) {
    let site = Site::sqlite();
    let server = site.begin();
    let request = invite("invited", &token(&server));
    let many = Load { address: server.address, clients: CLIENTS, request: request.clone() };
    let alone = Load { address: server.address, clients: 1, request };
    many.run(plan.turn / 4).all_well();

    let (mut at_end, mut in_place, mut columns) = (Vec::new(), Vec::new(), [(); 6].map(|()| Vec::new()));
    for _ in 0..plan.rounds {
        at_end.push(plan.take(|| syncs(site.folder(), Position::End, plan.turn / 2)));
        in_place.push(plan.take(|| syncs(site.folder(), Position::Same, plan.turn / 2)));
        for (load, columns) in [&many, &alone].into_iter().zip(columns.chunks_mut(3)) {
            let outcome = plan.take(|| load.run(plan.turn).all_well());
            columns[0].push(outcome.rate());
            columns[1].push(outcome.quantile(0.5));
            columns[2].push(outcome.quantile(0.99));
        }
    }
    println!("POST /admin/invites on SQLite, every one of another address");
    let median = |values: &Vec<f64>| Spread::of(values.iter().copied()).to_string();
    let row = |name: String, values: &[Vec<f64>]| [name].into_iter().chain(values.iter().map(median)).collect();
    let rows = vec![
        row("fdatasync of 4 KiB at the end of a file".to_owned(), &[at_end.clone()]),
        row("fdatasync of 4 KiB in place".to_owned(), &[in_place.clone()]),
        row(format!("invites, {CLIENTS} clients"), &columns[..3]),
        row("invites, 1 client".to_owned(), &columns[3..]),
    ];
    table::print(&["", "a second", "p50 ms", "p99 ms"], rows);
    let ratio = Spread::of_ratios(&columns[0], &at_end);
    ratio.print("invites of 64 clients to fdatasyncs at the end of a file", Unit::Times, Some(Promise::AtLeast(5.0)));
    Spread::of_ratios(&columns[0], &in_place).print("the same to fdatasyncs in place", Unit::Times, None);
    Spread::of_ratios(&columns[3], &at_end).print("invites of 1 client to fdatasyncs at the end", Unit::Times, None);
}
