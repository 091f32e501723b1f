//! `$5$` and `$6$` of Unix's `crypt`: SHA-256 or SHA-512, with 5000 rounds unless `rounds=` says otherwise.

use sha_crypt::{Params, sha256_crypt, sha512_crypt};
use subtle::ConstantTimeEq;

use super::write_crypt_base64;

/// The most rounds that are computed: some 0.7 s.
const MAX_ROUNDS: u32 = 1_000_000;
/// How many there are where nothing is said.
const ROUNDS: u32 = 5_000;

#[derive(Clone)]
pub(in super::super) struct ShaCrypt {
    is_512: bool,
    rounds: u32,
    salt: String,
    output: String,
}

impl ShaCrypt {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (is_512, rest) = match (text.strip_prefix("$6$"), text.strip_prefix("$5$")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return None,
        };
        let (rounds, rest) = match rest.strip_prefix("rounds=") {
            Some(rest) => {
                let (rounds, rest) = rest.split_once('$')?;
                // crypt itself raises smaller numbers to a thousand.
                (rounds.parse::<u32>().ok()?.max(1_000), rest)
            }
            None => (ROUNDS, rest),
        };
        let (salt, output) = rest.split_once('$')?;
        let is_whole = rounds <= MAX_ROUNDS && salt.len() <= 16 && output.len() == if is_512 { 86 } else { 43 };
        is_whole.then(|| Self { is_512, rounds, salt: salt.to_owned(), output: output.to_owned() })
    }

    pub(super) fn matches(&self, password: &[u8]) -> Option<bool> {
        let parameters = Params::new(self.rounds).ok()?;
        let text = match self.is_512 {
            true => written_512(&sha512_crypt(password, self.salt.as_bytes(), parameters))?,
            false => written_256(&sha256_crypt(password, self.salt.as_bytes(), parameters))?,
        };
        Some(text.as_bytes().ct_eq(self.output.as_bytes()).into())
    }
}

/// Writes three bytes, in `crypt`'s order, as four characters.
fn write(text: &mut String, bytes: &[u8], [first, second, third]: [usize; 3]) -> Option<()> {
    let value =
        [first, second, third].iter().try_fold(0, |value, index| Some((value << 8) | u32::from(*bytes.get(*index)?)));
    write_crypt_base64(text, value?, 4);
    Some(())
}

fn written_512(bytes: &[u8; 64]) -> Option<String> {
    let (mut text, mut group) = (String::with_capacity(86), [0, 21, 42]);
    for _ in 0..21 {
        write(&mut text, bytes, group)?;
        let [first, second, third] = group;
        group = [second + 1, third + 1, first + 1];
    }
    write_crypt_base64(&mut text, u32::from(bytes[63]), 2);
    Some(text)
}

fn written_256(bytes: &[u8; 32]) -> Option<String> {
    let (mut text, mut group) = (String::with_capacity(43), [0, 10, 20]);
    for _ in 0..10 {
        write(&mut text, bytes, group)?;
        let [first, second, third] = group;
        group = [third + 1, first + 1, second + 1];
    }
    write_crypt_base64(&mut text, (u32::from(bytes[31]) << 8) | u32::from(bytes[30]), 3);
    Some(text)
}
