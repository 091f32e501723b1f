//! Verifies an ID token (OpenID Connect Core 3.1.3.7).
//!
//! The library checks signature, algorithm, issuer, audiences, expiry and nonce. The authorized party, the times before which
//! a token is not valid, and the hash of the access token are checked here, because the library leaves them to its callers.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use openidconnect::core::{CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, ClientId, IssuerUrl, JsonWebKey as _, Nonce,
    SignatureVerificationError,
};
use serde_json::{Map, Value as Json};
use vestibule_auth::AuthenticateError;
use vestibule_core::Timestamp;

use crate::metadata::{Documents, Metadata};
use crate::requests::Requests;

/// By how much the clocks of a provider and of this machine may differ.
const TOLERANCE: Duration = Duration::from_secs(5);

/// The algorithms of signatures: not those of a shared secret, and not `none`.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 4] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// What an ID token is held against.
pub(crate) struct Expected<'a> {
    /// The issuer, in each form that it may have.
    pub(crate) issuers: &'a [&'a str],
    pub(crate) client_id: &'a str,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) access_token: Option<&'a AccessToken>,
    pub(crate) now: Timestamp,
}

/// Why an ID token is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Unreadable(String),
    Issuer,
    Audience,
    AuthorizedParty,
    UnknownKey,
    Algorithm,
    Signature,
    Expired,
    NotYetValid,
    Nonce,
    AccessTokenHash,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "it cannot be read: {why}"),
            Self::Issuer => f.write_str("its issuer (iss) is another"),
            Self::Audience => f.write_str("its audience (aud) is not this service, or not this service alone"),
            Self::AuthorizedParty => f.write_str("it was issued to another service (azp)"),
            Self::UnknownKey => f.write_str("the provider publishes no key that fits it (kid)"),
            Self::Algorithm => f.write_str("its algorithm (alg) is not RS256, PS256, ES256 or EdDSA"),
            Self::Signature => f.write_str("its signature is invalid"),
            Self::Expired => f.write_str("it has expired (exp)"),
            Self::NotYetValid => f.write_str("it is not valid yet (iat, nbf)"),
            Self::Nonce => f.write_str("it belongs to another sign-in (nonce)"),
            Self::AccessTokenHash => f.write_str("it belongs to another access token (at_hash)"),
        }
    }
}

/// Verifies an ID token with the provider's keys; with keys that are read again, if the provider has changed them.
pub(crate) async fn verify_with_keys(
    text: &str,
    documents: &Documents,
    metadata: &Metadata,
    requests: Requests<'_>,
    expected: Expected<'_>,
) -> Result<Result<Map<String, Json>, Fault>, AuthenticateError> {
    let mut again = false;
    loop {
        let keys = documents.keys(metadata, requests, expected.now, again).await?;
        match verify(text, &keys, &expected) {
            Err(Fault::UnknownKey) if !again => again = true,
            verified => return Ok(verified),
        }
    }
}

/// Verifies an ID token and returns its claims.
fn verify(text: &str, keys: &CoreJsonWebKeySet, expected: &Expected<'_>) -> Result<Map<String, Json>, Fault> {
    let claims = payload(text)?;
    // The library compares with one issuer only.
    let issuer = claims.get("iss").and_then(Json::as_str).filter(|issuer| expected.issuers.contains(issuer));
    let issuer = issuer.ok_or(Fault::Issuer)?;
    let is_url = issuer.contains("://");
    let issuer = IssuerUrl::new(url_of(issuer)).map_err(|_| Fault::Issuer)?;
    let copy = if is_url { text.to_owned() } else { with_issuer(text, &claims, &issuer) };
    let token = CoreIdToken::from_str(&copy).map_err(|error| Fault::Unreadable(error.to_string()))?;
    let client_id = ClientId::new(expected.client_id.to_owned());
    let seconds = expected.now.as_seconds();
    let past = seconds.saturating_sub(TOLERANCE.as_secs().cast_signed());
    let latest = seconds.saturating_add(TOLERANCE.as_secs().cast_signed());
    let past = chrono::DateTime::from_timestamp(past, 0).ok_or(Fault::Expired)?;
    let mut verifier = CoreIdTokenVerifier::new_public_client(client_id, issuer, keys.clone())
        .require_issuer_match(false)
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || past);
    if !is_url {
        check_signature(text, &token, &verifier)?;
        verifier = verifier.insecure_disable_signature_check();
    }
    let nonce = expected.nonce.map(|nonce| Nonce::new(nonce.to_owned()));
    let verified = match &nonce {
        Some(nonce) => token.claims(&verifier, nonce),
        None => token.claims(&verifier, |_: Option<&Nonce>| Ok(())),
    };
    let verified = verified.map_err(fault)?;
    if verified.authorized_party().is_some_and(|party| party.as_str() != expected.client_id) {
        return Err(Fault::AuthorizedParty);
    }
    let not_before = claims.get("nbf").map(|nbf| nbf.as_f64().unwrap_or(f64::INFINITY));
    let starts = [Some(verified.issue_time().timestamp()), not_before.map(|nbf| nbf.min(9e15) as i64)];
    if starts.into_iter().flatten().any(|start| start > latest) {
        return Err(Fault::NotYetValid);
    }
    if let (Some(hash), Some(access_token)) = (verified.access_token_hash(), expected.access_token) {
        let algorithm = token.signing_alg().map_err(|_| Fault::Algorithm)?;
        let key = token.signing_key(&verifier).map_err(|_| Fault::UnknownKey)?;
        let actual = AccessTokenHash::from_token(access_token, algorithm, key).map_err(|_| Fault::AccessTokenHash)?;
        if actual != *hash {
            return Err(Fault::AccessTokenHash);
        }
    }
    Ok(claims)
}

/// Google's older tokens name it without the scheme.
fn url_of(issuer: &str) -> String {
    if issuer.contains("://") { issuer.to_owned() } else { format!("https://{issuer}") }
}

/// A copy of the token whose issuer is a URL: the library reads no other. Its signature is that of the original.
fn with_issuer(token: &str, claims: &Map<String, Json>, issuer: &IssuerUrl) -> String {
    let mut claims = claims.clone();
    claims.insert("iss".to_owned(), issuer.as_str().into());
    let claims = BASE64_URL_SAFE_NO_PAD.encode(Json::Object(claims).to_string());
    let parts = token.split('.').enumerate().map(|(place, part)| if place == 1 { &claims } else { part });
    parts.collect::<Vec<_>>().join(".")
}

/// Verifies the signature of the original of a copy.
fn check_signature(original: &str, copy: &CoreIdToken, verifier: &CoreIdTokenVerifier<'_>) -> Result<(), Fault> {
    let algorithm = copy.signing_alg().map_err(|_| Fault::Algorithm)?;
    if !ALGORITHMS.contains(algorithm) {
        return Err(Fault::Algorithm);
    }
    let key = copy.signing_key(verifier).map_err(|_| Fault::UnknownKey)?;
    let (message, signature) = original.rsplit_once('.').ok_or(Fault::Signature)?;
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| Fault::Signature)?;
    key.verify_signature(algorithm, message.as_bytes(), &signature).map_err(|_| Fault::Signature)
}

/// The claims as they are written. Used only once the signature has been verified, but for choosing the issuer.
fn payload(token: &str) -> Result<Map<String, Json>, Fault> {
    let part = token.split('.').nth(1).unwrap_or_default();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|error| Fault::Unreadable(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| Fault::Unreadable(error.to_string()))
}

fn fault(error: ClaimsVerificationError) -> Fault {
    match error {
        ClaimsVerificationError::Expired(_) => Fault::Expired,
        ClaimsVerificationError::InvalidAudience(_) => Fault::Audience,
        ClaimsVerificationError::InvalidIssuer(_) => Fault::Issuer,
        ClaimsVerificationError::InvalidNonce(_) => Fault::Nonce,
        ClaimsVerificationError::SignatureVerification(error) => match error {
            SignatureVerificationError::NoMatchingKey | SignatureVerificationError::AmbiguousKeyId(_) => {
                Fault::UnknownKey
            }
            SignatureVerificationError::DisallowedAlg(_)
            | SignatureVerificationError::UnsupportedAlg(_)
            | SignatureVerificationError::NoSignature => Fault::Algorithm,
            _ => Fault::Signature,
        },
        error => Fault::Unreadable(error.to_string()),
    }
}
