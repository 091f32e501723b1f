//! How fast the disk makes writes durable: no honest server can be faster for one write at a time.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

const PIECE: [u8; 4096] = [7; 4096];

/// Where the pieces are written.
#[derive(Clone, Copy)]
pub(crate) enum Position {
    /// At the end of the file, which grows.
    End,
    /// In place: the file's size stays the same, and less has to be written.
    Same,
}

/// Returns how often per second 4 KiB can be written and made durable (fdatasync), one after another.
pub(crate) fn syncs(directory: &Path, place: Position, time: Duration) -> f64 {
    let path = directory.join("fdatasync");
    let file = OpenOptions::new().create(true).truncate(true).write(true).open(&path).expect("a file");
    let (began, mut count) = (Instant::now(), 0u32);
    while began.elapsed() < time {
        let offset = match place {
            Position::End => u64::from(count) * PIECE.len() as u64,
            Position::Same => 0,
        };
        file.write_all_at(&PIECE, offset).expect("it can be written");
        file.sync_data().expect("it can be made durable");
        count += 1;
    }
    let rate = f64::from(count) / began.elapsed().as_secs_f64();
    std::fs::remove_file(&path).expect("it can be removed");
    rate
}
