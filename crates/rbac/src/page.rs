//! Pages of what the database cannot filter.

use vestibule_core::{FindConfig, Page};

/// The requested page, and the total count.
pub(crate) fn page<T, F>(all: Vec<T>, find: &FindConfig<F>) -> Page<T> {
    let size = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
    let count = u64::try_from(all.len()).unwrap_or(u64::MAX);
    let take = find.take.map_or(usize::MAX, size);
    (all.into_iter().skip(size(find.skip)).take(take).collect(), count)
}
