//! scrypt as better-auth has it: `$scrypt-nfkc$ln=14,r=16,p=1$salt$output`, which an import writes for `salt:key`.
//!
//! The password is hashed in NFKC. `$scrypt$…` is the same of the bytes as they are.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use scrypt::Params;
use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::super::scrypt_kdf::bounded;

#[derive(Clone)]
pub(in super::super) struct Scrypt {
    is_nfkc: bool,
    parameters: Params,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl Scrypt {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let ["", name, parameters, salt, output] = *text.split('$').collect::<Vec<_>>() else { return None };
        let is_nfkc = match name {
            "scrypt" => false,
            "scrypt-nfkc" => true,
            _ => return None,
        };
        let (log_n, rest) = parameters.strip_prefix("ln=")?.split_once(",r=")?;
        let (r, p) = rest.split_once(",p=")?;
        let parameters = bounded(log_n.parse().ok()?, r.parse().ok()?, p.parse().ok()?)?;
        let decode = |text: &str| STANDARD_NO_PAD.decode(text.trim_end_matches('=')).ok();
        let (salt, output) = (decode(salt)?, decode(output)?);
        let is_bounded = salt.len() <= 256 && (16..=128).contains(&output.len());
        is_bounded.then_some(Self { is_nfkc, parameters, salt, output })
    }

    pub(super) fn matches(&self, password: &str) -> Option<bool> {
        // A compatible form may be 18 times as long: the copy never moves, and leaves nothing behind that is not wiped.
        let mut composed = Zeroizing::new(String::with_capacity(if self.is_nfkc { password.len() * 18 } else { 0 }));
        let password = match self.is_nfkc {
            true => {
                composed.extend(password.nfkc());
                composed.as_str()
            }
            false => password,
        };
        let mut output = Zeroizing::new(vec![0; self.output.len()]);
        scrypt::scrypt(password.as_bytes(), &self.salt, &self.parameters, &mut output).ok()?;
        Some(output.ct_eq(&self.output).into())
    }
}
