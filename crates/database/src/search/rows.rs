//! Folding what builds from before folding have written.

use std::time::Duration;

use tokio::time::Instant;
use vestibule_core::Value;

use super::{Searched, search_text};
use crate::{Connection, Database, Error, FromRow, Transaction, values};

/// How many rows are folded in one transaction: others write between two.
const BATCH: usize = 500;

/// How often to log how many were folded.
const REMINDER: Duration = Duration::from_secs(5);

/// A row that is not folded yet.
#[derive(FromRow)]
struct Unfolded {
    id: String,
    search_text: String,
    field_1: Option<String>,
    field_2: Option<String>,
    field_3: Option<String>,
}

/// Folds the rows of a table that are not folded yet, a few at a time, and returns how many were.
///
/// # Errors
///
/// Any [`Error`].
pub async fn fold_rows(database: &Database, searched: Searched) -> Result<u64, Error> {
    let (mut after, mut count) = (String::new(), 0);
    let began = Instant::now();
    let (mut logged, mut total) = (began, None);
    loop {
        let rows = unfolded(&mut database.into(), searched, &after).await?;
        let Some(last) = rows.last() else { return Ok(count) };
        after.clone_from(&last.id);
        count += u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let folded: Result<(), Error> =
            crate::transaction!(database, |transaction| fold_each(transaction, searched, &rows).await);
        folded?;
        if logged.elapsed() > REMINDER {
            logged = Instant::now();
            let total = match total {
                Some(total) => total,
                None => *total.insert(count + count_unfolded(database, searched).await?),
            };
            let left = began.elapsed().as_secs_f64() * total.saturating_sub(count) as f64 / count as f64;
            let table = searched.table;
            tracing::info!("preparing rows of {table} for searches: {count} of {total}, about {left:.0} s left");
        }
    }
}

/// Folds what is left before a search. Where nothing can be written, what is left is found as it was typed.
pub(super) async fn fold_before_search(connection: &mut Connection<'_>, searched: Searched) -> Result<(), Error> {
    match connection {
        Connection::Database(database) => {
            if let Err(error) = fold_rows(database, searched).await {
                tracing::warn!(%error, table = searched.table, "rows could not be folded: they are found without it");
            }
        }
        Connection::Transaction(transaction) => loop {
            let rows = unfolded(&mut Connection::Transaction(transaction), searched, "").await?;
            if rows.is_empty() {
                break;
            }
            fold_each(transaction, searched, &rows).await?;
        },
    }
    Ok(())
}

async fn unfolded(connection: &mut Connection<'_>, searched: Searched, after: &str) -> Result<Vec<Unfolded>, Error> {
    let field = |place: usize| searched.columns.get(place).copied().unwrap_or("CAST(NULL AS text)");
    // The condition is that of the indexes `…_unfolded`.
    let text = format!(
        "SELECT id, search_text, {} AS field_1, {} AS field_2, {} AS field_3 FROM {}
         WHERE substr(search_text, 1, 1) <> ' ' AND id > $1 ORDER BY id LIMIT {BATCH}",
        field(0),
        field(1),
        field(2),
        searched.table
    );
    connection.query(text, values![after]).await
}

async fn count_unfolded(database: &Database, searched: Searched) -> Result<u64, Error> {
    let text = format!("SELECT count(*) FROM {} WHERE substr(search_text, 1, 1) <> ' '", searched.table);
    database.query_scalar(text, &[]).await
}

async fn fold_each(transaction: &mut Transaction, searched: Searched, rows: &[Unfolded]) -> Result<(), Error> {
    // What was written in the meantime stays for the next time.
    let text = format!("UPDATE {} SET search_text = $2 WHERE id = $1 AND search_text = $3", searched.table);
    for row in rows {
        let fields = [&row.field_1, &row.field_2, &row.field_3].map(Option::as_deref);
        let values: &[Value] = values![&row.id, search_text(fields), &row.search_text];
        transaction.execute_pipelined(text.clone(), values).await?;
    }
    Ok(())
}
