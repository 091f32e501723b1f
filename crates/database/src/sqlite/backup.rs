//! A copy of a file that is in use, and what a file contains.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::{Sqlite, aside, connect, error};
use crate::{Error, Migrations, UnusableBackupError};

impl Sqlite {
    /// Copies the database, as it is at one moment, into an empty file. Others go on reading and writing.
    pub(crate) fn copy_to(&self, file: &Path) -> Result<(), Error> {
        let path = file.to_str().ok_or_else(|| Error::other(format!("{} is not a path in UTF-8", file.display())))?;
        let connection = connect(&self.path)?;
        aside(|| connection.execute("VACUUM INTO ?1", [path])).map(drop).map_err(error)
    }
}

/// The steps of each module in a file's history, where the file is a whole database. Changes nothing, not even beside the file.
pub(crate) fn steps_in_file<'a>(
    file: &Path,
    modules: &'a [Migrations],
) -> Result<Vec<(&'a Migrations, Vec<String>)>, UnusableBackupError> {
    let unreadable = |error: std::io::Error| UnusableBackupError::Unreadable(error.to_string());
    let size = std::fs::File::open(file).and_then(|opened| opened.metadata()).map_err(unreadable)?;
    if !size.is_file() {
        return Err(UnusableBackupError::Unreadable("it is not a file".to_owned()));
    }
    if size.len() == 0 {
        return Err(UnusableBackupError::Damaged("it is empty".to_owned()));
    }
    let damaged = |error: rusqlite::Error| UnusableBackupError::Damaged(error.to_string());
    // No process writes to it, so SQLite needs no files beside it.
    let mut url = url_of(file);
    url.push_str("?mode=ro&immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(url, flags).map_err(damaged)?;
    super::functions::register(&connection).map_err(damaged)?;
    let verdict: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(damaged)?;
    if verdict != "ok" {
        return Err(UnusableBackupError::Damaged(verdict));
    }
    let history = |module: &'a Migrations| Ok((module, history(&connection, module)?));
    modules.iter().map(history).collect::<Result<_, rusqlite::Error>>().map_err(damaged)
}

fn history(connection: &Connection, module: &Migrations) -> rusqlite::Result<Vec<String>> {
    let table = format!("migrations_{}", module.module);
    let is_there = connection
        .prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1")?
        .exists([table.as_str()])?;
    if !is_there {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare(&format!("SELECT version, name FROM {table} ORDER BY version"))?;
    let steps = statement.query_map([], |row| {
        let (version, name): (i64, String) = (row.get(0)?, row.get(1)?);
        Ok(format!("V{version}__{name}"))
    })?;
    steps.collect()
}

/// The path as a URL, in which SQLite reads `?`, `#` and `%` as its own.
fn url_of(file: &Path) -> String {
    let mut url = String::from("file:");
    for character in file.to_string_lossy().chars() {
        match character {
            '?' => url.push_str("%3f"),
            '#' => url.push_str("%23"),
            '%' => url.push_str("%25"),
            character => url.push(character),
        }
    }
    url
}
