//! Searching rows for words: the same rows on both engines, and in time that does not grow with the table.
//!
//! A table that is searched has a column `search_text`: what [`search_text`](fn@search_text) makes of some of its columns. Text and words are
//! folded alike ([`fold`](vestibule_core::fold())), so that the engines only compare bytes:
//!
//! ```
//! use vestibule_database::search::{matches, search_text};
//!
//! let text = search_text([Some("zoe@example.com"), Some("Zoë"), Some("O’Brien")]);
//! assert!(matches(&text, "user_01KB7XZ", "obrien zoe"));
//! assert!(!matches(&text, "user_01KB7XZ", "brien n"));
//! ```
//!
//! - A word of three or more characters occurs anywhere in the text. An index of all sequences of three characters finds it
//!   (`pg_trgm` on PostgreSQL, FTS5 on SQLite).
//! - A shorter word occurs where a word of the text begins. The text therefore ends with the first two characters of each
//!   of its words, each behind two spaces: with them, one character is three as well.
//! - A word with an underscore may also be the beginning of an id.
//!
//! A text begins with a space. One that does not was written by a build from before folding: [`fold_rows`] folds it, and every search does
//! so first. Decision 31 has the reasons.

mod plan;
mod rows;
mod sequences;
mod text;

pub use self::plan::Plan;
pub use self::rows::fold_rows;
pub use self::text::{matches, search_text};

/// How the rows of a table are searched.
#[derive(Debug, Clone, Copy)]
pub struct Searched {
    /// The table, with the columns `id` and `search_text`.
    pub table: &'static str,
    /// The columns that `search_text` is made of, three at most.
    pub columns: &'static [&'static str],
    /// Whether SQLite has an index: the tables `…_numbers` and `…_trigrams`, with their triggers. PostgreSQL finds its own.
    pub is_indexed: bool,
}
