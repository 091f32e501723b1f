//! The lines of a dump, with their places.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use super::super::SourceError;
use super::super::file::{MOST, TOO_LONG, open};

pub(super) struct Lines {
    path: String,
    reader: BufReader<File>,
    /// Where the next line begins.
    next: u64,
    /// Where the last one began.
    pub(super) offset: u64,
    /// Its number, from 1.
    pub(super) number: u64,
}

impl Lines {
    pub(super) fn open(path: &str) -> Result<Self, SourceError> {
        let reader = BufReader::with_capacity(1 << 16, open(path)?);
        let mut lines = Self { path: path.to_owned(), reader, next: 0, offset: 0, number: 0 };
        let refused = |error| SourceError::File { path: path.to_owned(), error };
        let first = lines.reader.fill_buf().map_err(refused)?.to_vec();
        let refused = |message: &str| Err(SourceError::Options(format!("{path}: {message}")));
        if first.starts_with(b"PGDMP") {
            return refused(
                "this is a dump in pg_dump's own format: `pg_restore --schema auth --file auth.sql FILE` makes a plain one of it",
            );
        }
        if first.starts_with(&[0x1f, 0x8b]) || first.starts_with(b"toc.dat") {
            return refused("this is an archive: unpack it, or dump again with --format plain");
        }
        if first.starts_with(&[0xef, 0xbb, 0xbf]) {
            lines.reader.consume(3);
            lines.next = 3;
        }
        Ok(lines)
    }

    fn failed(&self, error: std::io::Error) -> SourceError {
        SourceError::File { path: self.path.clone(), error }
    }

    pub(super) fn wrong(&self, column: u64, message: &str) -> SourceError {
        let (path, line, message) = (self.path.clone(), self.number.max(1), message.to_owned());
        SourceError::Content { path, line, column, message }
    }

    /// The next line, without the line feed that ends it.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, SourceError> {
        let mut line = Vec::new();
        let read = self.reader.by_ref().take(MOST + 1).read_until(b'\n', &mut line);
        let read = read.map_err(|error| self.failed(error))?;
        self.offset = self.next;
        self.number += 1;
        if u64::try_from(read).unwrap_or(u64::MAX) > MOST {
            return Err(self.wrong(1, TOO_LONG));
        }
        self.next += u64::try_from(read).unwrap_or_default();
        if read == 0 {
            return Ok(None);
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        Ok(Some(line))
    }

    /// Continues at a place within the file, whose line has this number.
    pub(super) fn seek(&mut self, offset: u64, line: u64) -> Result<(), SourceError> {
        let sought = self.reader.seek(SeekFrom::Start(offset));
        sought.map_err(|error| self.failed(error))?;
        (self.next, self.number) = (offset, line.saturating_sub(1));
        Ok(())
    }

    /// The text of a line.
    pub(super) fn text(&self, line: &[u8]) -> Result<String, SourceError> {
        let wrong = |at: usize, message| self.wrong(u64::try_from(at).unwrap_or_default() + 1, message);
        let text = std::str::from_utf8(line)
            .map_err(|error| wrong(error.valid_up_to(), "this is not UTF-8: dump again with --encoding UTF8"))?;
        match text.find('\0') {
            Some(at) => Err(wrong(at, "there is a NUL character: is this a text file?")),
            None => Ok(text.to_owned()),
        }
    }
}
