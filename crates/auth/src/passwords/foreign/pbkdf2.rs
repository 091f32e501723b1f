//! PBKDF2 (RFC 8018): `pbkdf2_sha256$260000$salt$hash` of Django, `$pbkdf2-sha256$29000$salt$hash` of passlib, and the PHC form
//! `$pbkdf2-sha256$i=27500,l=64$salt$hash`, in which an import writes Keycloak's.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq;

/// The most rounds that are computed, over all blocks of the output: some 1.5 s.
const MAX_ROUNDS: usize = 5_000_000;

#[derive(Clone, Copy)]
enum Digest {
    Sha1,
    Sha256,
    Sha512,
}

#[derive(Clone)]
pub(in super::super) struct Pbkdf2 {
    digest: Digest,
    rounds: u32,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl Pbkdf2 {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (digest, rounds, salt, output) = match *text.split('$').collect::<Vec<_>>() {
            [name, rounds, salt, output] => {
                (name.strip_prefix("pbkdf2_")?, rounds, salt.as_bytes().to_vec(), STANDARD.decode(output).ok()?)
            }
            ["", name, rounds, salt, output] => {
                let digest = if name == "pbkdf2" { "sha1" } else { name.strip_prefix("pbkdf2-")? };
                let rounds = rounds.strip_prefix("i=").map_or(rounds, |rest| rest.split(',').next().unwrap_or(rest));
                // passlib writes a dot for the plus.
                let decode = |text: &str| STANDARD_NO_PAD.decode(text.replace('.', "+")).ok();
                (digest, rounds, decode(salt)?, decode(output)?)
            }
            _ => return None,
        };
        let (digest, block) = match digest {
            "sha1" => (Digest::Sha1, 20),
            "sha256" => (Digest::Sha256, 32),
            "sha512" => (Digest::Sha512, 64),
            _ => return None,
        };
        let rounds: u32 = rounds.parse().ok().filter(|rounds| *rounds > 0)?;
        let work = usize::try_from(rounds).ok()?.checked_mul(output.len().div_ceil(block))?;
        let is_bounded = (16..=128).contains(&output.len()) && salt.len() <= 256 && work <= MAX_ROUNDS;
        is_bounded.then_some(Self { digest, rounds, salt, output })
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let mut output = vec![0; self.output.len()];
        match self.digest {
            Digest::Sha1 => pbkdf2::pbkdf2_hmac::<Sha1>(password, &self.salt, self.rounds, &mut output),
            Digest::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(password, &self.salt, self.rounds, &mut output),
            Digest::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(password, &self.salt, self.rounds, &mut output),
        }
        output.ct_eq(&self.output).into()
    }
}
