//! Exports: until the first byte, per row, and the memory that they take. Each is read for some seconds, and then broken off.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use tokio::time::Instant;

use crate::figures::Figures;
use crate::place::Place;
use crate::support::client::page;
use crate::support::site::get;

/// How long a reader goes on.
const LONGEST: Duration = Duration::from_secs(20);

/// How much memory an export may take, in MB.
const MEMORY: f64 = 20.0;

/// The exports; those of the dashboard are authenticated by cookie.
const EXPORTS: [&str; 6] = [
    "/app/users.csv",
    "/admin/users/export?format=csv",
    "/admin/users/export?format=jsonl",
    "/admin/invites/export?format=csv",
    "/admin/audit/export",
    "/admin/audit/export?format=csv",
];

/// What a reader saw.
struct Export {
    first_byte: f64,
    per_row: f64,
    memory: f64,
}

pub(crate) fn run(figures: &mut Figures, places: &mut [Place]) {
    for path in EXPORTS {
        let exports: Option<Vec<Export>> = places
            .iter_mut()
            .map(|place| {
                // Memory that an earlier request took is not given back at once.
                place.stop();
                place.start();
                read(place, path)
            })
            .collect();
        let Some(exports) = exports else {
            println!("`{path}` is not there");
            continue;
        };
        let of = |value: fn(&Export) -> f64| exports.iter().map(value).collect::<Vec<f64>>();
        figures.add(&format!("`{path}`, ms until the first byte"), &of(|export| export.first_byte));
        figures.add(&format!("`{path}`, µs a row"), &of(|export| export.per_row));
        figures.add_within(&format!("`{path}`, MB of memory more than before"), &of(|export| export.memory), MEMORY);
    }
}

/// Reads an export; `None` if the route does not exist.
fn read(place: &Place, path: &str) -> Option<Export> {
    let before = place.server().memory("VmRSS");
    let request = if path.starts_with("/app") { page(path, place.cookie(), "") } else { get(path, place.token()) };
    let mut request = String::from_utf8(request).expect("text");
    request.insert_str(request.len() - 2, "connection: close\r\n");
    let mut stream = TcpStream::connect(place.server().address).expect("the server is there");
    let began = Instant::now();
    stream.write_all(request.as_bytes()).expect("the server reads");
    let (mut buffer, mut first_byte, mut rows, mut memory) = (vec![0; 1 << 16], None, 0_usize, 0.0_f64);
    while began.elapsed() < LONGEST {
        let read = stream.read(&mut buffer).expect("the server answers");
        if read == 0 {
            break;
        }
        if first_byte.is_none() {
            first_byte = Some(began.elapsed());
            if !buffer.starts_with(b"HTTP/1.1 200") {
                return None;
            }
        }
        // The head and the sizes of the chunks are few lines beside those of the rows.
        rows += buffer[..read].iter().filter(|byte| **byte == b'\n').count();
        memory = memory.max(place.server().memory("VmRSS") - before);
    }
    let per_row = began.elapsed().as_secs_f64() * 1e6 / rows as f64;
    Some(Export { first_byte: first_byte?.as_secs_f64() * 1e3, per_row, memory })
}
