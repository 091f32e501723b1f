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

impl Direction {
    /// The other one.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

/// Which of the matching rows to return, and in which order; the reference's `FindConfig`, typed.
#[derive(Debug, Clone, PartialEq)]
pub struct FindConfig<F> {
    /// The sort order, most significant first. The id, that is creation, breaks ties and orders an empty list.
    pub order: Vec<(F, Direction)>,
    /// The row to begin after, by a page's [`next`](CursorPage::next); `None` for the first.
    pub after: Option<Cursor>,
    /// Where the page ends, in place of `after`: its rows are the last ones before, in the same order.
    pub before: Option<Before>,
    /// The number of rows to skip; it does not count where `after` or `before` is given.
    pub skip: u64,
    /// The most rows to return; `None` for all.
    pub take: Option<u64>,
    /// Whether to include soft-deleted rows.
    pub with_deleted: bool,
    /// How a page is counted.
    pub counting: Counting,
}

/// Where a page ends whose rows are read backwards.
#[derive(Debug, Clone, PartialEq)]
pub enum Before {
    /// At the end of the list: it is the last page.
    End,
    /// At a row, by a page's [`previous`](CursorPage::previous).
    Row(Cursor),
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
        Self {
            order: Vec::new(),
            after: None,
            before: None,
            skip: 0,
            take: None,
            with_deleted: false,
            counting: Counting::Exact,
        }
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

/// The rows found, and what leads to the pages beside them.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CursorPage<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// How many match in total; `None` if that was not asked for.
    pub count: Option<Count>,
    /// The place of the last row; `None` if no rows follow.
    pub next: Option<Cursor>,
    /// The place of the first row; `None` if no rows precede it.
    pub previous: Option<Cursor>,
}

/// Where a page was read, and in which direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// From the first row on.
    FromStart,
    /// Behind other rows.
    After,
    /// Backwards, from a row that others follow.
    Before,
    /// Backwards, from the last row.
    FromEnd,
}

impl<F> FindConfig<F> {
    /// Where the page is read, and in which direction.
    pub fn reading(&self) -> Reading {
        match (&self.before, &self.after) {
            (Some(Before::End), _) => Reading::FromEnd,
            (Some(Before::Row(_)), _) => Reading::Before,
            (None, Some(_)) => Reading::After,
            (None, None) if self.skip > 0 => Reading::After,
            (None, None) => Reading::FromStart,
        }
    }

    /// How many rows are skipped: none where `after` or `before` is given.
    pub fn skipped(&self) -> u64 {
        if self.after.is_none() && self.before.is_none() { self.skip } else { 0 }
    }

    /// The row beside which the page lies.
    pub fn cursor(&self) -> Option<&Cursor> {
        match &self.before {
            Some(Before::Row(cursor)) => Some(cursor),
            Some(Before::End) => None,
            None => self.after.as_ref(),
        }
    }
}

impl Reading {
    /// Whether the rows are read from the last to the first.
    pub fn is_backwards(self) -> bool {
        matches!(self, Self::Before | Self::FromEnd)
    }
}

impl<T> Default for CursorPage<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), count: None, next: None, previous: None }
    }
}

impl<T> CursorPage<T> {
    /// Makes a page of rows in the order in which they were read. One more than `take` was read, where there is one: then there are
    /// others in that direction. `place` returns the place of a row.
    pub fn cut(mut rows: Vec<T>, reading: Reading, take: Option<u64>, place: impl Fn(&T) -> Cursor) -> Self {
        let take = take.map_or(usize::MAX, |take| usize::try_from(take).unwrap_or(usize::MAX));
        let has_more = rows.len() > take;
        rows.truncate(take);
        if reading.is_backwards() {
            rows.reverse();
        }
        let (has_previous, has_next) = match reading {
            Reading::FromStart => (false, has_more),
            Reading::After => (true, has_more),
            Reading::Before => (has_more, true),
            Reading::FromEnd => (has_more, false),
        };
        let next = rows.last().filter(|_| has_next).map(&place);
        let previous = rows.first().filter(|_| has_previous).map(&place);
        Self { rows, count: None, next, previous }
    }

    /// The same page with this count.
    #[must_use]
    pub fn with_count(mut self, count: Option<Count>) -> Self {
        self.count = count;
        self
    }

    /// The same page with these rows.
    #[must_use]
    pub fn with_rows<U>(self, rows: Vec<U>) -> CursorPage<U> {
        let Self { count, next, previous, .. } = self;
        CursorPage { rows, count, next, previous }
    }

    /// Makes other rows of these.
    pub fn map<U>(self, mut change: impl FnMut(T) -> U) -> CursorPage<U> {
        self.filter_map(|row| Some(change(row)))
    }

    /// Makes other rows of these, or none. The places of the pages beside it stay.
    pub fn filter_map<U>(mut self, change: impl FnMut(T) -> Option<U>) -> CursorPage<U> {
        let rows = std::mem::take(&mut self.rows).into_iter().filter_map(change).collect();
        self.with_rows(rows)
    }
}
