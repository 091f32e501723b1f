//! Ids of users whose own program has others.

use sha2::{Digest, Sha256};
use ulid::Ulid;
use vestibule_core::Timestamp;
use vestibule_core::id::Id;

/// A row whose users and identities get ids.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin<'a> {
    pub(super) program: &'a str,
    pub(super) created_at: Timestamp,
    /// The number of the row, where the source has no times of creation. Then the ids follow the order of the rows: ids without an
    /// order would spread each batch over all of the indexes, which takes several times as long.
    pub(super) row: Option<u64>,
}

/// How many bits of an id are the number of its row.
const ROW_BITS: u32 = 40;

/// The id of what a program calls by `name`. It is the same for the same row, so that an import that continues finds it again; and
/// where the source has times of creation, another import finds it, too.
pub(super) fn derived<I: Id>(origin: Origin<'_>, kind: &str, name: &str) -> I {
    let digest = Sha256::new().chain_update([origin.program, "\0", kind, "\0", name].concat()).finalize();
    let mut random = digest.iter().take(10).fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
    if let Some(row) = origin.row {
        random = (u128::from(row) << ROW_BITS) | (random >> ROW_BITS);
    }
    let milliseconds = u64::try_from(origin.created_at.as_milliseconds()).unwrap_or(0);
    I::from_ulid(Ulid::from_parts(milliseconds, random))
}
