//! How many rows to find, and in which order.

use crate::{Cursor, Field};

/// Ascending or descending. Rows without a value come last when ascending, first when descending, on both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

/// Which of the matching rows to return, and in which order; the reference's `FindConfig`, typed.
#[derive(Debug, Clone, PartialEq)]
pub struct FindConfig<F> {
    /// The sort order, most significant first. The id, that is creation, breaks ties and orders an empty list.
    pub order: Vec<(F, Direction)>,
    /// The row to begin after, by a page's [`next`](CursorPage::next); `None` for the first.
    pub after: Option<Cursor>,
    /// The number of rows to skip.
    pub skip: u64,
    /// The most rows to return; `None` for all.
    pub take: Option<u64>,
    /// Whether to include soft-deleted rows.
    pub with_deleted: bool,
    /// How a page is counted.
    pub counting: Counting,
}

/// How the matches of a list are counted. An exact count reads all of them, unless it is kept: see the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Counting {
    /// All matches.
    #[default]
    Exact,
    /// As many as [`MOST_COUNTED`] matches; all of them where their count is kept.
    Estimated,
    /// Not at all.
    None,
}

/// How many matches [`Counting::Estimated`] counts at most.
pub const MOST_COUNTED: u64 = 10_000;

impl<F> Default for FindConfig<F> {
    fn default() -> Self {
        Self { order: Vec::new(), after: None, skip: 0, take: None, with_deleted: false, counting: Counting::Exact }
    }
}

impl<F: Field> FindConfig<F> {
    /// Sorts by `field`, after the fields already given.
    #[must_use]
    pub fn order_by(mut self, field: F, direction: Direction) -> Self {
        self.order.push((field, direction));
        self
    }

    /// Skips `skip` rows and returns at most `take`.
    #[must_use]
    pub fn page(mut self, skip: u64, take: u64) -> Self {
        self.skip = skip;
        self.take = Some(take);
        self
    }

    /// Includes soft-deleted rows.
    #[must_use]
    pub fn with_deleted(mut self) -> Self {
        self.with_deleted = true;
        self
    }
}

/// The rows found, and how many match in total.
pub type Page<T> = (Vec<T>, u64);

/// How many rows match in total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// So many.
    Exactly(u64),
    /// More than so many.
    MoreThan(u64),
}

impl Count {
    /// The count of matches of which one more than [`MOST_COUNTED`] were counted at most.
    pub fn up_to_most(counted: u64) -> Self {
        if counted > MOST_COUNTED { Self::MoreThan(MOST_COUNTED) } else { Self::Exactly(counted) }
    }
}

/// The rows found, and what leads to the next page.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CursorPage<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// How many match in total; `None` if that was not asked for.
    pub count: Option<Count>,
    /// The place of the last row; `None` if no rows follow.
    pub next: Option<Cursor>,
}

impl<T> CursorPage<T> {
    /// Makes a page of rows of which one more than `take` was read, where there is one: then rows follow the last of the page,
    /// whose place `place` returns.
    pub fn cut(mut rows: Vec<T>, take: Option<u64>, place: impl FnOnce(&T) -> Cursor) -> Self {
        let take = take.map_or(usize::MAX, |take| usize::try_from(take).unwrap_or(usize::MAX));
        let has_more = rows.len() > take;
        rows.truncate(take);
        let next = rows.last().filter(|_| has_more).map(place);
        Self { rows, count: None, next }
    }

    /// The same page with this count.
    #[must_use]
    pub fn with_count(mut self, count: Option<Count>) -> Self {
        self.count = count;
        self
    }

    /// Makes other rows of these.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> CursorPage<U> {
        CursorPage { rows: self.rows.into_iter().map(change).collect(), count: self.count, next: self.next }
    }
}
