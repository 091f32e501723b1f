//! Which rows of a list that has neither filters nor an order of its own.

use super::{InvalidRequest, Parameters, Query};

/// How many rows are shown where no `limit` is sent.
const LIMIT: u64 = 50;

/// `limit`, cut to [`MAX_TAKE`](super::find::MAX_TAKE), and `offset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rows {
    /// How many.
    pub limit: u64,
    /// How many are passed over.
    pub offset: u64,
}

impl Rows {
    /// Reads the query of a list that takes nothing else.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] for what is no number, and for any other parameter.
    pub fn read(query: &Query) -> Result<Self, InvalidRequest> {
        let mut parameters = Parameters::of(query);
        let rows = Self::of(&mut parameters);
        parameters.finish(rows)
    }

    /// Takes them out of the parameters of a list that takes more.
    pub fn of(parameters: &mut Parameters<'_>) -> Self {
        Self { offset: parameters.count("offset", 0), limit: parameters.limit(LIMIT) }
    }

    /// How many rows are passed over.
    pub fn skip(self) -> u32 {
        u32::try_from(self.offset).unwrap_or(u32::MAX)
    }

    /// How many rows are taken at most.
    pub fn take(self) -> u32 {
        u32::try_from(self.limit).unwrap_or(u32::MAX)
    }
}
