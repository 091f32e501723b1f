//! phpass, WordPress's before 6.8: `$P$`, the power of two of the rounds, 8 characters of salt, and MD5 over and over.

use md5::{Digest, Md5};
use subtle::ConstantTimeEq;

use super::{crypt_digit, write_crypt_base64};

/// The highest power of two of rounds that is computed: some 0.3 s.
const MAX_COST: u8 = 20;

#[derive(Clone)]
pub(in super::super) struct Phpass {
    rounds: u32,
    salt: String,
    output: String,
}

impl Phpass {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("$P$").or_else(|| text.strip_prefix("$H$"))?;
        let cost = crypt_digit(*rest.as_bytes().first()?).filter(|cost| (7..=MAX_COST).contains(cost))?;
        let (salt, output) = rest.get(1..)?.split_at_checked(8)?;
        let is_plain = rest.len() == 31 && rest.bytes().all(|byte| crypt_digit(byte).is_some());
        is_plain.then(|| Self { rounds: 1 << cost, salt: salt.to_owned(), output: output.to_owned() })
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let mut output = Md5::digest([self.salt.as_bytes(), password].concat());
        for _ in 0..self.rounds {
            output = Md5::new().chain_update(output).chain_update(password).finalize();
        }
        let mut text = String::with_capacity(22);
        for bytes in output.chunks(3) {
            let value = bytes.iter().rev().fold(0, |value, byte| (value << 8) | u32::from(*byte));
            write_crypt_base64(&mut text, value, if bytes.len() == 3 { 4 } else { 2 });
        }
        text.as_bytes().ct_eq(self.output.as_bytes()).into()
    }
}
