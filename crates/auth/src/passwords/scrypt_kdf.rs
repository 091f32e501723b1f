//! The reference's hashes: base64 of the 96 bytes that npm's scrypt-kdf writes, checked but never created.
//!
//! It is the header of Colin Percival's encrypted files (scrypt 1.3, FORMAT): `scrypt`, a version (0), log2 N, r and p
//! (big-endian), 32 bytes of salt, 16 bytes of the SHA-256 of all that, and the HMAC-SHA256 of these 64 bytes keyed
//! with the second half of 64 bytes of scrypt output.
//!
//! The `scrypt` crate takes its memory from the allocator. With the reference's parameters (32 MiB) it is released to
//! the system at once; with smaller ones glibc retains it, see [`memory`](super::memory).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use scrypt::Params;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The most memory that a hash may require: 256 MiB.
const MAX_MEMORY: u64 = 256 * 1_024 * 1_024;
/// The most work that a hash may require, as memory times p: 512 MiB, some 1.6 s.
const MAX_WORK: u64 = 2 * MAX_MEMORY;

/// A hash in scrypt-kdf's format, its checksum and bounds already checked.
#[derive(Clone)]
pub(super) struct ScryptKdf {
    bytes: [u8; 96],
    parameters: Params,
}

impl ScryptKdf {
    /// Parses the 128 characters; `None` if they are something else, damaged, or out of bounds.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 96] = STANDARD.decode(text).ok()?.try_into().ok()?;
        let [b's', b'c', b'r', b'y', b'p', b't', 0, log_n, r1, r2, r3, r4, p1, p2, p3, p4, ..] = bytes else {
            return None;
        };
        let checksum: [u8; 32] = Sha256::digest(&bytes[..48]).into();
        if !bool::from(checksum[..16].ct_eq(&bytes[48..64])) {
            return None;
        }
        let parameters = bounded(log_n, u32::from_be_bytes([r1, r2, r3, r4]), u32::from_be_bytes([p1, p2, p3, p4]))?;
        Some(Self { bytes, parameters })
    }

    /// Whether it is the hash of `password`.
    pub(super) fn matches(&self, password: &[u8]) -> Option<bool> {
        let mut output = Zeroizing::new([0; 64]);
        scrypt::scrypt(password, &self.bytes[16..48], &self.parameters, &mut *output).ok()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(output.last_chunk::<32>()?).ok()?;
        mac.update(&self.bytes[..64]);
        Some(mac.finalize().into_bytes().as_slice().ct_eq(&self.bytes[64..]).into())
    }
}

/// Checked before `Params::new`, whose own check multiplies r by p without regard to overflow.
pub(super) fn bounded(log_n: u8, r: u32, p: u32) -> Option<Params> {
    if !(1..=21).contains(&log_n) || r > 64 || p > 64 {
        return None;
    }
    let memory = (128_u64 << log_n) * u64::from(r);
    if memory > MAX_MEMORY || memory * u64::from(p) > MAX_WORK { None } else { Params::new(log_n, r, p).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Created with scrypt-kdf 2.0.1, the one that the reference uses: password, hash, and log2 N, r, p.
    const VECTORS: [(&str, &str, (u8, u32, u32)); 3] = [
        (
            "correct horse battery staple",
            "c2NyeXB0AA8AAAAIAAAAAQoxi3N7byjvWXy3CMStPTGgzD/4SnrBlD1XER5sgbUi7xTa05RR46bxztp/7rASl7y8y98ffZR7UyRT+tMiHiHMfxUOu65rOJgIQaHLvxPS",
            (15, 8, 1),
        ),
        (
            "pässwörd 🔑 ",
            "c2NyeXB0AAoAAAAIAAAAAQve9FpKkEOdCIkC+OuBIXrjOqliDvF+RYFylRCO18D49YaSrFU5JUGBu0pW4zQDWBnDBseu6xzASym6lExTew7BTpwSGc2uUUFmRmEMYnvk",
            (10, 8, 1),
        ),
        (
            "",
            "c2NyeXB0AAQAAAADAAAABX5OveJ7Z/C6XuQHqxKZk748vl0UzpHfwpNxQeDuvyXZ+EUwzRKLMVGZ5+10Rwl4FIL7b2b/62/IsDU17BSSKIRcIjIsqEL0hRt0ubiINF6P",
            (4, 3, 5),
        ),
    ];

    #[test]
    fn hashes_of_the_reference_are_checked() {
        for (password, text, (log_n, r, p)) in VECTORS {
            let hash = ScryptKdf::parse(text).expect(text);
            assert_eq!(hash.parameters, Params::new(log_n, r, p).unwrap());
            assert_eq!(hash.matches(password.as_bytes()), Some(true), "{password:?}");
            assert_eq!(hash.matches(format!("{password} ").as_bytes()), Some(false), "{password:?}");
        }
    }

    #[test]
    fn a_changed_byte_is_seen() {
        let (password, text, _) = VECTORS[2];
        let bytes = STANDARD.decode(text).unwrap();
        for index in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            let read = ScryptKdf::parse(&STANDARD.encode(changed));
            let found = read.as_ref().map(|hash| hash.matches(password.as_bytes()));
            // All but the last 32 bytes are guarded by the checksum; those are the hash itself.
            assert_eq!(found, (index >= 64).then_some(Some(false)), "byte {index}");
        }
        for other in
            [text.strip_suffix("NF6P").unwrap(), &format!("{text}AAAA"), &text.replace('/', "_"), "", "password"]
        {
            assert!(ScryptKdf::parse(other).is_none(), "{other}");
        }
    }

    #[test]
    fn what_costs_too_much_is_not_read() {
        for (log_n, r, p) in [(18, 8, 1), (18, 8, 2), (17, 8, 4), (15, 8, 16), (14, 8, 5), (21, 1, 1)] {
            assert!(bounded(log_n, r, p).is_some(), "{log_n} {r} {p}");
        }
        for (log_n, r, p) in [
            (0, 8, 1),
            (15, 0, 1),
            (15, 8, 0),
            (19, 8, 1),
            (18, 8, 3),
            (63, 8, 1),
            (64, 8, 1),
            (255, u32::MAX, u32::MAX),
            (1, u32::MAX, 1),
            (1, 1, u32::MAX),
            (1, 65_536, 65_536),
            (1, 65, 1),
            (1, 1, 65),
            (22, 1, 1),
        ] {
            assert!(bounded(log_n, r, p).is_none(), "{log_n} {r} {p}");
        }
    }
}
