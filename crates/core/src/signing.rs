//! Signed tokens: JSON Web Tokens with HMAC-SHA256 and nothing else (RFC 7519, RFC 8725).
//!
//! Services that share the secret can read them with any JWT library. What is accepted here is narrow on purpose: one
//! algorithm, no header but `alg` and `typ`, one spelling of the base64. Claims are the caller's: [`SigningKey::read`]
//! proves who made a token, not its purpose or expiry.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

/// The longest token that is parsed, in bytes.
const MAX_LENGTH: usize = 8 * 1024;

/// `{"alg":"HS256","typ":"JWT"}`, the header of every token made here.
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// The secret that tokens are signed with.
#[derive(Clone)]
pub struct SigningKey(Hmac<Sha256>);

/// The text is no token of this key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token is not valid")]
pub struct InvalidToken;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    #[serde(default)]
    typ: Option<String>,
}

impl SigningKey {
    /// Creates a key of these bytes, of which there should be at least 32.
    pub fn new(secret: &[u8]) -> Self {
        // HMAC takes keys of any length, so this cannot fail; an empty key would be the harmless fallback.
        Self(Hmac::new_from_slice(secret).unwrap_or_else(|_| Hmac::new(&Default::default())))
    }

    /// Creates a token with these claims.
    pub fn sign(&self, claims: &impl Serialize) -> String {
        let claims = serde_json::to_vec(claims).unwrap_or_default();
        let mut token = format!("{HEADER}.");
        BASE64.encode_string(claims, &mut token);
        let signature = self.signature(&token).finalize().into_bytes();
        token.push('.');
        BASE64.encode_string(signature, &mut token);
        token
    }

    /// Returns the claims of a token.
    ///
    /// # Errors
    ///
    /// [`InvalidToken`] if it was not signed with this key, has another form, or other claims than `T`'s.
    pub fn read<T: DeserializeOwned>(&self, token: &str) -> Result<T, InvalidToken> {
        if token.len() > MAX_LENGTH {
            return Err(InvalidToken);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(InvalidToken)?;
        let (header, claims) = signed.split_once('.').ok_or(InvalidToken)?;
        let signature = BASE64.decode(signature).map_err(|_| InvalidToken)?;
        self.signature(signed).verify_slice(&signature).map_err(|_| InvalidToken)?;
        if header != HEADER {
            check_header(header)?;
        }
        decode(claims)
    }

    /// Derives a value from `context` and `text` that only holders of the key can compute.
    pub fn derive(&self, context: &str, text: &str) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(context.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().into()
    }

    fn signature(&self, signed: &str) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(signed.as_bytes());
        mac
    }
}

/// Checks a token's header.
fn check_header(header: &str) -> Result<(), InvalidToken> {
    let header: Header = decode(header)?;
    match header.alg == "HS256" && header.typ.is_none_or(|typ| typ.eq_ignore_ascii_case("JWT")) {
        true => Ok(()),
        false => Err(InvalidToken),
    }
}

fn decode<T: DeserializeOwned>(part: &str) -> Result<T, InvalidToken> {
    let bytes = BASE64.decode(part).map_err(|_| InvalidToken)?;
    // Serde would accept a list for a struct; a header and claims must be objects.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err(InvalidToken);
    }
    serde_json::from_slice(&bytes).map_err(|_| InvalidToken)
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn token(header: &Value, claims: &Value, key: &SigningKey) -> String {
        let signed = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
        let signature = key.signature(&signed).finalize().into_bytes();
        format!("{signed}.{}", BASE64.encode(signature))
    }

    /// The example of RFC 7515 A.1, whose header has another order and spacing.
    #[test]
    fn agrees_with_rfc_7515() {
        let key = BASE64
            .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
            .unwrap();
        let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let claims: Value = SigningKey::new(&key).read(token).unwrap();
        assert_eq!(claims, json!({"iss": "joe", "exp": 1_300_819_380, "http://example.com/is_root": true}));
    }

    /// security.md 22
    #[test]
    fn other_algorithms_headers_keys_and_spellings_are_refused() {
        let key = SigningKey::new(b"one secret of thirty-two bytes!!");
        let claims = json!({"sub": "ada"});
        let good = token(&json!({"alg": "HS256", "typ": "JWT"}), &claims, &key);
        assert_eq!(key.read::<Value>(&good), Ok(claims.clone()));
        for header in [
            json!({"alg": "none"}),
            json!({"alg": "HS512"}),
            json!({"alg": "RS256"}),
            json!({"alg": "hs256"}),
            json!({"typ": "JWT"}),
            json!({"alg": "HS256", "kid": "../../dev/null"}),
            json!({"alg": "HS256", "jwk": {"kty": "oct", "k": ""}}),
            json!({"alg": "HS256", "jku": "https://evil.example"}),
            json!({"alg": "HS256", "crit": ["exp"]}),
        ] {
            assert_eq!(key.read::<Value>(&token(&header, &claims, &key)), Err(InvalidToken), "{header}");
        }
        let (signed, signature) = good.rsplit_once('.').unwrap();
        for bad in [
            String::new(),
            "a.b.c".into(),
            format!("{signed}."),
            signed.to_owned(),
            format!("{signed}.{signature}="),
            format!("{good}.x"),
            format!("{signed}.{}", BASE64.encode([0; 32])),
            SigningKey::new(b"another secret").sign(&claims),
        ] {
            assert_eq!(key.read::<Value>(&bad), Err(InvalidToken), "{bad}");
        }
    }
}
