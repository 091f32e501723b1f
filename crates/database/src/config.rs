//! The database's address and settings.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// The database's address and settings.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    pub(crate) location: Location,
    pub(crate) direct: Option<Box<crate::postgres::Address>>,
    /// How many connections to hold at most (PostgreSQL), or to hold open for reading (SQLite).
    pub max_connections: usize,
    /// How long to wait for a connection or for the lock to write.
    pub acquire_timeout: Duration,
    /// How long one statement may take (PostgreSQL).
    pub statement_timeout: Duration,
    /// How long opening a connection may take (PostgreSQL).
    pub connect_timeout: Duration,
}

#[derive(Debug, Clone)]
pub(crate) enum Location {
    Sqlite(PathBuf),
    Postgres(Box<crate::postgres::Address>),
}

/// A database URL that cannot be used. The URL itself is not repeated: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUrl {
    /// Neither `sqlite://` nor `postgres://`.
    #[error("a database URL begins with sqlite:// or postgres://")]
    Scheme,
    /// `sqlite://` without a path, or in memory.
    #[error(
        "sqlite:// needs the path of a file, such as sqlite://data/vestibule.db (a database in memory would lose its data)"
    )]
    Path,
    /// A PostgreSQL URL that does not parse.
    #[error("the PostgreSQL URL is not valid: {0}")]
    Postgres(String),
}

impl Config {
    /// Parses `sqlite://PATH` or `postgres://user:password@host:port/name?sslmode=…&sslrootcert=PATH`.
    ///
    /// Parameters mean the same as for PostgreSQL's own clients, or are refused. `sslmode` is `disable`, `prefer` (the
    /// default), `require`, `verify-ca` or `verify-full`; `prefer` and `require` check the server's certificate only if
    /// `sslrootcert` names its authority. Variables such as `PGHOST` are not read.
    ///
    /// # Errors
    ///
    /// [`InvalidUrl`], with the reason.
    pub fn from_url(url: &str) -> Result<Self, InvalidUrl> {
        let location = if let Some(path) = url.strip_prefix("sqlite://") {
            let path = path.split_once('?').map_or(path, |(path, _)| path);
            if path.is_empty() || path.contains(":memory:") || path.contains('\0') {
                return Err(InvalidUrl::Path);
            }
            Location::Sqlite(PathBuf::from(path))
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Location::Postgres(Box::new(url.parse().map_err(InvalidUrl::Postgres)?))
        } else {
            return Err(InvalidUrl::Scheme);
        };
        Ok(Self {
            location,
            direct: None,
            max_connections: 10,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(5),
        })
    }

    /// Names the PostgreSQL server itself, where the URL leads to a pooler such as PgBouncer: migrations and notifications
    /// of other processes then go past the pooler.
    ///
    /// # Errors
    ///
    /// [`InvalidUrl`], with the reason.
    pub fn set_direct_url(&mut self, url: &str) -> Result<(), InvalidUrl> {
        match Self::from_url(url)?.location {
            Location::Postgres(address) => self.direct = Some(address),
            Location::Sqlite(_) => return Err(InvalidUrl::Postgres("SQLite has no pooler".to_owned())),
        }
        Ok(())
    }
}

impl FromStr for Config {
    type Err = InvalidUrl;
    fn from_str(url: &str) -> Result<Self, InvalidUrl> {
        Self::from_url(url)
    }
}
