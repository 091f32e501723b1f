//! What is wrong with a table, so that pages can say it in the language of their reader.

use std::fmt;

/// A table that cannot be read. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableError {
    /// The line, from 1.
    pub line: u64,
    /// The column: the number of the cell, from 1.
    pub column: u64,
    /// What is wrong there.
    pub problem: TableProblem,
}

/// What is wrong with a table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableProblem {
    /// It has no first line.
    Empty,
    /// A quote is not closed.
    OpenQuote,
    /// A line has another number of cells than the first.
    Cells {
        /// How many it has.
        found: u64,
        /// How many the first line has.
        expected: u64,
    },
    /// There are too many columns.
    Columns {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// A NUL character.
    Nul,
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// One row has more than 16 MiB.
    LongRow,
    /// There are too many rows.
    Rows {
        /// How many there may be.
        most: u64,
    },
    /// Anything else.
    Other(String),
}

impl fmt::Display for TableProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the file is empty: its first line names the columns"),
            Self::OpenQuote => f.write_str("a quote is not closed: is the file complete?"),
            Self::Cells { found, expected } => {
                write!(f, "there are {found} cells, and the first line has {expected}: is the file complete?")
            }
            Self::Columns { found, most } => write!(f, "there are {found} columns: {most} at most"),
            Self::Nul => f.write_str("there is a NUL character: is this a text file?"),
            Self::NotUtf8 => f.write_str("this is not UTF-8: save the table as UTF-8"),
            Self::LongRow => f.write_str(super::file::TOO_LONG),
            Self::Rows { most } => write!(f, "there are more than {most} rows"),
            Self::Other(message) => f.write_str(message),
        }
    }
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.problem)
    }
}

impl std::error::Error for TableError {}
