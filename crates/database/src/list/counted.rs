//! Counts that are kept, so that a list need not read its rows to count them.

use vestibule_core::Value;

use super::Table;
use crate::{Connection, Error, Sql};

/// A statement that returns how many rows match, without reading them; null where that is not known yet.
#[derive(Debug, Clone)]
pub struct KeptCount {
    /// The statement, whose first column is the count.
    pub statement: Sql,
    /// Its values.
    pub values: Vec<Value>,
}

/// A table, with the count of what a filter matches there if it is kept. A [`Table`] alone is one without.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The table.
    pub table: Table,
    /// The count of exactly what the list's filter matches.
    pub kept: Option<KeptCount>,
}

impl From<Table> for Counted {
    fn from(table: Table) -> Self {
        Self { table, kept: None }
    }
}

impl Table {
    /// The table with a count that is kept.
    pub fn with_count(self, kept: Option<KeptCount>) -> Counted {
        Counted { table: self, kept }
    }
}

/// The kept count, if there is one and it is known.
pub(super) async fn kept(connection: &mut Connection<'_>, kept: Option<&KeptCount>) -> Result<Option<u64>, Error> {
    match kept {
        None => Ok(None),
        Some(kept) => connection.query_scalar_optional(&kept.statement, &kept.values).await,
    }
}
