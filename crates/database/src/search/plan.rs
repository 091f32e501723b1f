//! The conditions of a search in SQL, and whether SQLite's index or a look at each row is the shorter way.
//!
//! PostgreSQL's planner knows how often a word occurs. SQLite's does not: it is counted up to a limit. Few candidates are
//! sorted. Many are found soon enough by reading the rows in the order of the list.

use std::collections::BTreeMap;

use vestibule_core::{Filter, Value};

use super::Searched;
use super::rows::fold_before_search;
use super::sequences::{Rarest, expression, rarest};
use super::text::{Word, words};
use crate::{Connection, Engine, Error, values};

/// Up to how many candidates SQLite's index is used, whatever the number of rows.
const FEW: std::ops::RangeInclusive<u64> = 256..=10_000;

/// How the words of a filter are found in the rows of a table.
#[derive(Debug, Default)]
pub struct Plan {
    searched: Option<Searched>,
    /// What the indexes are asked for, by the words of a group.
    lookups: BTreeMap<String, Lookup>,
}

/// What an index is asked for to find the words of a group.
#[derive(Debug)]
struct Lookup {
    rarest: Rarest,
    /// Whether they lead to so few rows that SQLite had better sort them than read the list in its order.
    is_rare: bool,
}

impl Plan {
    /// Prepares the searches of a filter: folds what is left to fold, and counts the candidates.
    pub(crate) async fn of_filter<F>(
        connection: &mut Connection<'_>,
        searched: Option<Searched>,
        filter: &Filter<F>,
    ) -> Result<Self, Error> {
        let texts = texts(filter);
        match searched {
            Some(searched) if !texts.is_empty() => Self::of_texts(connection, searched, &texts).await,
            searched => Ok(Self { searched, lookups: BTreeMap::new() }),
        }
    }

    /// Prepares the search for one text.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn of_text(connection: impl Into<Connection<'_>>, searched: Searched, text: &str) -> Result<Self, Error> {
        Self::of_texts(&mut connection.into(), searched, &[text]).await
    }

    async fn of_texts(connection: &mut Connection<'_>, searched: Searched, texts: &[&str]) -> Result<Self, Error> {
        fold_before_search(connection, searched).await?;
        let mut plan = Self { searched: Some(searched), lookups: BTreeMap::new() };
        if !searched.is_indexed {
            return Ok(plan);
        }
        for group in texts.iter().flat_map(|text| groups(words(text))) {
            let rarest = rarest(connection, searched, &group).await?;
            let is_rare = match connection.engine() {
                Engine::Sqlite => is_rare(connection, searched, &rarest.sequences).await?,
                Engine::Postgres => false,
            };
            plan.lookups.insert(key(&group), Lookup { rarest, is_rare });
        }
        Ok(plan)
    }

    /// The condition on the rows of the table, which is named in it; `bind` takes a value and returns its placeholder.
    pub fn condition(&self, engine: Engine, text: &str, mut bind: impl FnMut(Value) -> String) -> String {
        let Some(searched) = self.searched else { return "1 = 0".to_owned() };
        let groups = groups(words(text));
        let conditions: Vec<String> = match engine {
            Engine::Postgres => groups.iter().map(|group| self.on_postgres(searched.table, group, &mut bind)).collect(),
            Engine::Sqlite => groups.iter().map(|group| self.on_sqlite(searched.table, group, &mut bind)).collect(),
        };
        if conditions.is_empty() { "1 = 1".to_owned() } else { conditions.join(" AND ") }
    }

    /// Where to count the matches of a text, if nothing else is asked of a row: on SQLite, the index leads to those of common
    /// words, and the count ends where it is high enough.
    pub fn source(&self, engine: Engine, text: &str, mut bind: impl FnMut(Value) -> String) -> Option<String> {
        if engine == Engine::Postgres {
            return None;
        }
        let table = self.searched?.table;
        let groups = groups(words(text));
        let mut plain = groups.iter().filter(|group| group.iter().all(|word| word.ids.is_empty()));
        // What is in one row of ten is counted soon enough by reading rows.
        let is_between = |lookup: &&Lookup| !lookup.is_rare && !lookup.rarest.is_common;
        let lookup = plain.find_map(|group| self.lookups.get(&key(group)).filter(is_between))?;
        let expression = expression(&lookup.rarest.sequences);
        let select = |from: &str, condition: &str| {
            format!("SELECT {table}_numbers.id AS candidate FROM {from} WHERE {condition}")
        };
        let rows = candidates(table, &bind(expression.into()), select);
        Some(format!("({rows}) AS candidates CROSS JOIN {table} ON {table}.id = candidates.candidate"))
    }

    /// The condition on SQLite: by the index where it knows of few candidates.
    fn on_sqlite(&self, table: &str, group: &[Word], bind: &mut impl FnMut(Value) -> String) -> String {
        let needle = |word: &Word| format!("instr({table}.search_text, {}) > 0", bind(word.needle.as_str().into()));
        let occur = group.iter().map(needle).collect::<Vec<_>>().join(" AND ");
        let ids = ids(table, group, bind);
        let lookup = match self.lookups.get(&key(group)) {
            Some(lookup) if lookup.is_rare => lookup,
            _ => return or(occur, &ids),
        };
        let expression = bind(expression(&lookup.rarest.sequences).into());
        // By the number that SQLite itself gives to rows: its planner prefers nothing to that. Within a statement it stays.
        let rows = candidates(table, &expression, |from, condition| {
            let joined = format!("{from} CROSS JOIN {table} ON {table}.id = {table}_numbers.id");
            format!("SELECT {table}.rowid FROM {joined} WHERE {condition} AND {occur}")
        });
        let by_id: Vec<String> =
            ids.iter().map(|id| format!(" UNION ALL SELECT {table}.rowid FROM {table} WHERE {id}")).collect();
        format!("{table}.rowid IN ({rows}{})", by_id.concat())
    }

    /// The condition on PostgreSQL: whole words, or a few sequences by the index and the words in what it finds.
    fn on_postgres(&self, table: &str, group: &[Word], bind: &mut impl FnMut(Value) -> String) -> String {
        let column = format!("{table}.search_text");
        let mut like = |text: &str| format!("{column} LIKE {}", bind(pattern(text).into()));
        let sequences =
            self.lookups.get(&key(group)).map(|lookup| lookup.rarest.sequences.as_slice()).unwrap_or_default();
        let mut conditions: Vec<String> = sequences.iter().map(|sequence| like(sequence)).collect();
        match conditions.is_empty() {
            true => conditions.extend(group.iter().map(|word| like(&word.needle))),
            false => conditions.extend(
                group.iter().map(|word| format!("strpos({column}, {}) > 0", bind(word.needle.as_str().into()))),
            ),
        }
        or(conditions.join(" AND "), &ids(table, group, bind))
    }
}

/// Names the words of a group.
fn key(group: &[Word]) -> String {
    group.iter().flat_map(|word| [word.needle.as_str(), "\n"]).collect()
}

/// Whether SQLite's index has so few rows with all of these sequences that to sort them is the shorter way. To find and sort a
/// row costs about twice as much as to read the next one of the list, and a page of fifty is full after fifty times as many
/// rows as there are to one that matches.
async fn is_rare(connection: &mut Connection<'_>, searched: Searched, sequences: &[String]) -> Result<bool, Error> {
    let table = searched.table;
    let rows = format!("SELECT seq FROM sqlite_sequence WHERE name = '{table}_numbers'");
    let rows: Option<u64> = connection.query_scalar_optional(rows, &[]).await?;
    let few = (rows.unwrap_or(0).saturating_mul(25)).isqrt().clamp(*FEW.start(), *FEW.end());
    let text = format!(
        "SELECT count(*) FROM (SELECT 1 FROM {table}_trigrams WHERE {table}_trigrams MATCH $1 LIMIT {})",
        few + 1
    );
    let candidates: u64 = connection.query_scalar(text, values![expression(sequences)]).await?;
    Ok(candidates <= few)
}

/// The rows that have all sequences of an expression, and those that are not in the index yet: it takes them in by 256
/// (`crates/user/migrations/V6__search.sql`). `select` makes a statement of tables and a condition.
fn candidates(table: &str, expression: &str, select: impl Fn(&str, &str) -> String) -> String {
    let indexed = select(
        &format!("{table}_trigrams CROSS JOIN {table}_numbers ON {table}_numbers.number = {table}_trigrams.rowid"),
        &format!("{table}_trigrams MATCH {expression}"),
    );
    let last = format!("SELECT seq / 256 * 256 FROM sqlite_sequence WHERE name = '{table}_numbers'");
    let others = select(&format!("{table}_numbers"), &format!("{table}_numbers.number > ({last})"));
    format!("{indexed} UNION ALL {others}")
}

/// The pattern of `LIKE` for a text at any position.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// The conditions on the id, of which one suffices.
fn ids(table: &str, group: &[Word], bind: &mut impl FnMut(Value) -> String) -> Vec<String> {
    let ranges = group.iter().flat_map(|word| &word.ids);
    ranges
        .map(|(from, below)| {
            let (from, below) = (bind(from.as_str().into()), bind(below.as_str().into()));
            format!("({table}.id >= {from} AND {table}.id < {below})")
        })
        .collect()
}

fn or(condition: String, others: &[String]) -> String {
    if others.is_empty() { condition } else { format!("({condition} OR {})", others.join(" OR ")) }
}

/// The words that are looked up together: all but those that may be ids, of which each is a group.
fn groups(words: Vec<Word>) -> Vec<Vec<Word>> {
    let (ids, others): (Vec<Word>, Vec<Word>) = words.into_iter().partition(|word| !word.ids.is_empty());
    let mut groups: Vec<Vec<Word>> = ids.into_iter().map(|word| vec![word]).collect();
    if !others.is_empty() {
        groups.push(others);
    }
    groups
}

/// The texts that a filter searches for.
fn texts<F>(filter: &Filter<F>) -> Vec<&str> {
    let (mut open, mut texts) = (vec![filter], Vec::new());
    while let Some(filter) = open.pop() {
        match filter {
            Filter::All(filters) | Filter::Any(filters) => open.extend(filters),
            Filter::Not(filter) => open.push(filter),
            Filter::Search(text) => texts.push(text.as_str()),
            Filter::Field(..) => {}
        }
    }
    texts
}
