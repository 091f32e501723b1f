//! Firebase's scrypt, in the form that Supabase has for it: `$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=KEY$salt$hash`.
//!
//! The hash is the project's signer key (`sk`), encrypted by AES-256 in counter mode with what scrypt makes of the password
//! and of the salt and the project's separator (`ss`).

use aes::Aes256;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher};
use scrypt::Params;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::super::scrypt_kdf::bounded;

#[derive(Clone)]
pub(in super::super) struct Firebase {
    parameters: Params,
    /// The salt and the separator.
    salt: Vec<u8>,
    signer_key: Vec<u8>,
    output: Vec<u8>,
}

impl Firebase {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let ["", "fbscrypt", parameters, salt, output] = *text.split('$').collect::<Vec<_>>() else { return None };
        let value = |name: &str| {
            let mut fields = parameters.split(',').filter_map(|field| field.split_once('='));
            fields.find(|(found, _)| *found == name).map(|(_, value)| value)
        };
        let (log_n, r) = (value("n")?.parse().ok()?, value("r")?.parse().ok()?);
        let parameters = bounded(log_n, r, value("p")?.parse().ok()?)?;
        let signer_key = decode(value("sk")?).filter(|key| (32..=128).contains(&key.len()))?;
        let output = decode(output).filter(|output| output.len() == signer_key.len())?;
        let mut salt = decode(salt)?;
        salt.extend(decode(value("ss")?)?);
        (value("v") == Some("1")).then_some(Self { parameters, salt, signer_key, output })
    }

    pub(super) fn matches(&self, password: &[u8]) -> Option<bool> {
        let mut key = Zeroizing::new([0; 32]);
        scrypt::scrypt(password, &self.salt, &self.parameters, &mut *key).ok()?;
        let mut output = self.signer_key.clone();
        let mut cipher = Ctr128BE::<Aes256>::new_from_slices(&*key, &[0; 16]).ok()?;
        cipher.apply_keystream(&mut output);
        Some(output.ct_eq(&self.output).into())
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    STANDARD_NO_PAD.decode(text).or_else(|_| URL_SAFE_NO_PAD.decode(text)).ok()
}
