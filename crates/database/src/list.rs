//! Rows by filter, order and page.
//!
//! Every part of the text comes from this file or from a [`Field`]'s own name; what a caller sends becomes a value.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! # let mut transaction = database.begin().await?;
//! # transaction.execute("CREATE TABLE books (id TEXT PRIMARY KEY, title TEXT NOT NULL)", &[]).await?;
//! # let text = "INSERT INTO books (id, title) VALUES ('1', 'Emma'), ('2', 'Persuasion'), ('3', 'Kim')";
//! # transaction.execute(text, &[]).await?;
//! # transaction.commit().await?;
//! use vestibule_core::{Direction, Field, FindConfig};
//! use vestibule_database::FromRow;
//! use vestibule_database::list::{Table, list_and_count};
//!
//! vestibule_core::fields!(BookField { Id: "id" as Text, Title: "title" as Text });
//!
//! #[derive(FromRow)]
//! struct Book {
//!     title: String,
//! }
//!
//! const TABLE: Table = Table { name: "books", columns: "id, title", searched: None };
//!
//! let filter = BookField::Title.is_in(["Emma", "Persuasion"]);
//! let find = FindConfig::default().order_by(BookField::Title, Direction::Descending).page(0, 1).with_deleted();
//! let (books, count): (Vec<Book>, u64) = list_and_count(&database, TABLE, &filter, &find).await?;
//! assert_eq!((books[0].title.as_str(), count), ("Persuasion", 2));
//! # Ok(())
//! # }
//! ```

mod after;
mod conditions;
mod counted;
mod explain;
mod order;
mod page;

use std::borrow::Cow;

use vestibule_core::{Condition, EmailAddress, Field, FieldKind, Filter, FindConfig, Page, Value};

pub use self::conditions::Conditions;
use self::conditions::EVERY_ROW;
pub use self::counted::{Counted, KeptCount};
pub use self::explain::{explain, explain_count, explain_text, explain_where};
use self::order::Order;
pub use self::page::{list_page, list_page_of_ids, list_page_where};
use crate::reads::{Scalar, due};
use crate::search::{Plan, Searched};
use crate::{Connection, Engine, Error, FromRow};

/// The table of a type.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// The table. An e-mail field needs a second column named with `_canonical` at the end.
    pub name: &'static str,
    /// The selected columns, separated by commas.
    pub columns: &'static str,
    /// How [`Filter::Search`] finds its rows; without, it finds none.
    pub searched: Option<Searched>,
}

/// Lists the rows that match.
///
/// # Errors
///
/// Any [`Error`].
pub async fn list<T: FromRow, F: Field>(
    connection: impl Into<Connection<'_>>,
    table: Table,
    filter: &Filter<F>,
    find: &FindConfig<F>,
) -> Result<Vec<T>, Error> {
    let connection = connection.into();
    let conditions = Conditions::new(connection.engine());
    list_where(connection, table, &conditions, filter, find).await
}

/// Lists the rows that match a filter and these conditions.
///
/// # Errors
///
/// Any [`Error`].
pub async fn list_where<T: FromRow, F: Field>(
    connection: impl Into<Connection<'_>>,
    table: Table,
    conditions: &Conditions,
    filter: &Filter<F>,
    find: &FindConfig<F>,
) -> Result<Vec<T>, Error> {
    let mut connection = connection.into();
    let plan = plan(&mut connection, table, filter).await?;
    rows(connection, (table, table.columns), (conditions, &plan), filter, find).await
}

/// Prepares what a filter searches for.
async fn plan<F: Field>(connection: &mut Connection<'_>, table: Table, filter: &Filter<F>) -> Result<Plan, Error> {
    check_depth(filter)?;
    Plan::of_filter(connection, table.searched, filter).await
}

/// Further conditions, and how the words of the filter are found.
type Wanted<'a> = (&'a Conditions, &'a Plan);

/// Lists the rows that match a filter and these conditions, with these columns of the table.
async fn rows<T: FromRow, F: Field>(
    connection: Connection<'_>,
    columns: (Table, &str),
    wanted: Wanted<'_>,
    filter: &Filter<F>,
    find: &FindConfig<F>,
) -> Result<Vec<T>, Error> {
    let mut rows = read(connection, columns, wanted, filter, find).await?;
    if find.reading().is_backwards() {
        rows.reverse();
    }
    Ok(rows)
}

/// Reads the same in the direction of the page: backwards, if it ends before a row.
async fn read<T: FromRow, F: Field>(
    mut connection: Connection<'_>,
    columns: (Table, &str),
    wanted: Wanted<'_>,
    filter: &Filter<F>,
    find: &FindConfig<F>,
) -> Result<Vec<T>, Error> {
    let order = Order::of(find);
    let Some(cursor) = find.cursor() else {
        let query = Query::new(wanted, find.with_deleted, filter)?;
        return query.select(&mut connection, columns, &order, (find.skipped(), find.take)).await;
    };
    let mut rows = Vec::new();
    for stretch in after::stretches(cursor, &order) {
        let take = find.take.map(|take| take.saturating_sub(u64::try_from(rows.len()).unwrap_or(u64::MAX)));
        if take == Some(0) {
            break;
        }
        let mut query = Query::new(wanted, find.with_deleted, filter)?;
        query.and_within(&stretch);
        rows.extend(query.select::<T, F>(&mut connection, columns, &order, (0, take)).await?);
    }
    Ok(rows)
}

/// Lists the rows that match, and counts all matches regardless of `skip` and `take`.
///
/// # Errors
///
/// Any [`Error`].
pub async fn list_and_count<T: FromRow, F: Field>(
    connection: impl Into<Connection<'_>>,
    table: impl Into<Counted>,
    filter: &Filter<F>,
    find: &FindConfig<F>,
) -> Result<Page<T>, Error> {
    let connection = connection.into();
    let conditions = Conditions::new(connection.engine());
    rows_and_count(connection, table.into(), &conditions, filter, find).await
}

/// Lists the rows that match a filter and these conditions, and counts all matches regardless of `skip` and `take`.
///
/// # Errors
///
/// Any [`Error`].
pub async fn list_and_count_where<T: FromRow, F: Field>(
    connection: impl Into<Connection<'_>>,
    table: Table,
    conditions: &Conditions,
    filter: &Filter<F>,
    find: &FindConfig<F>,
) -> Result<Page<T>, Error> {
    rows_and_count(connection.into(), table.into(), conditions, filter, find).await
}

async fn rows_and_count<T: FromRow, F: Field>(
    mut connection: Connection<'_>,
    Counted { table, kept }: Counted,
    conditions: &Conditions,
    filter: &Filter<F>,
    find: &FindConfig<F>,
) -> Result<Page<T>, Error> {
    let plan = plan(&mut connection, table, filter).await?;
    let found = match find.take {
        Some(0) => Vec::new(),
        _ => rows(connection.again(), (table, table.columns), (conditions, &plan), filter, find).await?,
    };
    let length = u64::try_from(found.len()).unwrap_or(u64::MAX);
    // A page that is not full is the last one, which determines the count.
    let is_last = find.take.is_none_or(|take| length < take) && (length > 0 || find.skip == 0);
    if is_last {
        return Ok((found, find.skip.saturating_add(length)));
    }
    let count = match counted::kept(&mut connection, kept.as_ref()).await? {
        Some(count) => count,
        None => count_where(connection, table, (conditions, &plan), filter, (find.with_deleted, None)).await?,
    };
    Ok((found, count))
}

/// Lists the ids of the rows that match, and counts all matches regardless of `skip` and `take`: for large rows that
/// are read a few at a time.
///
/// # Errors
///
/// Any [`Error`].
pub async fn list_and_count_ids<F: Field>(
    connection: impl Into<Connection<'_>>,
    table: Table,
    filter: &Filter<F>,
    find: &FindConfig<F>,
) -> Result<Page<String>, Error> {
    let ids = Table { columns: "id", ..table };
    let (rows, count): Page<Scalar<String>> = list_and_count(connection, ids, filter, find).await?;
    Ok((rows.into_iter().map(|id| due(id.0)).collect::<Result<_, _>>()?, count))
}

/// Counts the rows that match.
///
/// # Errors
///
/// Any [`Error`].
pub async fn count<F: Field>(
    connection: impl Into<Connection<'_>>,
    table: Table,
    filter: &Filter<F>,
    with_deleted: bool,
) -> Result<u64, Error> {
    let mut connection = connection.into();
    let conditions = Conditions::new(connection.engine());
    let plan = plan(&mut connection, table, filter).await?;
    count_where(connection, table, (&conditions, &plan), filter, (with_deleted, None)).await
}

async fn count_where<F: Field>(
    mut connection: Connection<'_>,
    table: Table,
    wanted: Wanted<'_>,
    filter: &Filter<F>,
    (with_deleted, most): (bool, Option<u64>),
) -> Result<u64, Error> {
    let mut query = Query::new(wanted, with_deleted, filter)?;
    let source = if wanted.0.text == EVERY_ROW { query.source(filter) } else { None };
    let from = source.as_deref().unwrap_or(table.name);
    let text = match most {
        None => format!("SELECT count(*) FROM {from} WHERE {}", query.conditions),
        Some(most) => {
            let limit = query.bind(i64::try_from(most.saturating_add(1)).unwrap_or(i64::MAX));
            format!("SELECT count(*) FROM (SELECT 1 FROM {from} WHERE {} LIMIT {limit}) AS found", query.conditions)
        }
    };
    let rows: Vec<Scalar<u64>> = connection.scan(&text.into(), &query.values).await?;
    due(rows.into_iter().next().and_then(|count| count.0))
}

struct Query<'a> {
    engine: Engine,
    plan: &'a Plan,
    conditions: String,
    tail: String,
    values: Vec<Value>,
}

impl<'a> Query<'a> {
    fn new<F: Field>(
        (conditions, plan): (&Conditions, &'a Plan),
        with_deleted: bool,
        filter: &Filter<F>,
    ) -> Result<Self, Error> {
        let (engine, values) = (conditions.engine, conditions.values.clone());
        let mut query = Self { engine, plan, conditions: String::new(), tail: String::new(), values };
        let filter = query.filter(filter);
        let deleted = if with_deleted { "" } else { "deleted_at IS NULL AND " };
        query.conditions = match conditions.text.as_str() {
            EVERY_ROW => format!("{deleted}{filter}"),
            text => format!("{deleted}{text} AND {filter}"),
        };
        if query.values.len() > MAX_VALUES {
            return Err(Error::other(format!("a filter compares with more than {MAX_VALUES} values")));
        }
        Ok(query)
    }

    /// Reads the rows, in this order.
    async fn select<T: FromRow, F: Field>(
        self,
        connection: &mut Connection<'_>,
        columns: (Table, &str),
        order: &Order<F>,
        rows: (u64, Option<u64>),
    ) -> Result<Vec<T>, Error> {
        let (text, values) = self.finish(columns, order, rows);
        connection.scan(&text.into(), &values).await
    }

    /// The statement, and its values.
    fn finish<F: Field>(
        mut self,
        (table, columns): (Table, &str),
        order: &Order<F>,
        (skip, take): (u64, Option<u64>),
    ) -> (String, Vec<Value>) {
        self.tail.push_str(&order.text());
        let take = take.map_or(i64::MAX, |take| i64::try_from(take).unwrap_or(i64::MAX));
        if take < i64::MAX || skip > 0 {
            let (take, skip) = (self.bind(take), self.bind(i64::try_from(skip).unwrap_or(i64::MAX)));
            self.tail.push_str(&format!(" LIMIT {take} OFFSET {skip}"));
        }
        let text = format!("SELECT {columns} FROM {} WHERE {}{}", table.name, self.conditions, self.tail);
        (text, self.values)
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Where to count, if the filter is a search and nothing else.
    fn source<F>(&mut self, filter: &Filter<F>) -> Option<String> {
        let text = match filter {
            Filter::Search(text) => text,
            Filter::All(filters) => match filters.as_slice() {
                [Filter::Search(text)] => text,
                _ => return None,
            },
            _ => return None,
        };
        let plan = self.plan;
        let engine = self.engine;
        plan.source(engine, text, |value| self.bind(value))
    }

    fn filter<F: Field>(&mut self, filter: &Filter<F>) -> String {
        match filter {
            Filter::All(filters) if filters.is_empty() => "1 = 1".to_owned(),
            Filter::Any(filters) if filters.is_empty() => "1 = 0".to_owned(),
            Filter::All(filters) => self.join(filters, " AND "),
            Filter::Any(filters) => self.join(filters, " OR "),
            // A missing value does not match, so it does match the opposite.
            Filter::Not(filter) => format!("NOT coalesce({}, 1 = 0)", self.filter(filter)),
            Filter::Field(field, condition) => self.condition(*field, condition),
            Filter::Search(text) => {
                let (engine, plan) = (self.engine, self.plan);
                plan.condition(engine, text, |value| self.bind(value))
            }
        }
    }

    fn join<F: Field>(&mut self, filters: &[Filter<F>], word: &str) -> String {
        match filters {
            [filter] => self.filter(filter),
            // Pair by pair: to SQLite `a OR b OR c` is two levels deep, and its limit is a thousand.
            filters => {
                let (first, second) = filters.split_at(filters.len() / 2);
                let (first, second) = (self.join(first, word), self.join(second, word));
                format!("({first}{word}{second})")
            }
        }
    }

    fn condition<F: Field>(&mut self, field: F, condition: &Condition) -> String {
        let column = match field.kind() {
            FieldKind::Email if !matches!(condition, Condition::Like(_) | Condition::Ilike(_)) => {
                format!("{}_canonical", field.name())
            }
            // Neither compared nor sorted by: no query string leads to such a filter, and it matches nothing.
            FieldKind::Json | FieldKind::Derived => return "1 = 0".to_owned(),
            _ => field.name().to_owned(),
        };
        let mut compare = |operator: &str, value: &Value| match value {
            Value::Null => "1 = 0".to_owned(),
            value => format!("{column} {operator} {}", self.bind(comparable(field, value))),
        };
        match without_nul(condition).as_ref() {
            Condition::Eq(Value::Null) => format!("{column} IS NULL"),
            Condition::Ne(Value::Null) => format!("{column} IS NOT NULL"),
            Condition::Eq(value) => compare("=", value),
            Condition::Ne(value) => format!("({} OR {column} IS NULL)", compare("<>", value)),
            Condition::Gt(value) => compare(">", value),
            Condition::Gte(value) => compare(">=", value),
            Condition::Lt(value) => compare("<", value),
            Condition::Lte(value) => compare("<=", value),
            Condition::In(values) => self.one_of(field, &column, values),
            Condition::Nin(values) => format!("NOT coalesce({}, 1 = 0)", self.one_of(field, &column, values)),
            Condition::Like(pattern) => self.like(&column, "LIKE", "text_like", pattern),
            Condition::Ilike(pattern) => self.like(&column, "ILIKE", "text_ilike", pattern),
        }
    }

    fn one_of<F: Field>(&mut self, field: F, column: &str, values: &[Value]) -> String {
        let (missing, present): (Vec<_>, Vec<_>) = values.iter().partition(|value| **value == Value::Null);
        let list: Vec<String> = present.into_iter().map(|value| self.bind(comparable(field, value))).collect();
        let is_listed = if list.is_empty() { "1 = 0".to_owned() } else { format!("{column} IN ({})", list.join(", ")) };
        if missing.is_empty() { is_listed } else { format!("({is_listed} OR {column} IS NULL)") }
    }

    fn like(&mut self, column: &str, operator: &str, function: &str, pattern: &str) -> String {
        // A backslash at the end has nothing to escape, which PostgreSQL refuses.
        let dangling = pattern.chars().rev().take_while(|c| *c == '\\').count() % 2 == 1;
        let pattern = self.bind(if dangling { format!("{pattern}\\") } else { pattern.to_owned() });
        match self.engine {
            Engine::Sqlite => format!("{function}({column}, {pattern})"),
            // Columns are compared byte by byte (see `migrations`), which would not lower accented capitals.
            Engine::Postgres if operator == "ILIKE" => format!("{column} COLLATE \"default\" ILIKE {pattern}"),
            Engine::Postgres => format!("{column} {operator} {pattern}"),
        }
    }
}

/// How many levels deep a filter may be. Usual filters have three or four.
const MAX_DEPTH: usize = 32;

/// How many values a filter may compare with. SQLite allows 32 766 in a statement, PostgreSQL 65 535.
const MAX_VALUES: usize = 30_000;

/// Refuses filters that are too deep for the engines' parsers, and for the recursion here.
fn check_depth<F>(filter: &Filter<F>) -> Result<(), Error> {
    let mut open = vec![(filter, 1)];
    while let Some((filter, depth)) = open.pop() {
        if depth > MAX_DEPTH {
            return Err(Error::other(format!("a filter is more than {MAX_DEPTH} levels deep")));
        }
        match filter {
            Filter::All(filters) | Filter::Any(filters) => open.extend(filters.iter().map(|inner| (inner, depth + 1))),
            Filter::Not(inner) => open.push((inner, depth + 1)),
            Filter::Field(..) | Filter::Search(_) => {}
        }
    }
    Ok(())
}

/// The filter without NUL: no stored text has one, and PostgreSQL accepts none.
fn without_nul(condition: &Condition) -> Cow<'_, Condition> {
    let before_nul = |value: &Value| match value {
        Value::Text(text) => text.split_once('\0').map(|(before, _)| Value::from(before)),
        _ => None,
    };
    let storable = |values: &[Value]| values.iter().filter(|value| before_nul(value).is_none()).cloned().collect();
    let without = match condition {
        Condition::Eq(value) => before_nul(value).map(|_| Condition::In(Vec::new())),
        Condition::Ne(value) => before_nul(value).map(|_| Condition::Nin(Vec::new())),
        Condition::In(values) => Some(Condition::In(storable(values))),
        Condition::Nin(values) => Some(Condition::Nin(storable(values))),
        // No text is between a text and the same with NUL at the end.
        Condition::Gt(value) | Condition::Gte(value) => before_nul(value).map(Condition::Gt),
        Condition::Lt(value) | Condition::Lte(value) => before_nul(value).map(Condition::Lte),
        Condition::Like(pattern) | Condition::Ilike(pattern) => {
            pattern.contains('\0').then(|| Condition::In(Vec::new()))
        }
    };
    without.map_or(Cow::Borrowed(condition), Cow::Owned)
}

/// The value in the form of its column.
fn comparable<F: Field>(field: F, value: &Value) -> Value {
    match (field.kind(), value) {
        (FieldKind::Email, Value::Text(text)) => Value::Text(EmailAddress::canonical_or_text(text)),
        _ => value.clone(),
    }
}
