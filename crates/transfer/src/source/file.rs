//! Files, read by a thread of their own, a batch at a time.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::{BATCH, Source, SourceError};
use crate::item::Item;

/// The most bytes of one row: more is no user.
pub(super) const MOST: u64 = 16 * 1024 * 1024;

/// A file that another thread reads.
pub(super) struct FileSource {
    rows: mpsc::Receiver<Result<Vec<Item>, SourceError>>,
}

/// Where the thread puts what it reads.
pub(super) struct Sink {
    rows: mpsc::Sender<Result<Vec<Item>, SourceError>>,
    waiting: Vec<Item>,
    /// How many rows are passed over, because they were imported before.
    skipped: u64,
    number: u64,
}

/// The receiver is gone, so that reading ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nothing more is needed")]
pub(super) struct Stopped;

impl Sink {
    /// Numbers a row, from 1; `None` if it was imported before.
    pub(super) fn number(&mut self) -> Option<u64> {
        self.number += 1;
        (self.number > self.skipped).then_some(self.number)
    }

    pub(super) fn put(&mut self, item: Item) -> Result<(), Stopped> {
        self.waiting.push(item);
        if self.waiting.len() >= BATCH { self.send() } else { Ok(()) }
    }

    fn send(&mut self) -> Result<(), Stopped> {
        self.rows.blocking_send(Ok(std::mem::take(&mut self.waiting))).map_err(|_| Stopped)
    }
}

/// The mark of a row of a file.
pub(super) fn mark(number: u64) -> String {
    number.to_string()
}

impl FileSource {
    /// Starts to read, after the row that has this mark.
    pub(super) fn start(
        after: Option<String>,
        read: impl FnOnce(&mut Sink) -> Result<(), SourceError> + Send + 'static,
    ) -> Self {
        let (sender, rows) = mpsc::channel(2);
        let skipped = after.and_then(|mark| mark.parse().ok()).unwrap_or(0);
        let mut sink = Sink { rows: sender, waiting: Vec::new(), skipped, number: 0 };
        tokio::task::spawn_blocking(move || {
            match read(&mut sink) {
                // Where the reader is gone, there is nothing to report.
                Ok(()) if !sink.waiting.is_empty() => drop(sink.send()),
                Ok(()) => {}
                Err(error) => drop(sink.rows.blocking_send(Err(error))),
            }
        });
        Self { rows }
    }
}

#[async_trait]
impl Source for FileSource {
    async fn next_batch(&mut self) -> Result<Vec<Item>, SourceError> {
        self.rows.recv().await.unwrap_or_else(|| Ok(Vec::new()))
    }
}

/// Opens a file.
pub(super) fn open(path: &str) -> Result<File, SourceError> {
    let refused = |error| SourceError::File { path: path.to_owned(), error };
    let file = File::open(path).map_err(refused)?;
    if file.metadata().is_ok_and(|about| about.is_dir()) {
        return Err(refused(io::Error::other("this is a folder, not a file")));
    }
    Ok(file)
}

/// The hash of a file's content.
pub(super) fn fingerprint_of_file(path: &str) -> Result<Vec<u8>, SourceError> {
    let mut file = BufReader::with_capacity(1 << 16, open(path)?);
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hash.finalize().to_vec()),
            Ok(count) => hash.update(buffer.get(..count).unwrap_or_default()),
            Err(error) => return Err(SourceError::File { path: path.to_owned(), error }),
        }
    }
}

/// A reader that ends with an error where one row has more than [`MOST`] bytes. The byte order mark of other editors is passed
/// over.
pub(super) struct Bounded<R> {
    reader: R,
    used: Budget,
    began: bool,
    /// The first bytes, which were no byte order mark.
    waiting: Vec<u8>,
}

/// How much of the present row was read.
#[derive(Clone, Default)]
pub(super) struct Budget {
    bytes: Arc<AtomicU64>,
    quotes: Arc<AtomicU64>,
}

impl Budget {
    /// Another row begins.
    pub(super) fn begin(&self) {
        self.bytes.store(0, Ordering::Relaxed);
    }

    /// Whether the file has an odd number of quotes so far.
    pub(super) fn has_open_quote(&self) -> bool {
        self.quotes.load(Ordering::Relaxed) % 2 == 1
    }
}

/// What [`Bounded`] says of a row that is too long.
pub(super) const TOO_LONG: &str = "one row has more than 16 MiB";

impl<R: Read> Bounded<R> {
    pub(super) fn new(reader: R) -> (Self, Budget) {
        let used = Budget::default();
        (Self { reader, used: used.clone(), began: false, waiting: Vec::new() }, used)
    }

    /// Reads the first bytes and what follows them in one: who looks at the beginning sees the whole first line.
    fn take(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let first = std::mem::take(&mut self.waiting);
        let count = first.len().min(buffer.len());
        for (place, byte) in buffer.iter_mut().zip(&first) {
            *place = *byte;
        }
        self.waiting.extend(first.iter().skip(count));
        match buffer.get_mut(count..) {
            Some(rest) if !rest.is_empty() => Ok(count + self.reader.read(rest)?),
            _ => Ok(count),
        }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.began {
            self.began = true;
            let mut first = Vec::with_capacity(3);
            self.reader.by_ref().take(3).read_to_end(&mut first)?;
            if first != [0xef, 0xbb, 0xbf] {
                self.waiting = first;
            }
        }
        let count = self.take(buffer)?;
        let quotes = buffer.get(..count).unwrap_or_default().iter().filter(|byte| **byte == b'"').count();
        self.used.quotes.fetch_add(u64::try_from(quotes).unwrap_or_default(), Ordering::Relaxed);
        let read = u64::try_from(count).unwrap_or(u64::MAX);
        if self.used.bytes.fetch_add(read, Ordering::Relaxed) > MOST {
            return Err(io::Error::new(io::ErrorKind::InvalidData, TOO_LONG));
        }
        Ok(count)
    }
}
