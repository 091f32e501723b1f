//! What an uploaded table has: its columns, its first rows, how many there are.

use std::io::Read;

use super::MOST_ROWS;
use crate::source::csv_file::{Ended, guess, read_rows};
use crate::{TableError, TableProblem};

/// How many rows are shown.
const SHOWN: usize = 3;

/// What a table has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Preview {
    /// The columns, as the first line names them.
    pub columns: Vec<String>,
    /// What each becomes, guessed by its name: a field of ours, each at most once.
    pub guesses: Vec<Option<&'static str>>,
    /// The first three rows.
    pub first: Vec<Vec<String>>,
    /// How many rows there are, without the first line.
    pub rows: u64,
}

impl Preview {
    /// Reads a table to its end, with the checks of an import.
    pub(super) fn read(table: impl Read) -> Result<Self, TableError> {
        let (mut preview, mut has_head) = (Self::default(), false);
        let read = read_rows(table, |line, cells| {
            let texts = || cells.iter().map(|cell| (*cell).to_owned()).collect();
            if !has_head {
                has_head = true;
                preview.columns = texts();
                for name in cells {
                    let field = guess(name).filter(|field| !preview.guesses.contains(&Some(field)));
                    preview.guesses.push(field);
                }
                return Ok(());
            }
            preview.rows += 1;
            if preview.rows > MOST_ROWS {
                let problem = TableProblem::Rows { most: MOST_ROWS };
                return Err(Ended::Wrong(TableError { line, column: 1, problem }));
            }
            if preview.first.len() < SHOWN {
                preview.first.push(texts());
            }
            Ok(())
        });
        match read {
            Err(Ended::Wrong(error)) => Err(error),
            _ => Ok(preview),
        }
    }
}
