//! The keys with which the providers of the tests sign. They protect nothing.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use openidconnect::core::{
    CoreEdDsaPrivateSigningKey, CoreHmacKey, CoreJwsSigningAlgorithm as Algorithm, CoreRsaPrivateSigningKey,
};
use openidconnect::{JsonWebKeyId, PrivateSigningKey};
use p256::ecdsa::signature::Signer;
use serde_json::{Value as Json, json};

use super::SECRET_OF_CLIENT;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Rsa,
    Ec,
    Ed,
    /// Another key of the same kind: what a provider signs with next.
    NextEd,
    /// The client secret, as a key.
    Secret,
}

/// A signature over `message`.
fn sign(key: Key, algorithm: &str, message: &[u8]) -> Vec<u8> {
    let named: Result<Algorithm, _> = serde_json::from_value(json!(algorithm));
    let signature = match key {
        Key::Rsa => rsa().sign(&named.unwrap(), message),
        Key::Ed | Key::NextEd => ed(key).sign(&Algorithm::EdDsa, message),
        Key::Secret => CoreHmacKey::new(SECRET_OF_CLIENT).sign(&Algorithm::HmacSha256, message),
        Key::Ec => {
            let signature: p256::ecdsa::Signature = ec().sign(message);
            return signature.to_bytes().to_vec();
        }
    };
    signature.unwrap()
}

fn rsa() -> CoreRsaPrivateSigningKey {
    CoreRsaPrivateSigningKey::from_pem(include_str!("keys/rsa.pem"), Some(Key::Rsa.id())).unwrap()
}

fn ed(key: Key) -> CoreEdDsaPrivateSigningKey {
    let pem = if key == Key::Ed { include_str!("keys/ed25519.pem") } else { include_str!("keys/ed25519_next.pem") };
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(pem, Some(key.id())).unwrap()
}

fn ec() -> p256::ecdsa::SigningKey {
    p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap()
}

impl Key {
    pub(crate) fn id(self) -> JsonWebKeyId {
        JsonWebKeyId::new(format!("{self:?}"))
    }

    /// The algorithm that it usually signs with.
    pub(crate) fn algorithm(self) -> &'static str {
        match self {
            Self::Rsa => "RS256",
            Self::Ec => "ES256",
            Self::Ed | Self::NextEd => "EdDSA",
            Self::Secret => "HS256",
        }
    }

    /// The public key, without an algorithm: Entra ID publishes none.
    pub(crate) fn public(self) -> Json {
        let key = match self {
            Self::Rsa => rsa().as_verification_key(),
            Self::Ed | Self::NextEd => ed(self).as_verification_key(),
            Self::Secret => CoreHmacKey::new(SECRET_OF_CLIENT).as_verification_key(),
            Self::Ec => {
                let point = ec().verifying_key().to_sec1_point(false);
                let part = |bytes: &[u8]| BASE64.encode(bytes);
                let (x, y) = (part(point.x().unwrap()), part(point.y().unwrap()));
                return json!({ "kty": "EC", "use": "sig", "kid": "Ec", "crv": "P-256", "x": x, "y": y });
            }
        };
        serde_json::to_value(key).unwrap()
    }

    /// A token with these claims, by the usual algorithm.
    pub(crate) fn token(self, claims: &Json) -> String {
        let algorithm = self.algorithm();
        self.token_with(&json!({ "alg": algorithm, "kid": self.id(), "typ": "JWT" }), algorithm, claims)
    }

    /// A token with this header, whatever it is signed with.
    pub(crate) fn token_with(self, header: &Json, algorithm: &str, claims: &Json) -> String {
        let text = unsigned(header, claims);
        format!("{text}.{}", BASE64.encode(sign(self, algorithm, text.as_bytes())))
    }
}

/// A token without its signature.
pub(crate) fn unsigned(header: &Json, claims: &Json) -> String {
    format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()))
}

/// Half of the hash of an access token (OpenID Connect Core 3.1.3.6), for algorithms of SHA-256.
pub(crate) fn hash_of(access_token: &str) -> String {
    use sha2::{Digest, Sha256};
    let hash = Sha256::digest(access_token.as_bytes());
    BASE64.encode(&hash[..16])
}
