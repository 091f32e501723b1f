//! Rows in bulk: prepared inserts in one transaction on SQLite, `COPY` on PostgreSQL. Indexes are built afterwards.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rusqlite::types::{ToSqlOutput, Value as SqliteValue, ValueRef};
use vestibule::core::Timestamp;
use vestibule_testing::postgres::PROGRAMS_VARIABLE;

/// A value of a row.
#[derive(Clone)]
pub(crate) enum Cell {
    Null,
    Text(String),
    Name(&'static str),
    Number(i64),
    Flag(bool),
    /// Microseconds since 1970.
    Time(i64),
}

impl From<Option<&str>> for Cell {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::Null, |text| Self::Text(text.to_owned()))
    }
}

/// The statements that remove what makes many inserts slow, and those that put it back.
pub(crate) struct Indexes {
    restore: Vec<String>,
}

/// A connection beside the product's.
pub(crate) enum Bulk {
    Sqlite(PathBuf),
    Postgres(String),
}

/// A line of what removes and restores an index or a foreign key: the two statements, as one text.
const BETWEEN: &str = " ;then; ";

impl Bulk {
    /// Runs statements.
    pub(crate) fn run(&self, statements: &str) {
        match self {
            Self::Sqlite(file) => connect(file).execute_batch(statements).expect("SQLite accepts the statements"),
            Self::Postgres(url) => drop(psql(url, statements)),
        }
    }

    /// Returns the first column of a query, as text.
    pub(crate) fn texts(&self, query: &str) -> Vec<String> {
        match self {
            Self::Sqlite(file) => {
                let connection = connect(file);
                let mut statement = connection.prepare(query).expect("a query");
                let rows = statement.query_map([], |row| row.get::<_, SqliteValue>(0)).expect("it runs");
                rows.map(|value| text(value.expect("a row"))).collect()
            }
            Self::Postgres(url) => psql(url, query).lines().map(str::to_owned).collect(),
        }
    }

    /// Returns the number that a query finds.
    pub(crate) fn number(&self, query: &str) -> u64 {
        self.texts(query).first().and_then(|text| text.parse().ok()).expect("a number")
    }

    /// A time, in microseconds, as a literal.
    pub(crate) fn time(&self, time: i64) -> String {
        match self {
            Self::Sqlite(_) => time.to_string(),
            Self::Postgres(_) => format!("'{}'::timestamptz", Timestamp::from_microseconds(time)),
        }
    }

    /// Removes the indexes and foreign keys of these tables, other than those of primary keys.
    pub(crate) fn remove_indexes(&self, tables: &[&str]) -> Indexes {
        let tables = tables.iter().map(|table| format!("'{table}'")).collect::<Vec<_>>().join(", ");
        let query = match self {
            Self::Sqlite(_) => format!(
                "SELECT 'DROP INDEX ' || name || '{BETWEEN}' || replace(sql, char(10), ' ') FROM sqlite_master
                 WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({tables})"
            ),
            Self::Postgres(_) => format!(
                "SELECT format('DROP INDEX %I', indexname) || '{BETWEEN}' || indexdef FROM pg_indexes
                 WHERE tablename IN ({tables}) AND indexname NOT IN (SELECT conname FROM pg_constraint)
                 UNION ALL
                 SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) || '{BETWEEN}'
                     || format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
                 FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text IN ({tables})"
            ),
        };
        let found = self.texts(&query);
        let pairs = found.iter().map(|line| line.split_once(BETWEEN).expect("two statements"));
        let (remove, restore): (Vec<&str>, Vec<&str>) = pairs.unzip();
        if let Self::Sqlite(_) = self {
            self.run("PRAGMA journal_mode = DELETE");
        }
        self.run(&remove.join(";\n"));
        Indexes { restore: restore.into_iter().map(str::to_owned).collect() }
    }

    /// Puts the indexes back, and has the planner look at the tables.
    pub(crate) fn restore_indexes(&self, indexes: &Indexes) {
        for statement in &indexes.restore {
            self.run(statement);
        }
        self.run(match self {
            // The product collects no statistics on SQLite, so there are none here either.
            Self::Sqlite(_) => "PRAGMA journal_mode = WAL",
            Self::Postgres(_) => "VACUUM ANALYZE",
        });
    }

    /// Inserts rows.
    pub(crate) fn fill(&self, table: &str, columns: &[&str], rows: impl Iterator<Item = Vec<Cell>>) {
        let names = columns.join(", ");
        match self {
            Self::Sqlite(file) => {
                let places: Vec<String> = (1..=columns.len()).map(|place| format!("?{place}")).collect();
                let mut connection = connect(file);
                let transaction = connection.transaction().expect("a transaction");
                let text = format!("INSERT INTO {table} ({names}) VALUES ({})", places.join(", "));
                let mut insert = transaction.prepare(&text).expect("the columns are there");
                for row in rows {
                    insert.execute(rusqlite::params_from_iter(row)).expect("the row is accepted");
                }
                drop(insert);
                transaction.commit().expect("the rows are committed");
            }
            Self::Postgres(url) => {
                let copy = format!("COPY {table} ({names}) FROM STDIN");
                let mut child = start_psql(url, &copy).stdin(Stdio::piped()).spawn().expect("psql starts");
                let mut input = BufWriter::with_capacity(1 << 20, child.stdin.take().expect("its input"));
                for row in rows {
                    copy_row(&mut input, &row).expect("psql reads");
                }
                drop(input);
                assert!(child.wait().expect("psql ends").success(), "the rows of {table} were copied");
            }
        }
    }
}

/// Opens the file for much at once: a large cache, and while there are no indexes, no journal.
fn connect(file: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(file).expect("the file opens");
    let settings = "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA busy_timeout = 60000;";
    connection.execute_batch(settings).expect("the settings are accepted");
    let journal: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).expect("a mode");
    if journal != "wal" {
        connection.execute_batch("PRAGMA journal_mode = OFF").expect("the mode is accepted");
    }
    connection
}

fn text(value: SqliteValue) -> String {
    match value {
        SqliteValue::Text(text) => text,
        SqliteValue::Integer(number) => number.to_string(),
        SqliteValue::Real(number) => number.to_string(),
        SqliteValue::Null | SqliteValue::Blob(_) => String::new(),
    }
}

impl rusqlite::ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Name(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Number(number) | Self::Time(number) => ToSqlOutput::Owned(SqliteValue::Integer(*number)),
            Self::Flag(flag) => ToSqlOutput::Owned(SqliteValue::Integer((*flag).into())),
        })
    }
}

/// Returns the command that runs statements in PostgreSQL.
fn start_psql(url: &str, statements: &str) -> Command {
    let folder = std::env::var(PROGRAMS_VARIABLE).map(PathBuf::from).unwrap_or_default();
    let mut command = Command::new(folder.join("psql"));
    command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", statements]);
    command
}

fn psql(url: &str, statements: &str) -> String {
    let output = start_psql(url, statements).stderr(Stdio::inherit()).output().expect("psql starts");
    assert!(output.status.success(), "PostgreSQL accepts {statements}");
    String::from_utf8(output.stdout).expect("text")
}

/// Writes a row in the text format of `COPY`.
fn copy_row(to: &mut impl Write, row: &[Cell]) -> std::io::Result<()> {
    for (place, cell) in row.iter().enumerate() {
        if place > 0 {
            to.write_all(b"\t")?;
        }
        match cell {
            Cell::Null => to.write_all(b"\\N")?,
            Cell::Text(text) if text.contains(['\\', '\t', '\n']) => {
                let escaped = text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n");
                to.write_all(escaped.as_bytes())?;
            }
            Cell::Text(text) => to.write_all(text.as_bytes())?,
            Cell::Name(text) => to.write_all(text.as_bytes())?,
            Cell::Number(number) => write!(to, "{number}")?,
            Cell::Flag(flag) => to.write_all(if *flag { b"t" } else { b"f" })?,
            Cell::Time(time) => write!(to, "{}", Timestamp::from_microseconds(*time))?,
        }
    }
    to.write_all(b"\n")
}
