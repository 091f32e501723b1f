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
//! const TABLE: Table = Table { name: "books", columns: "id, title" };
//!
//! let filter = BookField::Title.is_in(["Emma", "Persuasion"]);
//! let find = FindConfig::default().order_by(BookField::Title, Direction::Descending).page(0, 1).with_deleted();
//! let (books, count): (Vec<Book>, u64) = list_and_count(&database, TABLE, &filter, &find).await?;
//! assert_eq!((books[0].title.as_str(), count), ("Persuasion", 2));
//! # Ok(())
//! # }
//! ```

use std::borrow::Cow;

use serde_json::{Map, Value as Json};
use vestibule_core::{Condition, Direction, EmailAddress, Field, FieldKind, Filter, FindConfig, Metadata, Page, Value};

use crate::reads::{Scalar, due};
use crate::{Connection, Engine, Error, FromRow};

/// The table of a type.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// The table. An e-mail field needs a second column named with `_canonical` at the end; a table that can be
    /// searched has a column `search_text`, see [`search_text`].
    pub name: &'static str,
    /// The selected columns, separated by commas.
    pub columns: &'static str,
}

/// Conditions that a [`Filter`] cannot express: on other tables, and on the keys of a JSON object. All of them must
/// hold.
#[derive(Debug)]
pub struct Conditions {
    engine: Engine,
    text: String,
    values: Vec<Value>,
}

impl Conditions {
    /// No conditions.
    pub fn new(engine: Engine) -> Self {
        Self { engine, text: "1 = 1".to_owned(), values: Vec::new() }
    }

    /// Adds a condition in SQL, whose values were bound before.
    pub fn and(&mut self, text: &str) {
        self.text.push_str(" AND ");
        self.text.push_str(text);
    }

    /// Binds a value, and returns its placeholder.
    pub fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Adds that a column has one of these values.
    pub fn and_in<V: Into<Value>>(&mut self, column: &str, values: impl IntoIterator<Item = V>) {
        let list: Vec<String> = values.into_iter().map(|value| self.bind(value)).collect();
        match list.is_empty() {
            true => self.and("1 = 0"),
            false => self.and(&format!("{column} IN ({})", list.join(", "))),
        }
    }

    /// Adds that one of these holds; nothing if there are none. `write` adds the conditions of one.
    pub fn and_any<T>(&mut self, alternatives: &[T], write: impl Fn(&T, &mut Self)) {
        if alternatives.is_empty() {
            return;
        }
        let before = std::mem::take(&mut self.text);
        let mut texts = Vec::with_capacity(alternatives.len());
        for alternative in alternatives {
            self.text.push_str("1 = 1");
            write(alternative, self);
            texts.push(std::mem::take(&mut self.text));
        }
        self.text = before;
        self.and(&format!("(({}))", texts.join(") OR (")));
    }

    /// Adds that a JSON object has a value under a key. `null` matches a missing key as well.
    pub fn and_key(&mut self, column: &str, key: &str, value: &Json) {
        // What cannot be stored is never found.
        let object: Map<_, _> = [(key.to_owned(), value.clone())].into_iter().collect();
        if Metadata::new(object).is_err() {
            return self.and("1 = 0");
        }
        let key = self.bind(key);
        let text = match (self.engine, value) {
            (Engine::Postgres, Json::Null) => {
                format!("coalesce(jsonb_extract_path({column}, {key}), 'null') = 'null'")
            }
            (Engine::Postgres, value) => {
                format!("jsonb_extract_path({column}, {key}) = {}", self.bind(value.clone()))
            }
            (Engine::Sqlite, Json::Null) => {
                format!("NOT EXISTS (SELECT 1 FROM json_each({column}) WHERE key = {key} AND type <> 'null')")
            }
            (Engine::Sqlite, value) => {
                let is_equal = match value {
                    Json::Bool(value) => format!("type = '{value}'"),
                    Json::String(text) => format!("type = 'text' AND value = {}", self.bind(text)),
                    Json::Number(number) => format!(
                        "type IN ('integer', 'real') AND value = CAST({} AS NUMERIC)",
                        self.bind(number.to_string())
                    ),
                    value => format!("type IN ('object', 'array') AND value = {}", self.bind(value.to_string())),
                };
                format!("EXISTS (SELECT 1 FROM json_each({column}) WHERE key = {key} AND {is_equal})")
            }
        };
        self.and(&text);
    }
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
    let mut query = Query::new(conditions, find.with_deleted, filter)?;
    query.order(&find.order);
    let take = find.take.map_or(i64::MAX, |take| i64::try_from(take).unwrap_or(i64::MAX));
    if take < i64::MAX || find.skip > 0 {
        let (take, skip) = (query.bind(take), query.bind(i64::try_from(find.skip).unwrap_or(i64::MAX)));
        query.tail.push_str(&format!(" LIMIT {take} OFFSET {skip}"));
    }
    let text = format!("SELECT {} FROM {} WHERE {}{}", table.columns, table.name, query.conditions, query.tail);
    connection.scan(&text.into(), &query.values).await
}

/// Lists the rows that match, and counts all matches regardless of `skip` and `take`.
///
/// # Errors
///
/// Any [`Error`].
pub async fn list_and_count<T: FromRow, F: Field>(
    connection: impl Into<Connection<'_>>,
    table: Table,
    filter: &Filter<F>,
    find: &FindConfig<F>,
) -> Result<Page<T>, Error> {
    let connection = connection.into();
    let conditions = Conditions::new(connection.engine());
    list_and_count_where(connection, table, &conditions, filter, find).await
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
    let mut connection = connection.into();
    let rows = match find.take {
        Some(0) => Vec::new(),
        _ => list_where(connection.again(), table, conditions, filter, find).await?,
    };
    let found = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    // A page that is not full is the last one, which determines the count.
    let is_last = find.take.is_none_or(|take| found < take) && (found > 0 || find.skip == 0);
    let count = if is_last {
        find.skip.saturating_add(found)
    } else {
        count_where(connection, table, conditions, filter, find.with_deleted).await?
    };
    Ok((rows, count))
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
    let connection = connection.into();
    let conditions = Conditions::new(connection.engine());
    count_where(connection, table, &conditions, filter, with_deleted).await
}

async fn count_where<F: Field>(
    mut connection: Connection<'_>,
    table: Table,
    conditions: &Conditions,
    filter: &Filter<F>,
    with_deleted: bool,
) -> Result<u64, Error> {
    let query = Query::new(conditions, with_deleted, filter)?;
    let text = format!("SELECT count(*) FROM {} WHERE {}", table.name, query.conditions);
    let rows: Vec<Scalar<u64>> = connection.scan(&text.into(), &query.values).await?;
    due(rows.into_iter().next().and_then(|count| count.0))
}

/// The text that [`Filter::Search`] searches: the fields in lower case, one per line, so that no match spans two of
/// them. Stored in a column, computed the same way on both engines.
pub fn search_text<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> String {
    let lines: Vec<String> = texts.into_iter().flatten().map(lower).collect();
    lines.join("\n")
}

/// In lower case, character by character as PostgreSQL does it. Rust's own `to_lowercase` depends on the neighbours of
/// a sigma, so that a part of a text in lower case might not be a part of the text in lower case.
pub(crate) fn lower(text: &str) -> String {
    text.chars().filter_map(|character| character.to_lowercase().next()).collect()
}

struct Query {
    engine: Engine,
    conditions: String,
    tail: String,
    values: Vec<Value>,
}

impl Query {
    fn new<F: Field>(conditions: &Conditions, with_deleted: bool, filter: &Filter<F>) -> Result<Self, Error> {
        check_depth(filter)?;
        let values = conditions.values.clone();
        let mut query = Self { engine: conditions.engine, conditions: String::new(), tail: String::new(), values };
        let filter = query.filter(filter);
        let deleted = if with_deleted { "" } else { "deleted_at IS NULL AND " };
        query.conditions = match conditions.text.as_str() {
            "1 = 1" => format!("{deleted}{filter}"),
            text => format!("{deleted}{text} AND {filter}"),
        };
        if query.values.len() > MAX_VALUES {
            return Err(Error::other(format!("a filter compares with more than {MAX_VALUES} values")));
        }
        Ok(query)
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
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
            // Neither is in any field, and the second would span two.
            Filter::Search(text) if text.contains(['\0', '\n']) => "1 = 0".to_owned(),
            Filter::Search(text) => {
                let text = self.bind(lower(text));
                match self.engine {
                    Engine::Sqlite => format!("instr(search_text, {text}) > 0"),
                    Engine::Postgres => format!("strpos(search_text, {text}) > 0"),
                }
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

    fn order<F: Field>(&mut self, order: &[(F, Direction)]) {
        self.tail.push_str(" ORDER BY ");
        for (field, direction) in order.iter().filter(|(field, _)| field.is_comparable()) {
            let suffix = if field.kind() == FieldKind::Email { "_canonical" } else { "" };
            let direction = match direction {
                Direction::Ascending => "ASC NULLS LAST",
                Direction::Descending => "DESC NULLS FIRST",
            };
            self.tail.push_str(&format!("{}{suffix} {direction}, ", field.name()));
        }
        self.tail.push_str("id");
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
