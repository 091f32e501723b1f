//! How much to find, and in which order.

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

/// Which rows of those that match, and in which order; the reference's `FindConfig`, typed.
#[derive(Debug, Clone, PartialEq)]
pub struct FindConfig<F> {
    /// What to sort by, first things first. Ties, and an empty list, are settled by the id, that is by creation.
    pub order: Vec<(F, Direction)>,
    /// How many rows to pass over.
    pub skip: u64,
    /// How many rows to take at most; `None` for all.
    pub take: Option<u64>,
    /// Whether soft-deleted rows are found as well.
    pub with_deleted: bool,
}

impl<F> Default for FindConfig<F> {
    fn default() -> Self {
        Self { order: Vec::new(), skip: 0, take: None, with_deleted: false }
    }
}

impl<F: Field> FindConfig<F> {
    /// Sorts by `field`, after what it was sorted by before.
    #[must_use]
    pub fn order_by(mut self, field: F, direction: Direction) -> Self {
        self.order.push((field, direction));
        self
    }

    /// Passes over `skip` rows and takes `take` at most.
    #[must_use]
    pub fn page(mut self, skip: u64, take: u64) -> Self {
        self.skip = skip;
        self.take = Some(take);
        self
    }

    /// Finds soft-deleted rows as well.
    #[must_use]
    pub fn with_deleted(mut self) -> Self {
        self.with_deleted = true;
        self
    }
}

/// What was found, and how many rows match in all.
pub type Page<T> = (Vec<T>, u64);
