//! How the database finds the rows of a list.

use vestibule_core::{Field, Filter, FindConfig, Value};

use super::order::Order;
use super::{Conditions, Counted, Query, Table, after, plan};
use crate::{Connection, Engine, Error, FromRow, Row};

/// Explains how the database finds the rows: the lines of its plan, each in the database's own words. For tests that a list
/// reads an index in its order instead of sorting the table.
///
/// # Errors
///
/// Any [`Error`].
pub async fn explain<F: Field>(
    connection: impl Into<Connection<'_>>,
    table: Table,
    filter: &Filter<F>,
    find: &FindConfig<F>,
) -> Result<Vec<String>, Error> {
    let connection = connection.into();
    let conditions = Conditions::new(connection.engine());
    explain_where(connection, table, &conditions, filter, find).await
}

/// The same for the rows that match a filter and these conditions.
///
/// # Errors
///
/// Any [`Error`].
pub async fn explain_where<F: Field>(
    connection: impl Into<Connection<'_>>,
    table: Table,
    conditions: &Conditions,
    filter: &Filter<F>,
    find: &FindConfig<F>,
) -> Result<Vec<String>, Error> {
    let mut connection = connection.into();
    let plan = plan(&mut connection, table, filter).await?;
    let order = Order::of(find);
    let stretches = find.cursor().map(|cursor| after::stretches(cursor, &order)).unwrap_or_default();
    let mut queries = Vec::new();
    for stretch in &stretches {
        let mut query = Query::new((conditions, &plan), find.with_deleted, filter)?;
        query.and_within(stretch);
        queries.push(query);
    }
    if stretches.is_empty() {
        queries.push(Query::new((conditions, &plan), find.with_deleted, filter)?);
    }
    let mut lines = Vec::new();
    for query in queries {
        let (text, values) = query.finish((table, table.columns), &order, (find.skipped(), find.take));
        lines.extend(explain_text(connection.again(), &text, &values).await?);
    }
    Ok(lines)
}

/// The same for any statement.
///
/// # Errors
///
/// Any [`Error`].
pub async fn explain_text(
    connection: impl Into<Connection<'_>>,
    text: &str,
    values: &[Value],
) -> Result<Vec<String>, Error> {
    let mut connection = connection.into();
    let explain = words(connection.engine());
    let lines: Vec<Line> = connection.scan(&format!("{explain} {text}").into(), values).await?;
    Ok(lines.into_iter().map(|line| line.0).collect())
}

/// Explains how the database reads the count that is kept; nothing where none is.
///
/// # Errors
///
/// Any [`Error`].
pub async fn explain_count(connection: impl Into<Connection<'_>>, counted: &Counted) -> Result<Vec<String>, Error> {
    let mut connection = connection.into();
    let Some(kept) = &counted.kept else { return Ok(Vec::new()) };
    let engine = connection.engine();
    let text = format!("{} {}", words(engine), kept.statement.text(engine));
    let lines: Vec<Line> = connection.scan(&text.into(), &kept.values).await?;
    Ok(lines.into_iter().map(|line| line.0).collect())
}

fn words(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "EXPLAIN QUERY PLAN",
        Engine::Postgres => "EXPLAIN",
    }
}

/// A line of a plan.
struct Line(String);

impl FromRow for Line {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        // PostgreSQL's column, or SQLite's.
        row.get("QUERY PLAN").or_else(|_| row.get("detail")).map(Self)
    }
}
