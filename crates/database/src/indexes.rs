//! The indexes that the modules' steps create, and which of them the database lacks: an operator may have dropped one, and one that
//! is built beside writers may have failed. Without an index everything is still right, and slow.

use crate::database::Driver;
use crate::foreign::{Change, changes};
use crate::migrations::{Part, words};
use crate::{Database, Engine, Error, Migrations, Sql, transaction};

/// An index of the steps.
struct Index {
    name: String,
    table: String,
    statement: String,
    is_beside_writers: bool,
}

/// The names of the indexes that can be used.
const PRESENT: Sql = Sql::per_engine(
    "SELECT name FROM sqlite_master WHERE type = 'index'",
    "SELECT c.relname::text FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = current_schema() AND i.indisvalid",
);

impl Database {
    /// Lists the indexes that the modules' tables should have and have not, or that PostgreSQL could not finish.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn absent_indexes(&self, modules: &[Migrations]) -> Result<Vec<String>, Error> {
        let present: Vec<String> = self.query_scalars(&PRESENT, &[]).await?;
        let expected = expected(self.engine(), modules).into_iter().map(|index| index.name);
        Ok(expected.filter(|name| !present.contains(name)).collect())
    }

    /// Builds an index that [`Database::absent_indexes`] has listed. On PostgreSQL others write in the meantime; on SQLite they wait,
    /// some seconds for a million rows. If PostgreSQL cannot build it, the log has a warning with the reason, and it stays absent.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn build_absent_index(&self, modules: &[Migrations], name: &str) -> Result<(), Error> {
        let Some(index) = expected(self.engine(), modules).into_iter().find(|index| index.name == name) else {
            return Ok(());
        };
        match self.driver() {
            Driver::Sqlite(_) => {
                transaction!(self, |transaction| transaction.execute(index.statement.clone(), &[]).await.map(drop))
            }
            Driver::Postgres(postgres) if index.is_beside_writers => {
                postgres.build_indexes(modules, &[index.name]).await
            }
            Driver::Postgres(postgres) => {
                let statement = index.statement.replacen("INDEX", "INDEX CONCURRENTLY", 1);
                postgres.build_index(&index.name, &statement).await
            }
        }
    }
}

/// The indexes that are there after all steps, in the order in which they are created.
fn expected(engine: Engine, modules: &[Migrations]) -> Vec<Index> {
    let mut indexes: Vec<Index> = Vec::new();
    for step in modules.iter().flat_map(|module| module.steps) {
        follow(&mut indexes, &words(engine, &step.of(engine)), false);
        if engine == Engine::Postgres {
            follow(&mut indexes, &step.lines(|part| part == Part::BesideWriters), true);
        }
    }
    indexes
}

/// What statements do to the list of indexes.
fn follow(indexes: &mut Vec<Index>, sql: &str, is_beside_writers: bool) {
    for (statement, change) in changes(sql) {
        match change {
            Change::Index { name, table } => indexes.push(Index { name, table, statement, is_beside_writers }),
            Change::DroppedIndex(name) => indexes.retain(|index| index.name != name),
            // The indexes of a table go with it.
            Change::Dropped(table) => indexes.retain(|index| index.table != table),
            Change::Renamed(from, to) => {
                for index in indexes.iter_mut().filter(|index| index.table == from) {
                    index.table.clone_from(&to);
                }
            }
            Change::Table(_) | Change::VirtualTable(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Migration;

    #[test]
    fn indexes_that_are_dropped_later_are_not_expected() {
        const STEPS: &[Migration] = &[
            Migration {
                name: "V1__one",
                sql: "CREATE TABLE a (id text);\nCREATE INDEX a_id ON a (id); -- and another\nCREATE UNIQUE INDEX a_two ON a(id);\nCREATE TABLE b (id text);\nCREATE INDEX b_id ON b (id);",
            },
            Migration {
                name: "V2__two",
                sql: "DROP INDEX a_two;\nDROP TABLE b;\n-- [postgres, beside writers]\nCREATE INDEX CONCURRENTLY a_three ON a (id);",
            },
        ];
        let names = |engine| -> Vec<String> {
            let modules = [Migrations { module: "test", steps: STEPS }];
            expected(engine, &modules).into_iter().map(|index| format!("{}: {}", index.name, index.statement)).collect()
        };
        assert_eq!(names(Engine::Sqlite), ["a_id: CREATE INDEX a_id ON a (id)"]);
        let postgres = ["a_id: CREATE INDEX a_id ON a (id)", "a_three: CREATE INDEX CONCURRENTLY a_three ON a (id)"];
        assert_eq!(names(Engine::Postgres), postgres);
    }
}
