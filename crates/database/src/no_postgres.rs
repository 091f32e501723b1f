//! Replaces `postgres` where the feature of that name is off: opening a PostgreSQL database fails, and nothing else can
//! be reached.

use std::convert::Infallible;
use std::str::FromStr;

use vestibule_core::Value;

use crate::{Config, Error, FromRow, MigrationError, Migrations, Sql};

const ABSENT: &str = "this program was built without PostgreSQL (the feature postgres of vestibule-database)";

#[derive(Debug, Clone)]
pub(crate) struct Address(Infallible);

impl FromStr for Address {
    type Err = String;

    fn from_str(_: &str) -> Result<Self, String> {
        Err(ABSENT.to_owned())
    }
}

pub(crate) struct Postgres(Infallible);

impl Postgres {
    pub(crate) fn open(address: &Address, _: &Config) -> Result<Self, Error> {
        match address.0 {}
    }

    pub(crate) async fn query<T: FromRow>(&self, _: &Sql, _: &[Value]) -> Result<Vec<T>, Error> {
        match self.0 {}
    }

    pub(crate) async fn begin(&self) -> Result<Transaction, Error> {
        match self.0 {}
    }

    pub(crate) fn has_versions(&self) -> bool {
        match self.0 {}
    }

    pub(crate) fn distrust_versions(&self) {
        match self.0 {}
    }

    pub(crate) fn can_listen(&self) -> bool {
        match self.0 {}
    }

    pub(crate) fn lost_connections(&self) -> u64 {
        match self.0 {}
    }

    pub(crate) async fn listen(&self, _: &str) -> Result<Line, Error> {
        match self.0 {}
    }

    pub(crate) async fn build_indexes(&self, _: &[Migrations], _: &[String]) -> Result<(), Error> {
        match self.0 {}
    }

    pub(crate) async fn build_index(&self, _: &str, _: &str) -> Result<(), Error> {
        match self.0 {}
    }

    pub(crate) async fn query_unhurried<T: FromRow>(&self, _: &str) -> Result<Vec<T>, Error> {
        match self.0 {}
    }

    pub(crate) async fn count_again(&self, _: &[&str]) -> Result<(), Error> {
        match self.0 {}
    }

    pub(crate) async fn migrate(&self, _: &[Migrations]) -> Result<usize, MigrationError> {
        match self.0 {}
    }
}

pub(crate) struct Transaction(Infallible);

impl Transaction {
    pub(crate) async fn query<T: FromRow>(&mut self, _: &Sql, _: &[Value]) -> Result<Vec<T>, Error> {
        match self.0 {}
    }

    pub(crate) async fn execute(&mut self, _: &Sql, _: &[Value]) -> Result<u64, Error> {
        match self.0 {}
    }

    pub(crate) async fn execute_pipelined(&mut self, _: &Sql, _: &[Value]) -> Result<(), Error> {
        match self.0 {}
    }

    pub(crate) async fn batch(&mut self, _: &str) -> Result<(), Error> {
        match self.0 {}
    }

    pub(crate) fn is_conflicted(&self) -> bool {
        match self.0 {}
    }

    pub(crate) async fn commit(self) -> Result<(), Error> {
        match self.0 {}
    }

    pub(crate) async fn rollback(self) -> Result<(), Error> {
        match self.0 {}
    }

    pub(crate) fn undo(&mut self, _: &str) {
        match self.0 {}
    }
}

pub(crate) struct Line(Infallible);

impl Line {
    pub(crate) async fn receive(&mut self) -> Result<(), Error> {
        match self.0 {}
    }

    pub(crate) async fn notify(&self, _: &str) -> Result<(), Error> {
        match self.0 {}
    }
}

pub(crate) struct Columns(Infallible);

pub(crate) fn has(row: &Columns, _: &str) -> bool {
    match row.0 {}
}

pub(crate) fn value<I>(row: &Columns, _: I) -> Result<Value, Error> {
    match row.0 {}
}

pub(crate) fn is_outage(_: &(dyn std::error::Error + 'static)) -> bool {
    false
}

pub(crate) fn is_conflict(_: &Error) -> bool {
    false
}
