//! Other programs' databases: rows as JSON, so that no type of a column is unknown and no column has to be there.

use serde_json::{Map, Value as Json};
use vestibule_database::{Config, Database, Engine, Error, FromRow, Row, Value};

use super::{BATCH, SourceError, SourceOptions};
use crate::record::Record;

/// A database that is read, and never written to.
pub(super) struct Tables {
    database: Database,
}

/// A table: its name, and the type of its key on PostgreSQL.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) key: &'static str,
}

struct Line(Record);

impl FromRow for Line {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let value: Value = row.get("record")?;
        let json = match value {
            Value::Json(json) => json,
            Value::Text(text) => serde_json::from_str(&text).map_err(|error| Error::Other(error.into()))?,
            _ => Json::Null,
        };
        Ok(Self(Record(match json {
            Json::Object(fields) => fields,
            _ => Map::new(),
        })))
    }
}

impl Tables {
    /// Opens the database that the options name.
    pub(super) async fn open(options: &SourceOptions) -> Result<Self, SourceError> {
        let url = if options.is_postgres() {
            options.location.clone()
        } else {
            let path = options.location.strip_prefix("sqlite://").unwrap_or(&options.location);
            super::file::open(path)?;
            format!("sqlite://{path}")
        };
        let config = Config::from_url(&url).map_err(|error| SourceError::Options(format!("the source: {error}")))?;
        Ok(Self { database: Database::open(&config).await? })
    }

    /// Whether there is such a table.
    pub(super) async fn has(&self, table: &str) -> Result<bool, SourceError> {
        let text = match self.database.engine() {
            Engine::Postgres => "SELECT 1 AS one WHERE to_regclass($1) IS NOT NULL",
            Engine::Sqlite => {
                "SELECT 1 AS one FROM sqlite_master WHERE type IN ('table', 'view') AND '\"' || name || '\"' = $1"
            }
        };
        Ok(self.database.query_optional::<()>(text.to_owned(), &[table.into()]).await?.is_some())
    }

    /// Refuses a database that lacks a table.
    pub(super) async fn require(&self, table: &str, program: &str) -> Result<(), SourceError> {
        match self.has(table).await? {
            true => Ok(()),
            false => {
                Err(SourceError::Options(format!("the source has no table {table}: is it a database of {program}?")))
            }
        }
    }

    /// The rows after a key, in the order of the key, that meet a condition.
    pub(super) async fn page(&self, table: Table, after: &str, condition: &str) -> Result<Vec<Record>, SourceError> {
        let Table { name, key } = table;
        let record = self.record(name).await?;
        let after_key = match (after.is_empty(), self.database.engine()) {
            (true, _) => "$1 = ''".to_owned(),
            (false, Engine::Postgres) => format!("source.id > $1::text::{key}"),
            (false, Engine::Sqlite) => "source.id > $1".to_owned(),
        };
        let text = format!(
            "SELECT {record} AS record FROM {name} source WHERE {after_key} AND {condition} ORDER BY source.id LIMIT {BATCH}"
        );
        let rows: Vec<Line> = self.database.scan(text, &[after.into()]).await?;
        Ok(rows.into_iter().map(|line| line.0).collect())
    }

    /// All rows of a table that is small by its nature, such as that of roles.
    pub(super) async fn all(&self, table: &'static str, condition: &str) -> Result<Vec<Record>, SourceError> {
        let record = self.record(table).await?;
        let text = format!("SELECT {record} AS record FROM {table} source WHERE {condition} ORDER BY 1");
        let rows: Vec<Line> = self.database.scan(text, &[]).await?;
        Ok(rows.into_iter().map(|line| line.0).collect())
    }

    /// The rows whose `expression` is one of these, by the value of the column `column`.
    pub(super) async fn related(
        &self,
        table: &'static str,
        expression: &str,
        ids: &[String],
    ) -> Result<Vec<Record>, SourceError> {
        let mut found = Vec::new();
        for portion in ids.chunks(BATCH) {
            let places: Vec<String> = (1..=portion.len()).map(|place| format!("${place}")).collect();
            let record = self.record(table).await?;
            let text = format!(
                "SELECT {record} AS record FROM {table} source WHERE {expression} IN ({}) ORDER BY source.id",
                places.join(", ")
            );
            let values: Vec<Value> = portion.iter().map(|id| Value::from(id.as_str())).collect();
            let rows: Vec<Line> = self.database.scan(text, &values).await?;
            found.extend(rows.into_iter().map(|line| line.0));
        }
        Ok(found)
    }

    /// What makes JSON of a row.
    async fn record(&self, table: &str) -> Result<String, SourceError> {
        if self.database.engine() == Engine::Postgres {
            return Ok("to_jsonb(source)".to_owned());
        }
        let text = "SELECT name FROM pragma_table_info($1)";
        let columns: Vec<String> = self.database.query_scalars(text, &[table.trim_matches('"').into()]).await?;
        let fields: Vec<String> = columns
            .iter()
            .map(|name| format!("'{}', source.\"{}\"", name.replace('\'', "''"), name.replace('"', "\"\"")))
            .collect();
        Ok(format!("json_object({})", fields.join(", ")))
    }
}

/// Groups rows by the text of a column.
pub(super) fn by(rows: Vec<Record>, column: &str) -> std::collections::HashMap<String, Vec<Record>> {
    let mut groups: std::collections::HashMap<String, Vec<Record>> = std::collections::HashMap::new();
    for row in rows {
        if let Some(key) = row.text(column) {
            groups.entry(key).or_default().push(row);
        }
    }
    groups
}
