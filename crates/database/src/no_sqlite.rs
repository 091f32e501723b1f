//! Replaces `sqlite` where the feature of that name is off: opening a SQLite file fails, and nothing else can be
//! reached.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::path::Path;

use vestibule_core::Value;

use crate::{Config, Error, FromRow, MigrationError, Migrations, Sql, UnusableBackupError};

const ABSENT: &str = "this program was built without SQLite (the feature sqlite of vestibule-database)";

pub(crate) struct Sqlite(Infallible);

pub(crate) struct Connection;

impl Sqlite {
    pub(crate) fn open(_: &Path, _: &Config) -> Result<Self, Error> {
        Err(Error::unavailable(ABSENT))
    }

    pub(crate) fn path(&self) -> &Path {
        match self.0 {}
    }

    pub(crate) fn copy_to(&self, _: &Path) -> Result<(), Error> {
        match self.0 {}
    }

    pub(crate) fn is_new(&self) -> bool {
        match self.0 {}
    }

    pub(crate) fn read<T>(&self, _: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        match self.0 {}
    }

    pub(crate) fn watch<T>(&self, _: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        match self.0 {}
    }

    pub(crate) fn scan<T>(&self, _: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        match self.0 {}
    }

    pub(crate) async fn begin(&self) -> Result<Transaction, Error> {
        match self.0 {}
    }

    pub(crate) fn migrate(&self, _: &[Migrations]) -> Result<usize, MigrationError> {
        match self.0 {}
    }
}

pub(crate) fn steps_in_file<'a>(
    _: &Path,
    _: &'a [Migrations],
) -> Result<Vec<(&'a Migrations, Vec<String>)>, UnusableBackupError> {
    Err(UnusableBackupError::Unreadable(ABSENT.to_owned()))
}

pub(crate) struct Transaction(Infallible);

impl Transaction {
    pub(crate) fn query<T: FromRow>(&mut self, _: &Sql, _: &[Value]) -> Result<Vec<T>, Error> {
        match self.0 {}
    }

    pub(crate) fn execute(&mut self, _: &Sql, _: &[Value]) -> Result<u64, Error> {
        match self.0 {}
    }

    pub(crate) fn batch(&mut self, _: &str) -> Result<(), Error> {
        match self.0 {}
    }

    pub(crate) async fn commit(self) -> Result<(), Error> {
        match self.0 {}
    }
}

pub(crate) struct Columns<'a>(Infallible, PhantomData<&'a ()>);

impl Columns<'_> {
    pub(crate) fn value(&self, _: &str) -> Result<Value, Error> {
        match self.0 {}
    }

    pub(crate) fn has(&self, _: &str) -> bool {
        match self.0 {}
    }

    pub(crate) fn value_at(&self, _: usize) -> Result<Value, Error> {
        match self.0 {}
    }
}

pub(crate) fn query<T: FromRow>(_: &Connection, _: &Sql, _: &[Value]) -> Result<Vec<T>, Error> {
    Err(Error::unavailable(ABSENT))
}
