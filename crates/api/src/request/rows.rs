//! The page of a list without filters and order.

use super::{InvalidRequest, Parameters, Query};

/// How many rows a page has by default.
const LIMIT: u64 = 50;

/// `limit`, reduced to [`MAX_TAKE`](super::find::MAX_TAKE), and `offset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rows {
    /// The most rows to return.
    pub limit: u64,
    /// How many rows to skip.
    pub offset: u64,
}

impl Rows {
    /// Reads the query of a list that has no other parameters.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] for values that are not numbers, and for other parameters.
    pub fn read(query: &Query) -> Result<Self, InvalidRequest> {
        let mut parameters = Parameters::of(query);
        let rows = Self::of(&mut parameters);
        parameters.finish(rows)
    }

    /// Reads them from the parameters of a list that has more.
    pub fn of(parameters: &mut Parameters<'_>) -> Self {
        Self { offset: parameters.count("offset", 0), limit: parameters.limit(LIMIT) }
    }

    /// Returns how many rows to skip.
    pub fn skip(self) -> u32 {
        u32::try_from(self.offset).unwrap_or(u32::MAX)
    }

    /// Returns the most rows to return.
    pub fn take(self) -> u32 {
        u32::try_from(self.limit).unwrap_or(u32::MAX)
    }
}
