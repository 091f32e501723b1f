//! Rows, and how they are converted to the caller's types.

use vestibule_core::Value;

use crate::Error;

/// One row of a result, read by column names.
pub struct Row<'a>(pub(crate) Source<'a>);

pub(crate) enum Source<'a> {
    #[cfg_attr(not(feature = "sqlite"), expect(dead_code, reason = "no driver makes it"))]
    Sqlite(crate::sqlite::Columns<'a>),
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "no driver makes it"))]
    Postgres(&'a crate::postgres::Columns),
}

impl Row<'_> {
    /// The value of a column.
    ///
    /// # Errors
    ///
    /// [`Error::Other`] if there is no such column or it holds another type.
    pub fn get<T>(&self, column: &str) -> Result<T, Error>
    where
        T: TryFrom<Value, Error: std::error::Error>,
    {
        read(self.value(column)?, column)
    }

    /// The value of a nullable column.
    ///
    /// # Errors
    ///
    /// As for [`Row::get`].
    pub fn get_optional<T>(&self, column: &str) -> Result<Option<T>, Error>
    where
        T: TryFrom<Value, Error: std::error::Error>,
    {
        optional(self.value(column)?, column)
    }

    /// The value of the first column, which may be null.
    pub(crate) fn first_optional<T>(&self) -> Result<Option<T>, Error>
    where
        T: TryFrom<Value, Error: std::error::Error>,
    {
        let value = match &self.0 {
            Source::Sqlite(columns) => columns.value_at(0),
            Source::Postgres(row) => crate::postgres::value(row, 0),
        }?;
        optional(value, "first")
    }

    /// The value of a column that the statement may not have.
    pub(crate) fn find(&self, column: &str) -> Option<Result<Value, Error>> {
        let is_there = match &self.0 {
            Source::Sqlite(columns) => columns.has(column),
            Source::Postgres(row) => crate::postgres::has(row, column),
        };
        is_there.then(|| self.value(column))
    }

    fn value(&self, column: &str) -> Result<Value, Error> {
        match &self.0 {
            Source::Sqlite(columns) => columns.value(column),
            Source::Postgres(row) => crate::postgres::value(row, column),
        }
    }
}

fn read<T: TryFrom<Value, Error: std::error::Error>>(value: Value, column: &str) -> Result<T, Error> {
    T::try_from(value).map_err(|error| Error::other(format!("column {column}: {error}")))
}

fn optional<T: TryFrom<Value, Error: std::error::Error>>(value: Value, column: &str) -> Result<Option<T>, Error> {
    match value {
        Value::Null => Ok(None),
        value => read(value, column).map(Some),
    }
}

/// A type that can be read from a row.
pub trait FromRow: Sized {
    /// Reads a row.
    ///
    /// # Errors
    ///
    /// [`Error::Other`] if a column is missing or holds another type.
    fn from_row(row: &Row<'_>) -> Result<Self, Error>;
}

/// A row whose columns do not matter, only its existence.
impl FromRow for () {
    fn from_row(_: &Row<'_>) -> Result<Self, Error> {
        Ok(())
    }
}
