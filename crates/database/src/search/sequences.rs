//! Which sequences of three characters an index is asked for: the rarest of a search.
//!
//! An index has a list of rows for each. To compare the lists of common sequences, such as those of a domain that every
//! address has, takes longer than all the rest, and leaves no row out. So a few rare ones are looked up, and the rows that
//! they lead to are compared with the whole words.

use std::collections::BTreeSet;

use super::Searched;
use super::text::Word;
use crate::{Connection, Engine, Error, values};

/// How many sequences an index is asked for.
const MOST: usize = 4;

/// How many times as common as the rarest sequence another one may be, to be looked up as well.
const AS_RARE: i64 = 20;

/// How many sequences are compared: enough to have a rare one among them, whatever is pasted into a search.
const COMPARED: usize = 64;

/// How many rows of SQLite's index are read to see how close together the rows of a sequence are.
const LOOK: i64 = 64;

/// In how many rows one has a sequence that is common.
const COMMON: i64 = 10;

/// What the index is to be asked for.
#[derive(Debug, Default)]
pub(super) struct Rarest {
    /// Sequences that all rows have which are looked for. None on PostgreSQL where nothing is known of them.
    pub(super) sequences: Vec<String>,
    /// Whether SQLite finds one row in ten and more by them.
    pub(super) is_common: bool,
}

/// The sequences of some words that the index is to be asked for.
pub(super) async fn rarest(
    connection: &mut Connection<'_>,
    searched: Searched,
    group: &[Word],
) -> Result<Rarest, Error> {
    let engine = connection.engine();
    let sequences = sequences(group, engine).into_iter().take(COMPARED);
    let mut ranked = match engine {
        Engine::Sqlite => by_distance(connection, searched, sequences).await?,
        Engine::Postgres => by_sample(connection, searched, sequences).await?,
    };
    ranked.sort();
    let Some((rarest, _)) = ranked.first() else { return Ok(Rarest::default()) };
    let limit = rarest.saturating_mul(AS_RARE);
    let is_common = rarest.saturating_mul(COMMON) > ONE;
    let sequences = ranked.into_iter().take(MOST).take_while(|(rank, _)| *rank <= limit).map(|(_, sequence)| sequence);
    Ok(Rarest { sequences: sequences.collect(), is_common })
}

/// All sequences. Those of PostgreSQL's index have no signs.
fn sequences(group: &[Word], engine: Engine) -> BTreeSet<String> {
    let mut sequences = BTreeSet::new();
    for word in group {
        let letters: Vec<char> = word.needle.chars().collect();
        let is_known = |three: &&[char]| engine == Engine::Sqlite || three.iter().all(|c| c.is_alphanumeric());
        sequences.extend(letters.windows(3).filter(is_known).map(|three| three.iter().collect::<String>()));
    }
    sequences
}

/// The expression of FTS5 for rows with all of these sequences.
pub(super) fn expression(sequences: &[String]) -> String {
    let quoted = sequences.iter().map(|three| format!("\"{}\"", three.replace('"', "\"\"")));
    quoted.collect::<Vec<_>>().join(" AND ")
}

/// What is in every row, in the parts by which sequences are ranked: a million.
const ONE: i64 = 1_000_000;

/// The share of the rows with a sequence, by how soon SQLite's index has found some: the later, the rarer.
async fn by_distance(
    connection: &mut Connection<'_>,
    searched: Searched,
    sequences: impl Iterator<Item = String>,
) -> Result<Vec<(i64, String)>, Error> {
    let table = searched.table;
    let text = format!(
        "SELECT rowid - (SELECT min(number) FROM {table}_numbers) + 1 FROM {table}_trigrams
         WHERE {table}_trigrams MATCH $1 ORDER BY rowid LIMIT 1 OFFSET {}",
        LOOK - 1
    );
    let mut ranked = Vec::new();
    for sequence in sequences {
        let expression = expression(std::slice::from_ref(&sequence));
        let number: Option<i64> = connection.query_scalar_optional(text.clone(), values![expression]).await?;
        ranked.push((number.map_or(0, |number| LOOK * ONE / number.max(1)), sequence));
    }
    Ok(ranked)
}

/// The share of the rows with a sequence, by the texts that PostgreSQL's statistics have as a sample. Without
/// statistics there is nothing to rank.
async fn by_sample(
    connection: &mut Connection<'_>,
    searched: Searched,
    sequences: impl Iterator<Item = String>,
) -> Result<Vec<(i64, String)>, Error> {
    let text = "SELECT unnest(histogram_bounds::text::text[]) FROM pg_catalog.pg_stats
                WHERE schemaname = current_schema() AND tablename::text = $1 AND attname = 'search_text'";
    let sample: Vec<String> = connection.query_scalars(text, values![searched.table]).await?;
    let Ok(size @ 1..) = i64::try_from(sample.len()) else { return Ok(Vec::new()) };
    let count = |sequence: &String| sample.iter().filter(|text| text.contains(sequence.as_str())).count();
    // One that is not in the sample may be in less than one row of it.
    let share = |sequence: &String| (i64::try_from(count(sequence)).unwrap_or(0) * ONE / size).max(ONE / size / 8);
    Ok(sequences.map(|sequence| (share(&sequence), sequence)).collect())
}
