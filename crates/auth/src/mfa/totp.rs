//! `totp`: six digits that change every thirty seconds (RFC 6238).

use async_trait::async_trait;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use totp_rs::{Algorithm, Builder, Secret};
use vestibule_core::Timestamp;
use zeroize::Zeroizing;

use super::typed::plain;
use super::{
    BegunChallenge, MfaAnswer, MfaCeremony, MfaMethod, MfaProvider, MfaRefused, MfaRejection, MfaStart, MfaUse,
};

/// The characters that need no encoding in an otpauth address.
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

/// What the owner of a new factor receives.
#[derive(Serialize)]
struct TotpEnrolment {
    /// To type into an authenticator app.
    secret: String,
    /// To show as a QR code to an authenticator app.
    otpauth_url: String,
}

#[async_trait]
impl MfaMethod for TotpProvider {
    fn identifier(&self) -> &str {
        "totp"
    }

    /// Only a step after the last use counts (security.md 17).
    async fn finish_challenge(
        &self,
        challenge: &BegunChallenge<'_>,
        answer: MfaAnswer<'_>,
    ) -> Result<(usize, MfaUse), MfaRejection> {
        let code = plain(answer.code().ok_or(MfaRejection::Wrong)?);
        let used = |(index, factor): (usize, &super::StoredFactor)| {
            let number = step(&factor.data, &code, challenge.now).filter(|step| *step > factor.last_use)?;
            Some((index, MfaUse { number, data: None, details: None }))
        };
        challenge.factors.iter().enumerate().find_map(used).ok_or(MfaRejection::Wrong)
    }
}

#[async_trait]
impl MfaProvider for TotpProvider {
    fn default_name(&self) -> &str {
        "Authenticator app"
    }

    async fn begin_enrolment(&self, start: &MfaStart<'_>) -> Result<MfaCeremony, MfaRefused> {
        // 160 bits, the length that RFC 4226 4 recommends.
        let bytes: Zeroizing<[u8; 20]> = Zeroizing::new(start.environment.random_bytes());
        let secret = Secret::new_stack(*bytes).to_base32();
        let (issuer, label) = (displayed(start.issuer), displayed(start.label));
        let (issuer, label) = (utf8_percent_encode(&issuer, PLAIN), utf8_percent_encode(&label, PLAIN));
        let otpauth_url = format!("otpauth://totp/{issuer}:{label}?secret={secret}&issuer={issuer}");
        let browser = match json!(TotpEnrolment { secret, otpauth_url }) {
            Json::Object(fields) => fields,
            _ => Map::new(),
        };
        Ok(MfaCeremony { state: Zeroizing::new(bytes.to_vec()), browser })
    }

    async fn finish_enrolment(&self, state: &[u8], answer: MfaAnswer<'_>, now: Timestamp) -> Option<MfaUse> {
        Some(MfaUse { number: step(state, &plain(answer.code()?), now)?, data: None, details: None })
    }
}

/// The step of time for which a code is right: one step either side at most (security.md 17).
fn step(secret: &[u8], code: &str, now: Timestamp) -> Option<i64> {
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(secret)
        .build()
        .ok()?;
    i64::try_from(totp.check(code, u64::try_from(now.as_seconds()).ok()?)?).ok()
}

/// The name that an authenticator app displays. A colon ends the issuer there, also an encoded one (Key Uri Format), so
/// it becomes a space; some apps take leading, trailing and repeated spaces for an empty name.
fn displayed(name: &str) -> String {
    let words = name.split(|c: char| c == ':' || c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}
