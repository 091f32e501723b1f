//! Counts SQLite's commits from outside: each ends with a commit frame in the write-ahead log.
//!
//! <https://sqlite.org/fileformat2.html#the_write_ahead_log>

use std::path::Path;

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// How many commits the log beside this database holds. It grows until a checkpoint, which happens after a thousand
/// pages: tests that count write fewer.
pub(crate) fn commits(database: &Path) -> usize {
    // The first reader or writer creates it.
    let log = std::fs::read(database.with_extension("db-wal")).unwrap_or_default();
    if log.is_empty() {
        return 0;
    }
    let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
    let page_size = number(8) as usize;
    let salt = &log[16..24];
    let frames = log[HEADER..].chunks_exact(FRAME_HEADER + page_size).enumerate();
    let is_current = |frame: &[u8]| &frame[8..16] == salt;
    // The second number of a frame's header is the size of the database after the commit, and zero within one.
    frames.take_while(|(_, frame)| is_current(frame)).filter(|(_, frame)| frame[4..8] != [0; 4]).count()
}
