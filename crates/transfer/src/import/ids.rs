//! Ids of users whose own program has others: the same for the same user, so that an import that is repeated finds them again.

use sha2::{Digest, Sha256};
use ulid::Ulid;
use vestibule_core::Timestamp;
use vestibule_core::id::Id;

/// The id of what a program calls by `name`, which was created at this time.
pub(super) fn derived<I: Id>(program: &str, kind: &str, name: &str, created_at: Timestamp) -> I {
    let digest = Sha256::new().chain_update([program, "\0", kind, "\0", name].concat()).finalize();
    let random = digest.iter().take(10).fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
    let milliseconds = u64::try_from(created_at.as_milliseconds()).unwrap_or(0);
    I::from_ulid(Ulid::from_parts(milliseconds, random))
}
