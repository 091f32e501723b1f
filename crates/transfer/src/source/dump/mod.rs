//! The plain SQL that `pg_dump` and the tools around it write: rows of some tables, by `COPY` or by `INSERT`.
//!
//! Only what begins a statement is looked at: what stands in a text or in the body of a function is no statement.

mod copy;
mod insert;
mod lexer;
mod lines;

use std::collections::HashMap;

use self::insert::Tuple;
use self::lexer::Lexer;
use self::lines::Lines;
use super::SourceError;
use crate::record::Record;

/// Where a row stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    block: usize,
    offset: u64,
    pub(super) line: u64,
}

/// The rows of one statement.
struct Block {
    table: &'static str,
    columns: Vec<String>,
    is_copy: bool,
}

/// What the present line is within.
#[derive(Clone, Copy)]
enum Within {
    Statements,
    /// The rows of a `COPY`; of a table that is not wanted without a block.
    Copy(Option<usize>),
    Insert(usize),
}

/// A dump, and the tables that are wanted of it, as `schema.table`.
pub(super) struct Dump {
    lines: Lines,
    wanted: &'static [&'static str],
    lexer: Lexer,
    within: Within,
    tuple: Tuple,
    blocks: Vec<Block>,
    /// The columns of tables that the dump creates: an `INSERT` may leave them out.
    created: HashMap<&'static str, Vec<String>>,
    creating: Option<&'static str>,
}

impl Dump {
    /// Opens a file.
    pub(super) fn open(path: &str, wanted: &'static [&'static str]) -> Result<Self, SourceError> {
        Ok(Self {
            lines: Lines::open(path)?,
            wanted,
            lexer: Lexer::default(),
            within: Within::Statements,
            tuple: Tuple::default(),
            blocks: Vec::new(),
            created: HashMap::new(),
            creating: None,
        })
    }

    /// The next row of a wanted table.
    pub(super) fn next_row(&mut self) -> Result<Option<(&'static str, Place, Record)>, SourceError> {
        loop {
            match self.within {
                Within::Insert(block) => match self.tuple.next(&mut self.lines)? {
                    Some((offset, line, cells)) => {
                        return self.row(block, Place { block, offset, line }, cells).map(Some);
                    }
                    None => self.within = Within::Statements,
                },
                Within::Copy(block) => {
                    let Some(line) = self.lines.next()? else {
                        return Err(self.lines.wrong(1, "the file ends within the rows of a table: is it complete?"));
                    };
                    let line = copy::row(&line);
                    let place = |block| Place { block, offset: self.lines.offset, line: self.lines.number };
                    match block {
                        _ if line == b"\\." => self.within = Within::Statements,
                        Some(block) => {
                            let (place, cells) = (place(block), copy::cells(&self.lines.text(line)?));
                            return self.row(block, place, cells).map(Some);
                        }
                        None => {}
                    }
                }
                Within::Statements => {
                    let Some(line) = self.lines.next()? else {
                        let is_whole = self.lexer.is_between_statements();
                        let cut = || self.lines.wrong(1, "the file ends within a statement: is it complete?");
                        return if is_whole { Ok(None) } else { Err(cut()) };
                    };
                    self.statement(&line)?;
                }
            }
        }
    }

    /// The row at a place that [`Dump::next_row`] has returned, of this dump or of another one of the same file.
    pub(super) fn row_at(&mut self, place: Place, from: &Self) -> Result<Record, SourceError> {
        let Some(block) = from.blocks.get(place.block) else { return Ok(Record::default()) };
        self.lines.seek(place.offset, place.line)?;
        let cells = if block.is_copy {
            let line = self.lines.next()?.unwrap_or_default();
            copy::cells(&self.lines.text(copy::row(&line))?)
        } else {
            let mut tuple = Tuple::default();
            tuple.next(&mut self.lines)?.map(|(_, _, cells)| cells).unwrap_or_default()
        };
        self.record(&block.columns, cells)
    }

    fn row(
        &self,
        block: usize,
        place: Place,
        cells: Vec<serde_json::Value>,
    ) -> Result<(&'static str, Place, Record), SourceError> {
        let Some(Block { table, columns, .. }) = self.blocks.get(block) else {
            return Err(self.lines.wrong(1, "there is a row of no table"));
        };
        Ok((table, place, self.record(columns, cells)?))
    }

    fn record(&self, columns: &[String], cells: Vec<serde_json::Value>) -> Result<Record, SourceError> {
        if columns.len() != cells.len() {
            let message = format!("there are {} values for {} columns", cells.len(), columns.len());
            return Err(self.lines.wrong(1, &message));
        }
        Ok(Record(columns.iter().cloned().zip(cells).collect()))
    }

    /// Reads a line outside of rows.
    fn statement(&mut self, line: &[u8]) -> Result<(), SourceError> {
        let is_start = self.lexer.is_between_statements();
        // Commands of psql, such as `\restrict`, are a line each.
        if is_start && line.starts_with(b"\\") {
            return Ok(());
        }
        let text = String::from_utf8_lossy(line);
        if let Some(table) = self.creating.filter(|_| !is_start) {
            self.created.entry(table).or_default().extend(insert::column(&text));
        }
        if is_start {
            self.creating = None;
            if let Some(rest) = text.strip_prefix("COPY ") {
                return self.copy(rest);
            }
            if let Some(rest) = text.strip_prefix("INSERT INTO ")
                && let Some((table, rest)) = self.find(rest)
            {
                return self.insert(table, rest, line);
            }
            let created = text.strip_prefix("CREATE TABLE ").map(|rest| rest.trim_start_matches("IF NOT EXISTS "));
            self.creating = created.and_then(|rest| self.find(rest)).map(|(table, _)| table);
        }
        self.lexer.read(line);
        Ok(())
    }

    /// The wanted table that a text begins with, and the rest.
    fn find<'a>(&self, text: &'a str) -> Option<(&'static str, &'a str)> {
        let (name, rest) = insert::name(text)?;
        Some((self.wanted.iter().find(|table| **table == name)?, rest))
    }

    fn copy(&mut self, rest: &str) -> Result<(), SourceError> {
        if !rest.trim_end().ends_with("FROM stdin;") {
            return Err(self.lines.wrong(1, "this COPY reads another file: a dump has its rows below it"));
        }
        let block = match self.find(rest) {
            Some((table, rest)) => {
                let columns = insert::columns(rest).map(|(columns, _)| columns);
                let columns = columns.ok_or_else(|| self.lines.wrong(1, "this COPY does not name its columns"))?;
                self.blocks.push(Block { table, columns, is_copy: true });
                Some(self.blocks.len() - 1)
            }
            None => None,
        };
        self.within = Within::Copy(block);
        Ok(())
    }

    fn insert(&mut self, table: &'static str, rest: &str, line: &[u8]) -> Result<(), SourceError> {
        let unnamed = || {
            self.lines
                .wrong(1, "this INSERT does not name its columns: dump with --column-inserts, or without --data-only")
        };
        let (columns, rest) = match insert::columns(rest) {
            Some(named) => named,
            None => (self.created.get(table).cloned().ok_or_else(unnamed)?, rest),
        };
        let Some(values) = rest
            .trim_start()
            .strip_prefix("OVERRIDING SYSTEM VALUE")
            .unwrap_or(rest)
            .trim_start()
            .strip_prefix("VALUES")
        else {
            return Err(self.lines.wrong(1, "this INSERT has no rows of its own"));
        };
        self.tuple = Tuple::begin(values.as_bytes(), &self.lines, line.len());
        self.blocks.push(Block { table, columns, is_copy: false });
        self.within = Within::Insert(self.blocks.len() - 1);
        Ok(())
    }
}
