//! The conditions of a search in SQL, and whether SQLite's index or a look at each row is the shorter way.
//!
//! PostgreSQL's planner knows how often a word occurs. SQLite's does not: it is counted up to a limit. Few candidates are
//! sorted. Many are found soon enough by reading the rows in the order of the list.

use std::collections::{BTreeMap, BTreeSet};

use vestibule_core::{Filter, Value};

use super::Searched;
use super::rows::fold_before_search;
use super::text::{Word, words};
use crate::{Connection, Engine, Error, values};

/// Up to how many candidates SQLite's index is used: so many rows are read and sorted in some tens of milliseconds.
const FEW: u64 = 10_000;

/// Up to how many matches of a search are counted, if no later page is asked for: to count them all takes time that grows
/// with the table. Where there are more, the count is one more.
pub const MOST_COUNTED: u64 = 10_000;

/// How many sequences of three characters of one search the index is asked for; each row that it finds is compared with
/// the whole words.
const SEQUENCES: usize = 32;

/// How the words of a filter are found in the rows of a table.
#[derive(Debug, Default)]
pub struct Plan {
    searched: Option<Searched>,
    is_search: bool,
    /// The number of candidates of each expression of the index, up to one more than [`FEW`].
    candidates: BTreeMap<String, u64>,
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
            searched => Ok(Self { searched, is_search: !texts.is_empty(), candidates: BTreeMap::new() }),
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
        let mut plan = Self { searched: Some(searched), is_search: true, candidates: BTreeMap::new() };
        if connection.engine() == Engine::Postgres || !searched.is_indexed {
            return Ok(plan);
        }
        let table = searched.table;
        let text = format!(
            "SELECT count(*) FROM (SELECT 1 FROM {table}_trigrams WHERE {table}_trigrams MATCH $1 LIMIT {})",
            FEW + 1
        );
        for group in texts.iter().flat_map(|text| groups(words(text))) {
            let expression = expression(&group);
            let count = connection.query_scalar(text.clone(), values![expression.as_str()]).await?;
            plan.candidates.insert(expression, count);
        }
        Ok(plan)
    }

    /// The condition on the rows of the table, which is named in it; `bind` takes a value and returns its placeholder.
    pub fn condition(&self, engine: Engine, text: &str, mut bind: impl FnMut(Value) -> String) -> String {
        let Some(searched) = self.searched else { return "1 = 0".to_owned() };
        let words = words(text);
        let conditions: Vec<String> = match engine {
            Engine::Postgres => words.iter().map(|word| like(searched.table, word, &mut bind)).collect(),
            Engine::Sqlite => groups(words).iter().map(|group| self.of_group(searched, group, &mut bind)).collect(),
        };
        if conditions.is_empty() { "1 = 1".to_owned() } else { conditions.join(" AND ") }
    }

    /// Whether the filter searches for anything.
    pub(crate) fn is_search(&self) -> bool {
        self.is_search
    }

    /// Where to count the matches of a text, if nothing else is asked of a row: on SQLite, the index leads to those of common
    /// words, and the count ends where it is high enough.
    pub fn source(&self, text: &str, mut bind: impl FnMut(Value) -> String) -> Option<String> {
        let table = self.searched?.table;
        let is_common = |expression: &String| self.candidates.get(expression).is_some_and(|count| *count > FEW);
        let mut expressions =
            groups(words(text)).into_iter().filter(|group| group.iter().all(|word| word.ids.is_empty()));
        let expression = expressions.find_map(|group| Some(expression(&group)).filter(is_common))?;
        let select = |from: &str, condition: &str| {
            format!("SELECT {table}_numbers.id AS candidate FROM {from} WHERE {condition}")
        };
        let rows = candidates(table, &bind(expression.into()), select);
        Some(format!("({rows}) AS candidates CROSS JOIN {table} ON {table}.id = candidates.candidate"))
    }

    /// The condition on SQLite: by the index where it knows of few candidates.
    fn of_group(&self, searched: Searched, group: &[Word], bind: &mut impl FnMut(Value) -> String) -> String {
        let table = searched.table;
        let mut occur = String::new();
        for word in group {
            let needle = bind(word.needle.as_str().into());
            occur.push_str(&format!("{}instr({table}.search_text, {needle}) > 0", and(&occur)));
        }
        let ids = ids(table, group, bind);
        let expression = expression(group);
        if self.candidates.get(&expression).is_none_or(|count| *count > FEW) {
            return or(occur, &ids);
        }
        // By the number that SQLite itself gives to rows: its planner prefers nothing to that. Within a statement it stays.
        let rows = candidates(table, &bind(expression.into()), |from, condition| {
            let joined = format!("{from} CROSS JOIN {table} ON {table}.id = {table}_numbers.id");
            format!("SELECT {table}.rowid FROM {joined} WHERE {condition} AND {occur}")
        });
        let by_id: Vec<String> =
            ids.iter().map(|id| format!(" UNION ALL SELECT {table}.rowid FROM {table} WHERE {id}")).collect();
        format!("{table}.rowid IN ({rows}{})", by_id.concat())
    }
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

/// The condition on PostgreSQL, for one word.
fn like(table: &str, word: &Word, bind: &mut impl FnMut(Value) -> String) -> String {
    let mut pattern = String::from("%");
    for letter in word.needle.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    let occurs = format!("{table}.search_text LIKE {}", bind(pattern.into()));
    or(occurs, &ids(table, std::slice::from_ref(word), bind))
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

fn and(before: &str) -> &'static str {
    if before.is_empty() { "" } else { " AND " }
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

/// The expression of FTS5 for all sequences of three characters of these words.
fn expression(group: &[Word]) -> String {
    let mut sequences = BTreeSet::new();
    for word in group {
        let letters: Vec<char> = word.needle.chars().collect();
        sequences.extend(letters.windows(3).map(|three| three.iter().collect::<String>()));
    }
    // The longest words are not the rarest, but with so many sequences hardly any row is left.
    let quoted = sequences.iter().take(SEQUENCES).map(|three| format!("\"{}\"", three.replace('"', "\"\"")));
    quoted.collect::<Vec<_>>().join(" AND ")
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
