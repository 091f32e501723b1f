//! bcrypt: `$2b$10$` and 53 characters. `$2a$`, `$2x$`… are names of versions; all but `$2x$`, of a broken one, are computed alike.
//!
//! As where the hash was made, the password's first 72 bytes count, with the NUL that ends it.

use base64::Engine;
use base64::alphabet::BCRYPT;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use subtle::ConstantTimeEq;

/// The highest cost that is computed, as a power of two: some 0.9 s.
const MAX_COST: u32 = 14;

/// Some programs write the spare bits of the last character, which mean nothing.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &BCRYPT,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

#[derive(Clone)]
pub(in super::super) struct Bcrypt {
    cost: u32,
    salt: [u8; 16],
    output: [u8; 23],
}

impl Bcrypt {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let rest = ["$2b$", "$2a$", "$2y$", "$2$"].iter().find_map(|version| text.strip_prefix(version))?;
        let (cost, rest) = rest.split_once('$')?;
        let (salt, output) = rest.split_at_checked(22)?;
        let cost = cost.parse().ok().filter(|cost| (4..=MAX_COST).contains(cost) && rest.len() == 53)?;
        let salt = BASE64.decode(salt).ok()?.try_into().ok()?;
        Some(Self { cost, salt, output: BASE64.decode(output).ok()?.try_into().ok()? })
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let password = zeroize::Zeroizing::new([password, &[0]].concat());
        let computed = bcrypt::bcrypt(self.cost, self.salt, password.get(..72).unwrap_or(&password));
        computed.get(..23).is_some_and(|computed| computed.ct_eq(&self.output).into())
    }
}
