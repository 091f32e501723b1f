//! Creates and changes tables.
//!
//! Every module has its own list of steps and its own history table, so that each can be embedded alone. A step is
//! written once, with PostgreSQL's types; SQLite gets its own names for them. Several processes may start at once: one
//! migrates, the others wait. A database that a newer program has migrated is refused.
//!
//! A line `-- [sqlite]`, `-- [postgres]` or `-- [both]` in a step says whose the following lines are. What follows
//! `-- [postgres, beside writers]` is no part of the step: indexes that take long to build, see [`Database::build_indexes`].

use refinery_core::error::Kind;
use refinery_core::{Migration as Step, Report, Runner};

use crate::database::Driver;
use crate::foreign::{self, Present};
use crate::{Database, Engine, Error};

/// One step of a module's tables. Never change a released step: add another.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// `V1__users`: number and name.
    pub name: &'static str,
    /// The statements, with PostgreSQL's types.
    pub sql: &'static str,
}

/// A module's steps.
#[derive(Debug, Clone, Copy)]
pub struct Migrations {
    /// The module's name, from which its history table is named.
    pub module: &'static str,
    /// The steps, in ascending order.
    pub steps: &'static [Migration],
}

/// One step, and whether it was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStatus {
    /// The module.
    pub module: &'static str,
    /// Number and name.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

/// Why tables could not be migrated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrationError {
    /// The database has steps that this program does not know.
    #[error("the database was migrated by a newer version ({module} {step}): run that version, or restore a backup")]
    Newer {
        /// The module.
        module: &'static str,
        /// The unknown step.
        step: String,
    },
    /// A step in the history differs from the step in this program.
    #[error("the database was migrated by another build ({module} {step} differs)")]
    Different {
        /// The module.
        module: &'static str,
        /// The step.
        step: String,
    },
    /// Names that a step would create are taken.
    #[error(
        "the database has tables or indexes with the names of Vestibule's that Vestibule did not create ({tables}): \
         nothing was changed; give Vestibule a database of its own"
    )]
    Foreign {
        /// The names.
        tables: String,
    },
    /// Tables that a step has created are missing.
    #[error(
        "the database lacks a part of Vestibule's tables ({tables}): nothing was changed; restore a backup, \
         or give Vestibule an empty database"
    )]
    Incomplete {
        /// The names.
        tables: String,
    },
    /// The engine speaks PostgreSQL's protocol, but cannot do all that is needed.
    #[error("the database has no {lacks}, which Vestibule needs: use PostgreSQL, or an engine that has them")]
    Engine {
        /// What it lacks.
        lacks: &'static str,
    },
    /// The database was unreachable, or refused a step.
    #[error("the tables could not be brought up to date: {0}")]
    Database(String, #[source] Error),
}

impl From<Error> for MigrationError {
    fn from(error: Error) -> Self {
        Self::Database(std::error::Error::source(&error).map_or_else(|| error.to_string(), causes), error)
    }
}

/// An error's message, followed by those of its causes.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let behind = std::iter::successors(error.source(), |error| error.source());
    behind.fold(error.to_string(), |message, cause| format!("{message}: {cause}"))
}

/// Whose the lines of a step are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Both,
    Of(Engine),
    BesideWriters,
}

impl Migration {
    /// The statements for this engine.
    pub(crate) fn of(&self, engine: Engine) -> String {
        self.lines(|part| part == Part::Both || part == Part::Of(engine))
    }

    /// The statements that PostgreSQL runs one by one, each outside of a transaction, while others write.
    pub(crate) fn beside_writers(&self) -> String {
        self.lines(|part| part == Part::BesideWriters)
    }

    pub(crate) fn lines(&self, is_wanted: impl Fn(Part) -> bool) -> String {
        let (mut part, mut text) = (Part::Both, String::new());
        for line in self.sql.split_inclusive('\n') {
            match line.trim() {
                "-- [both]" => part = Part::Both,
                "-- [sqlite]" => part = Part::Of(Engine::Sqlite),
                "-- [postgres]" => part = Part::Of(Engine::Postgres),
                "-- [postgres, beside writers]" => part = Part::BesideWriters,
                _ if is_wanted(part) => text.push_str(line),
                _ => {}
            }
        }
        text
    }
}

impl Migrations {
    pub(crate) fn runner(&self, engine: Engine) -> Result<Runner, MigrationError> {
        let steps: Result<Vec<Step>, _> =
            self.steps.iter().map(|step| Step::unapplied(step.name, &words(engine, &step.of(engine)))).collect();
        let mut runner = Runner::new(&steps.map_err(|error| Error::other(error.to_string()))?)
            .set_grouped(true)
            .set_abort_missing(true)
            .set_abort_divergent(true);
        runner.set_migration_table_name(format!("migrations_{}", self.module));
        Ok(runner)
    }

    /// Logs the steps that were done, and returns their number.
    pub(crate) fn report(&self, report: &Report) -> usize {
        let done: Vec<String> = report.applied_migrations().iter().map(ToString::to_string).collect();
        if !done.is_empty() {
            tracing::info!("migrated {}: {}", self.module, done.join(", "));
        }
        done.len()
    }

    pub(crate) fn refused(&self, error: refinery_core::Error) -> MigrationError {
        match error.kind() {
            Kind::MissingVersion(step) => MigrationError::Newer { module: self.module, step: step.to_string() },
            Kind::DivergentVersion(step, _) => {
                MigrationError::Different { module: self.module, step: step.to_string() }
            }
            _ => {
                // The runner's own message ends with the driver's, which is empty of detail for PostgreSQL.
                let causes = std::error::Error::source(&error).map(causes);
                Error::unavailable(causes.map_or_else(|| error.to_string(), |causes| format!("{error}: {causes}")))
                    .into()
            }
        }
    }
}

impl Database {
    /// Migrates the modules' tables, and returns the number of steps that this call did: none where they are up to date, or where
    /// another process did them in the meantime.
    ///
    /// # Errors
    ///
    /// [`MigrationError`]. If the database is newer, all tables are unchanged; if a step is refused,
    /// those of its module and of the modules after it.
    pub async fn migrate(&self, modules: &[Migrations]) -> Result<usize, MigrationError> {
        self.examine_engine().await?;
        // An older program changes nothing, not even of the modules that it knows.
        let steps = self.migration_status(modules).await?;
        announce(modules, &steps);
        match self.driver() {
            Driver::Sqlite(sqlite) => sqlite.migrate(modules),
            Driver::Postgres(postgres) => postgres.migrate(modules).await,
        }
    }

    /// Builds the indexes that are missing of those that are built beside writers, on PostgreSQL: nothing waits for them, and
    /// without them searches are slow, but right. One that cannot be built, because the role may not create the extension that it
    /// needs, is a warning of the log; so is nothing where another process builds them.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the connection.
    pub async fn build_indexes(&self, modules: &[Migrations]) -> Result<(), Error> {
        let Driver::Postgres(postgres) = self.driver() else { return Ok(()) };
        let missing = self.missing_indexes(modules).await?;
        if missing.is_empty() { Ok(()) } else { postgres.build_indexes(modules, &missing).await }
    }

    /// Lists the indexes that are missing of those that are built beside writers, see [`Database::build_indexes`].
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn missing_indexes(&self, modules: &[Migrations]) -> Result<Vec<String>, Error> {
        if self.engine() == Engine::Sqlite {
            return Ok(Vec::new());
        }
        let present: Vec<String> = self
            .query_scalars(
                "SELECT c.relname::text FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname = current_schema() AND i.indisvalid",
                &[],
            )
            .await?;
        let steps = modules.iter().flat_map(|module| module.steps);
        let mut expected: Vec<String> = steps.flat_map(|step| foreign::created(&step.beside_writers())).collect();
        expected.retain(|name| !present.contains(name));
        Ok(expected)
    }

    /// Lists the steps and whether the database has them. Changes nothing.
    ///
    /// # Errors
    ///
    /// [`MigrationError::Newer`] if the database has steps that this program does not know;
    /// [`MigrationError::Foreign`] and [`MigrationError::Incomplete`] if tables exist that should not, or are
    /// missing.
    pub async fn migration_status(&self, modules: &[Migrations]) -> Result<Vec<MigrationStatus>, MigrationError> {
        let (mut list, mut taken, mut histories) = (Vec::new(), Vec::new(), Vec::new());
        let before = Present::read(self).await?;
        for module in modules {
            let applied = self.applied(module, &before).await?;
            taken.extend(before.taken(module, &applied));
            if let Some(newer) = applied.iter().find(|name| module.steps.iter().all(|step| step.name != **name)) {
                return Err(MigrationError::Newer { module: module.module, step: newer.clone() });
            }
            list.extend(module.steps.iter().map(|step| MigrationStatus {
                module: module.module,
                name: step.name.to_owned(),
                applied: applied.iter().any(|name| name == step.name),
            }));
            histories.push((module, applied));
        }
        if !taken.is_empty() {
            return Err(MigrationError::Foreign { tables: taken.join(", ") });
        }
        if histories.iter().all(|(module, applied)| before.missing(module, applied).is_empty()) {
            return Ok(list);
        }
        // Another process may have created them since.
        let after = Present::read(self).await?;
        let missing: Vec<_> = histories.iter().flat_map(|(module, applied)| after.missing(module, applied)).collect();
        match missing.is_empty() {
            true => Ok(list),
            false => Err(MigrationError::Incomplete { tables: missing.join(", ") }),
        }
    }

    async fn applied(&self, module: &Migrations, present: &Present) -> Result<Vec<String>, MigrationError> {
        let table = format!("migrations_{}", module.module);
        if !present.has_history(self, &table).await? {
            return Ok(Vec::new());
        }
        let names = self.query::<StepName>(format!("SELECT version, name FROM {table} ORDER BY version"), &[]).await?;
        Ok(names.into_iter().map(|name| name.0).collect())
    }
}

/// Logs what there is to do in tables that may have many rows. New ones are created in no time.
fn announce(modules: &[Migrations], steps: &[MigrationStatus]) {
    for Migrations { module, .. } in modules {
        let (done, to_do): (Vec<_>, Vec<_>) =
            steps.iter().filter(|step| step.module == *module).partition(|step| step.applied);
        if !done.is_empty() && !to_do.is_empty() {
            tracing::info!(
                "{module} has {} steps of migration to do: this takes longer the more rows there are",
                to_do.len()
            );
        }
    }
}

struct StepName(String);

impl crate::FromRow for StepName {
    fn from_row(row: &crate::Row<'_>) -> Result<Self, Error> {
        Ok(Self(format!("V{}__{}", row.get::<i64>("version")?, row.get::<String>("name")?)))
    }
}

/// Replaces the common type names by the engine's own.
///
/// PostgreSQL compares text byte by byte, as SQLite does, so that both sort alike whatever the database's locale is.
pub(crate) fn words(engine: Engine, sql: &str) -> String {
    let word = |word: &str| -> Option<&'static str> {
        Some(match (engine, word) {
            (Engine::Sqlite, "timestamptz" | "bigint" | "bigserial" | "boolean") => "INTEGER",
            (Engine::Sqlite, "jsonb" | "text") => "TEXT",
            (Engine::Sqlite, "bytea") => "BLOB",
            (Engine::Postgres, "text") => "text COLLATE \"C\"",
            _ => return None,
        })
    };
    let mut out = String::with_capacity(sql.len());
    for part in sql.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
        let name = part.trim_end_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        match word(name) {
            Some(replacement) => {
                out.push_str(replacement);
                out.push_str(part.strip_prefix(name).unwrap_or_default());
            }
            None => out.push_str(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_of_their_engine() {
        let sql =
            "one;\n-- [sqlite]\ntwo;\n-- [postgres]\nthree;\n-- [postgres, beside writers]\nfour;\n-- [both]\nfive;";
        let step = Migration { name: "V1__one", sql };
        assert_eq!(step.of(Engine::Sqlite), "one;\ntwo;\nfive;");
        assert_eq!(step.of(Engine::Postgres), "one;\nthree;\nfive;");
        assert_eq!(step.beside_writers(), "four;\n");
    }

    #[test]
    fn types_are_named_as_the_engine_does() {
        let sql = "CREATE TABLE a (id text PRIMARY KEY, context_text text, at timestamptz NOT NULL, more jsonb)";
        assert_eq!(
            words(Engine::Sqlite, sql),
            "CREATE TABLE a (id TEXT PRIMARY KEY, context_text TEXT, at INTEGER NOT NULL, more TEXT)"
        );
        assert_eq!(
            words(Engine::Postgres, sql),
            "CREATE TABLE a (id text COLLATE \"C\" PRIMARY KEY, context_text text COLLATE \"C\", at timestamptz NOT NULL, more jsonb)"
        );
    }
}
