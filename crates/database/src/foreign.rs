//! Finds another program's tables with the names of a module's, and missing tables of a module, before anything is
//! created.
//!
//! Nothing is locked, and another process may migrate at the same time. The existing names are therefore read before
//! the histories to find extra tables, and after them to find missing ones.

use std::collections::BTreeSet;

use crate::{Database, Engine, Error, FromRow, Migration, MigrationError, Migrations, Row, Sql};

/// A table, an index, or anything else whose name is taken.
struct Relation {
    name: String,
    is_table: bool,
    is_in_first_schema: bool,
}

impl FromRow for Relation {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            name: row.get("name")?,
            is_table: row.get::<i64>("is_table")? != 0,
            is_in_first_schema: row.get::<i64>("is_in_first_schema")? != 0,
        })
    }
}

/// The names in the database. On PostgreSQL, those found without naming a schema; tables are created in the first.
pub(crate) struct Present(Engine, Vec<Relation>);

impl Present {
    pub(crate) async fn read(database: &Database) -> Result<Self, Error> {
        const TEXT: Sql = Sql::per_engine(
            "SELECT name, type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AS is_table, 1 AS is_in_first_schema
             FROM sqlite_master",
            "SELECT c.relname::text AS name, (c.relkind IN ('r', 'p'))::int::bigint AS is_table,
                    (n.nspname = current_schema())::int::bigint AS is_in_first_schema
             FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = ANY (current_schemas(false))",
        );
        Ok(Self(database.engine(), database.query(TEXT, &[]).await?))
    }

    /// Whether the module's history table is there, with its own columns.
    pub(crate) async fn has_history(&self, database: &Database, table: &str) -> Result<bool, MigrationError> {
        const COLUMNS: Sql = Sql::per_engine(
            "SELECT 1 FROM pragma_table_info($1) WHERE name IN ('version', 'name', 'applied_on', 'checksum')",
            "SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass($1::text) AND NOT attisdropped
             AND attname IN ('version', 'name', 'applied_on', 'checksum')",
        );
        if self.1.iter().all(|relation| relation.name != table) {
            return Ok(false);
        }
        let columns = database.query::<()>(COLUMNS, crate::values![table]).await?;
        match columns.len() {
            4 => Ok(true),
            _ => Err(MigrationError::Foreign { tables: table.to_owned() }),
        }
    }

    /// The names of the module's steps that are taken, although the steps that create them are not in its history.
    pub(crate) fn taken(&self, module: &Migrations, applied: &[String]) -> Vec<String> {
        let (done, pending): (Vec<&Migration>, Vec<&Migration>) =
            module.steps.iter().partition(|step| applied.iter().any(|name| name == step.name));
        let ours: BTreeSet<String> = done.iter().flat_map(|step| of_step(self.0, step)).collect();
        let is_taken = |name: &String| {
            !ours.contains(name) && self.1.iter().any(|relation| relation.is_in_first_schema && relation.name == *name)
        };
        pending.iter().flat_map(|step| of_step(self.0, step)).filter(is_taken).collect()
    }

    /// The tables that the module's history lists and that are missing. Indexes are the operator's to change.
    pub(crate) fn missing(&self, module: &Migrations, applied: &[String]) -> Vec<String> {
        let mut expected = BTreeSet::new();
        for step in module.steps.iter().filter(|step| applied.iter().any(|name| name == step.name)) {
            for (_, change) in changes(&step.of(self.0)) {
                match change {
                    Change::Table(name) | Change::VirtualTable(name) => drop(expected.insert(name)),
                    Change::Index { .. } | Change::DroppedIndex(_) => {}
                    Change::Dropped(name) => drop(expected.remove(&name)),
                    Change::Renamed(from, to) => {
                        expected.remove(&from);
                        expected.insert(to);
                    }
                }
            }
        }
        expected.retain(|name| self.1.iter().all(|relation| relation.name != *name));
        expected.into_iter().collect()
    }
}

impl Database {
    /// Lists the tables of other programs beside which those of the modules are, or would be, created.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn other_tables(&self, modules: &[Migrations]) -> Result<Vec<String>, Error> {
        let mut ours: BTreeSet<String> = modules.iter().map(|module| format!("migrations_{}", module.module)).collect();
        let engine = self.engine();
        ours.extend(modules.iter().flat_map(|module| module.steps).flat_map(|step| of_step(engine, step)));
        let present = Present::read(self).await?.1.into_iter();
        let others = present
            .filter(|relation| relation.is_table && relation.is_in_first_schema && !ours.contains(&relation.name));
        let mut names: Vec<String> = others.map(|relation| relation.name).collect();
        names.sort();
        Ok(names)
    }
}

/// The effect of a step's statement on the names in a database.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Table(String),
    VirtualTable(String),
    Index { name: String, table: String },
    DroppedIndex(String),
    Dropped(String),
    Renamed(String, String),
}

/// The names that a step creates on this engine, with those of indexes that are built later.
fn of_step(engine: Engine, step: &Migration) -> Vec<String> {
    let mut names = created(&step.of(engine));
    if engine == Engine::Postgres {
        names.extend(created(&step.beside_writers()));
    }
    names
}

/// The tables in which FTS5 keeps an index without the indexed texts.
const OF_FTS5: [&str; 4] = ["config", "data", "docsize", "idx"];

/// The names that these statements create.
pub(crate) fn created(sql: &str) -> Vec<String> {
    let names = |change| match change {
        Change::Table(name) | Change::Index { name, .. } | Change::Renamed(_, name) => vec![name],
        Change::VirtualTable(name) => {
            let parts = OF_FTS5.map(|part| format!("{name}_{part}"));
            std::iter::once(name).chain(parts).collect()
        }
        Change::Dropped(_) | Change::DroppedIndex(_) => Vec::new(),
    };
    changes(sql).into_iter().flat_map(|(_, change)| names(change)).collect()
}

/// The effects of a step, statement by statement, each with its text.
pub(crate) fn changes(sql: &str) -> Vec<(String, Change)> {
    let code = sql.lines().map(|line| line.split_once("--").map_or(line, |(code, _)| code));
    let text: String = code.flat_map(|line| [line, "\n"]).collect();
    text.split(';').filter_map(|statement| Some((statement.trim().to_owned(), change(statement)?))).collect()
}

fn change(statement: &str) -> Option<Change> {
    let words = statement.split(|c: char| c.is_whitespace() || "(),\"".contains(c)).filter(|word| !word.is_empty());
    let words: Vec<&str> =
        words.filter(|word| !["IF", "NOT", "EXISTS", "CONCURRENTLY"].contains(&word.to_uppercase().as_str())).collect();
    let upper: Vec<String> = words.iter().take(5).map(|word| word.to_uppercase()).collect();
    let upper: Vec<&str> = upper.iter().map(String::as_str).collect();
    let name = |place: usize| words.get(place).map(|name| (*name).to_owned());
    match upper.as_slice() {
        ["CREATE", "TABLE", ..] => name(2).map(Change::Table),
        ["CREATE", "VIRTUAL", "TABLE", ..] => name(3).map(Change::VirtualTable),
        ["CREATE", "INDEX", _, "ON", ..] => Some(Change::Index { name: name(2)?, table: name(4)? }),
        ["CREATE", "UNIQUE", "INDEX", _, "ON"] => Some(Change::Index { name: name(3)?, table: name(5)? }),
        ["DROP", "INDEX", ..] => name(2).map(Change::DroppedIndex),
        ["DROP", "TABLE", ..] => name(2).map(Change::Dropped),
        ["ALTER", "TABLE", _, "RENAME", "TO"] => Some(Change::Renamed(name(2)?, name(5)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_those_of_tables_and_indexes() {
        let sql = "-- CREATE TABLE no\nCREATE TABLE one (id text);\n CREATE UNIQUE INDEX two ON one (id);\
                   create table if not exists three(id text); CREATE INDEX four ON one(id); DROP INDEX IF EXISTS two;\
                   DROP TABLE IF EXISTS one; ALTER TABLE three RENAME TO five; ALTER TABLE five RENAME COLUMN id TO x;\
                   CREATE FUNCTION six() ; CREATE";
        assert_eq!(created(sql), ["one", "two", "three", "four", "five"]);
        let search =
            "CREATE VIRTUAL TABLE six USING fts5 (a); CREATE INDEX CONCURRENTLY IF NOT EXISTS seven ON six (a)";
        assert_eq!(created(search), ["six", "six_config", "six_data", "six_docsize", "six_idx", "seven"]);
        let dropped = [Change::DroppedIndex("two".to_owned()), Change::Dropped("one".to_owned())];
        let renamed = Change::Renamed("three".to_owned(), "five".to_owned());
        let last: Vec<Change> = changes(sql).into_iter().map(|(_, change)| change).skip(4).collect();
        assert_eq!(last, dropped.into_iter().chain([renamed]).collect::<Vec<_>>());
    }
}
