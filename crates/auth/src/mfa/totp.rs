//! `totp`: six digits that change every thirty seconds (RFC 6238).

use async_trait::async_trait;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, json};
use totp_rs::{Algorithm, Builder, Secret};
use vestibule_core::Timestamp;
use zeroize::Zeroizing;

use super::typed::plain;
use super::{MfaProvider, MfaRefused, MfaSecret, MfaStart};

/// What stands for itself in an otpauth address.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'!')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// The provider `totp`: SHA-1, six digits, thirty seconds, one step either side, as every authenticator app has it.
#[derive(Debug, Clone, Copy, Default)]
pub struct TotpProvider;

#[async_trait]
impl MfaProvider for TotpProvider {
    fn identifier(&self) -> &str {
        "totp"
    }

    async fn start(&self, start: &MfaStart<'_>) -> Result<MfaSecret, MfaRefused> {
        // 160 bits, the length that RFC 4226 4 recommends.
        let bytes: Zeroizing<[u8; 20]> = Zeroizing::new(start.environment.random_bytes());
        let secret = Secret::new_stack(*bytes).to_base32();
        let (issuer, label) = (displayed(start.issuer), displayed(start.label));
        let (issuer, label) = (utf8_percent_encode(&issuer, PLAIN), utf8_percent_encode(&label, PLAIN));
        let otpauth_url = format!("otpauth://totp/{issuer}:{label}?secret={secret}&issuer={issuer}");
        let shown: Map<_, _> = [("secret".to_owned(), json!(secret)), ("otpauth_url".to_owned(), json!(otpauth_url))]
            .into_iter()
            .collect();
        Ok(MfaSecret { kept: Zeroizing::new(bytes.to_vec()), shown })
    }

    /// One step either side at most, and never one that is not after the last (security.md 17).
    async fn verify(&self, secret: &[u8], code: &str, now: Timestamp, last_step: i64) -> Option<i64> {
        let totp = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(1)
            .with_step_duration(30)
            .with_secret(secret)
            .build()
            .ok()?;
        let step = totp.check(&plain(code), u64::try_from(now.as_seconds()).ok()?)?;
        i64::try_from(step).ok().filter(|step| *step > last_step)
    }
}

/// What an authenticator app displays. A colon ends the issuer there, also an encoded one (Key Uri Format), so it becomes a
/// space; spaces at the ends and in rows are taken for no name by some apps.
fn displayed(name: &str) -> String {
    let words = name.split(|c: char| c == ':' || c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}
