//! SQLite, called in place: a read is a function call that takes microseconds, not a message to another thread.
//!
//! Reads run on a few connections of their own and never wait for the writer (WAL). All writes go through the one
//! [`writer`].

mod backup;
mod functions;
mod migrate;
mod writer;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::OpenFlags;
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, Value as SqliteValue, ValueRef};
use tokio::time::Instant;
use vestibule_core::Value;

pub(crate) use self::backup::steps_in_file;
pub(crate) use self::writer::Transaction;
use self::writer::Writer;
use crate::row::Source;
use crate::{Config, Engine, Error, FromRow, Row, Sql};

/// How many prepared statements a connection caches.
const STATEMENTS: usize = 256;

pub(crate) struct Sqlite {
    path: PathBuf,
    /// Whether opening created the file.
    is_new: bool,
    readers: Mutex<Vec<rusqlite::Connection>>,
    max_readers: usize,
    /// The fixed connection for versions, which never writes: commits of others are counted per connection.
    watch: Mutex<Option<rusqlite::Connection>>,
    writer: Writer,
    /// When a scan last took long.
    slow_scan: Mutex<Option<Instant>>,
}

/// A scan of this duration costs more than moving the runtime's other tasks out of its way.
const LONG: Duration = Duration::from_millis(1);
/// How long after such a scan others are expected to take long as well.
const EXPECTED: Duration = Duration::from_secs(10);

impl Sqlite {
    pub(crate) fn open(path: &Path, config: &Config) -> Result<Self, Error> {
        let is_new = create(path).map_err(|error| Error::unavailable(format!("{}: {error}", path.display())))?;
        // Switching a new file to its write-ahead log needs exclusive access, for which SQLite itself does not wait.
        let lock = aside(|| lock_folder(path))?;
        let writer = connect(path)?;
        // Another program's file is left as it is until a module's tables are created in it.
        if is_empty_or_ours(&writer)? {
            enable_wal(&writer)?;
        }
        drop(lock);
        Ok(Self {
            path: path.to_owned(),
            is_new,
            readers: Mutex::new(Vec::new()),
            max_readers: config.max_connections,
            watch: Mutex::new(None),
            writer: Writer::start(writer, config.acquire_timeout)?,
            slow_scan: Mutex::new(None),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn is_new(&self) -> bool {
        self.is_new
    }

    /// Reads with an idle connection. There are never more of them in use than threads that read.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&rusqlite::Connection) -> Result<T, Error>) -> Result<T, Error> {
        let free = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match free {
            Some(connection) => connection,
            None => self.connect_reader()?,
        };
        let result = work(&connection);
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < self.max_readers {
            readers.push(connection);
        }
        result
    }

    fn connect_reader(&self) -> Result<rusqlite::Connection, Error> {
        let connection = connect(&self.path)?;
        connection.pragma_update(None, "query_only", true).map_err(error)?;
        Ok(connection)
    }

    /// Reads with the one fixed connection, for some microseconds.
    pub(crate) fn watch<T>(&self, work: impl FnOnce(&rusqlite::Connection) -> Result<T, Error>) -> Result<T, Error> {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = match watch.take() {
            Some(connection) => connection,
            None => self.connect_reader()?,
        };
        work(watch.insert(connection))
    }

    /// Reads by a statement whose cost grows with its table: while such reads take long, aside.
    pub(crate) fn scan<T>(&self, work: impl FnOnce(&rusqlite::Connection) -> Result<T, Error>) -> Result<T, Error> {
        let slow = || self.slow_scan.lock().unwrap_or_else(PoisonError::into_inner);
        let began = Instant::now();
        let is_long = slow().is_some_and(|last| began.duration_since(last) < EXPECTED);
        let result = if is_long { aside(|| self.read(work)) } else { self.read(work) };
        if began.elapsed() > LONG {
            *slow() = Some(began);
        }
        result
    }

    pub(crate) async fn begin(&self) -> Result<Transaction, Error> {
        self.writer.begin().await
    }
}

/// Creates the file, and its folder, for its owner alone: it holds password hashes. Returns whether it was missing.
fn create(path: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).mode(0o600);
    match options.clone().create_new(true).open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            options.create(true).open(path).map(|_| false)
        }
        made => made.map(|_| true),
    }
}

/// Whether a file has no tables yet, or a module's among them.
fn is_empty_or_ours(connection: &rusqlite::Connection) -> Result<bool, Error> {
    let text = "SELECT count(*) = 0 OR max(name LIKE 'migrations\\_%' ESCAPE '\\') FROM sqlite_master";
    connection.query_row(text, [], |row| row.get(0)).map_err(error)
}

/// Switches a file to its write-ahead log, permanently.
fn enable_wal(connection: &rusqlite::Connection) -> Result<(), Error> {
    connection.execute_batch("PRAGMA journal_mode = WAL").map_err(error)
}

/// Waits for the lock of a database's folder, among processes and threads. It ends with the value, and leaves no file
/// behind.
fn lock_folder(path: &Path) -> Result<std::fs::File, Error> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let lock = std::fs::File::open(folder).map_err(Error::unavailable)?;
    lock.lock().map_err(Error::unavailable)?;
    Ok(lock)
}

/// Opens a connection with the settings that every connection has.
fn connect(path: &Path) -> Result<rusqlite::Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = rusqlite::Connection::open_with_flags(path, flags).map_err(error)?;
    connection.busy_timeout(Duration::from_secs(5)).map_err(error)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection
        .execute_batch(
            "PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON;
             PRAGMA temp_store = MEMORY;
             PRAGMA trusted_schema = OFF;",
        )
        .map_err(error)?;
    // Otherwise a bound value that might suggest another plan has the whole statement prepared again, at every use.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(error)?;
    functions::register(&connection).map_err(error)?;
    Ok(connection)
}

/// Runs a statement and reads its rows.
pub(crate) fn query<T: FromRow>(
    connection: &rusqlite::Connection,
    sql: &Sql,
    values: &[Value],
) -> Result<Vec<T>, Error> {
    with_statement(connection, sql, |statement| {
        bind(statement, values)?;
        let mut rows = statement.raw_query();
        let mut list = Vec::new();
        while let Some(row) = rows.next().map_err(error)? {
            list.push(T::from_row(&Row(Source::Sqlite(Columns::of(row))))?);
        }
        Ok(list)
    })
}

/// Runs a statement and counts the rows that it changed.
pub(crate) fn execute(connection: &rusqlite::Connection, sql: &Sql, values: &[Value]) -> Result<u64, Error> {
    with_statement(connection, sql, |statement| {
        bind(statement, values)?;
        let count = statement.raw_execute().map_err(error)?;
        Ok(u64::try_from(count).unwrap_or(u64::MAX))
    })
}

fn with_statement<T>(
    connection: &rusqlite::Connection,
    sql: &Sql,
    work: impl FnOnce(&mut rusqlite::Statement<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let text = numbered(sql.text(Engine::Sqlite));
    if sql.is_fixed() {
        work(&mut *connection.prepare_cached(&text).map_err(error)?)
    } else {
        work(&mut connection.prepare(&text).map_err(error)?)
    }
}

/// The text with `?2` for `$2`. To SQLite `$2` is a name: the first placeholder of a text is its first parameter,
/// whatever its number, and names are looked up one by one, which takes seconds where there are thousands.
fn numbered(text: &str) -> String {
    let mut parts = text.split('$');
    let mut numbered = String::with_capacity(text.len());
    numbered.push_str(parts.next().unwrap_or_default());
    for part in parts {
        numbered.push(if part.starts_with(|c: char| c.is_ascii_digit()) { '?' } else { '$' });
        numbered.push_str(part);
    }
    numbered
}

fn bind(statement: &mut rusqlite::Statement<'_>, values: &[Value]) -> Result<(), Error> {
    if values.len() != statement.parameter_count() {
        return Err(Error::other(format!("{} values for {} placeholders", values.len(), statement.parameter_count())));
    }
    for (number, value) in (1..).zip(values) {
        statement.raw_bind_parameter(number, Bound(value)).map_err(error)?;
    }
    Ok(())
}

/// Runs work that may take long while the runtime, if it has several threads, moves other tasks out of its way.
fn aside<T>(work: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// A value in SQLite's format: booleans and times (microseconds) as integers, JSON as text.
struct Bound<'a>(&'a Value);

impl rusqlite::ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Value::Null => ToSqlOutput::Owned(SqliteValue::Null),
            Value::Bool(value) => ToSqlOutput::Owned(SqliteValue::Integer(i64::from(*value))),
            Value::Int(value) => ToSqlOutput::Owned(SqliteValue::Integer(*value)),
            Value::Time(value) => ToSqlOutput::Owned(SqliteValue::Integer(value.as_microseconds())),
            Value::Text(value) => ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())),
            Value::Bytes(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value)),
            Value::Json(value) => ToSqlOutput::Owned(SqliteValue::Text(value.to_string())),
        })
    }
}

/// The columns of a row.
pub(crate) struct Columns<'a> {
    row: &'a rusqlite::Row<'a>,
    /// The expected next column, as rows are mostly read from left to right: finding each by its name among all would
    /// take longer than reading it.
    next: Cell<usize>,
}

impl<'a> Columns<'a> {
    fn of(row: &'a rusqlite::Row<'a>) -> Self {
        Self { row, next: Cell::new(0) }
    }

    /// The value of a column.
    pub(crate) fn value(&self, column: &str) -> Result<Value, Error> {
        let index = self.find(column)?;
        self.next.set(index + 1);
        self.value_at(index)
    }

    /// Whether the statement has this column.
    pub(crate) fn has(&self, column: &str) -> bool {
        self.find(column).is_ok()
    }

    /// The value of the column at this index.
    pub(crate) fn value_at(&self, index: usize) -> Result<Value, Error> {
        Ok(match self.row.get_ref(index).map_err(error)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(value) => Value::Int(value),
            ValueRef::Text(value) => Value::Text(std::str::from_utf8(value).map_err(Error::other)?.to_owned()),
            ValueRef::Blob(value) => Value::Bytes(value.to_vec()),
            ValueRef::Real(value) => return Err(Error::other(format!("column {index} holds the fraction {value}"))),
        })
    }

    fn find(&self, column: &str) -> Result<usize, Error> {
        let statement: &rusqlite::Statement<'_> = self.row.as_ref();
        match statement.column_name(self.next.get()) {
            Ok(name) if name == column => Ok(self.next.get()),
            _ => statement.column_index(column).map_err(error),
        }
    }
}

/// Sorts a driver's error into the kinds that a caller can act on.
pub(crate) fn error(error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode::*;
    let rusqlite::Error::SqliteFailure(failure, message) = &error else {
        return Error::other(error);
    };
    match (failure.code, failure.extended_code) {
        (_, rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => {
            // "UNIQUE constraint failed: users.email_canonical, users.x", where PostgreSQL names the index.
            let columns = message.as_deref().and_then(|text| text.split_once(": ")).map_or("", |(_, columns)| columns);
            Error::Unique { constraint: constraint_name(columns) }
        }
        (_, rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => Error::ForeignKey(error.into()),
        (
            DatabaseBusy
            | DatabaseLocked
            | FileLockingProtocolFailed
            | DiskFull
            | SystemIoFailure
            | CannotOpen
            | PermissionDenied
            | ReadOnly
            | OutOfMemory,
            _,
        ) => Error::unavailable(error),
        _ => Error::other(error),
    }
}

/// `users.email_canonical, users.x` → `users_email_canonical_x`
fn constraint_name(columns: &str) -> String {
    let mut name = String::new();
    for column in columns.split(", ") {
        let (table, column) = column.split_once('.').unwrap_or(("", column));
        if name.is_empty() {
            name.push_str(table);
        }
        name.push('_');
        name.push_str(column);
    }
    name
}
