//! How many rows to find, and in which order.

use crate::Field;

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
    /// The number of rows to skip.
    pub skip: u64,
    /// The most rows to return; `None` for all.
    pub take: Option<u64>,
    /// Whether to include soft-deleted rows.
    pub with_deleted: bool,
}

impl<F> Default for FindConfig<F> {
    fn default() -> Self {
        Self { order: Vec::new(), skip: 0, take: None, with_deleted: false }
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
