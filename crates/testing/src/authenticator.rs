//! An authenticator of passkeys in memory, with the browser around it (WebAuthn 3, 6.3).
//!
//! It takes the JSON form of the options and returns the JSON form of the credential, as
//! `PublicKeyCredential.toJSON` does. What it says can be changed field by field, to be refused.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "options that are not what they must be fail the test that made them"
)]

use std::sync::LazyLock;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use rsa::signature::{SignatureEncoding as _, Signer as _};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

/// The algorithm of a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA with P-256.
    Es256,
    /// Ed25519.
    EdDsa,
    /// RSA with PKCS #1 v1.5.
    Rs256,
}

/// Every algorithm.
pub const ALGORITHMS: [Algorithm; 3] = [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256];

impl Algorithm {
    fn identifier(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::EdDsa => -8,
            Self::Rs256 => -257,
        }
    }
}

/// A passkey.
#[derive(Debug, Clone)]
pub struct Passkey {
    /// The credential's id.
    pub id: Vec<u8>,
    /// The user handle.
    pub user: Vec<u8>,
    algorithm: Algorithm,
    seed: [u8; 32],
    counter: u32,
}

/// An authenticator, and what it says. All fields are honest at first.
#[derive(Debug, Clone)]
pub struct Authenticator {
    /// The origin of the page.
    pub origin: String,
    /// Whether it verifies its user.
    pub verifies_user: bool,
    /// Whether its user is present.
    pub has_user: bool,
    /// Whether its passkeys can be backed up, and are.
    pub backup: (bool, bool),
    /// How much its counter grows with each use; 0 for one without a counter, negative for one that goes back.
    pub step: i32,
    /// Another challenge than the one that it was given.
    pub challenge: Option<String>,
    /// Another relying party than the one that it was given.
    pub rp_id: Option<String>,
    /// The algorithm of passkeys that it creates.
    pub algorithm: Algorithm,
    /// Its passkeys.
    pub passkeys: Vec<Passkey>,
}

impl Authenticator {
    /// A device-bound authenticator with a counter, in a browser at this origin.
    pub fn new(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            verifies_user: true,
            has_user: true,
            backup: (false, false),
            step: 1,
            challenge: None,
            rp_id: None,
            algorithm: Algorithm::Es256,
            passkeys: Vec::new(),
        }
    }

    /// Creates a passkey: `navigator.credentials.create`.
    pub fn create(&mut self, options: &Json) -> Json {
        let algorithms = options["pubKeyCredParams"].as_array().unwrap();
        let offered = |algorithm: Algorithm| algorithms.iter().any(|one| one["alg"] == algorithm.identifier());
        assert!(offered(self.algorithm), "{options}");
        let challenge = options["challenge"].as_str().unwrap();
        let user = BASE64.decode(options["user"]["id"].as_str().unwrap()).unwrap();
        let seed: [u8; 32] = Sha256::digest(format!("{challenge} {}", self.passkeys.len())).into();
        let passkey = Passkey {
            id: Sha256::digest(seed).to_vec(),
            user,
            algorithm: self.algorithm,
            seed,
            counter: u32::from(self.step != 0),
        };
        let data = self.client_data("webauthn.create", challenge);
        let rp_id = options["rp"]["id"].as_str().unwrap();
        let mut authenticator_data = self.authenticator_data(rp_id, 0x40, passkey.counter);
        authenticator_data.extend([0; 16]);
        authenticator_data.extend(u16::try_from(passkey.id.len()).unwrap().to_be_bytes());
        authenticator_data.extend(&passkey.id);
        authenticator_data.extend(passkey.public_key());
        // { "fmt": "none", "attStmt": {}, "authData": … }
        let mut object = vec![0xa3];
        object.extend(text("fmt"));
        object.extend(text("none"));
        object.extend(text("attStmt"));
        object.push(0xa0);
        object.extend(text("authData"));
        object.extend(bytes(&authenticator_data));
        let id = BASE64.encode(&passkey.id);
        self.passkeys.push(passkey);
        json!({
            "id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": BASE64.encode(data),
                "attestationObject": BASE64.encode(object),
                "transports": ["internal"],
            },
        })
    }

    /// Answers with a passkey: `navigator.credentials.get`. Without `allowCredentials`, with the last one.
    pub fn get(&mut self, options: &Json) -> Json {
        let allowed: Vec<Vec<u8>> = options["allowCredentials"]
            .as_array()
            .map(|list| list.iter().map(|one| BASE64.decode(one["id"].as_str().unwrap()).unwrap()).collect())
            .unwrap_or_default();
        let is_meant = |passkey: &Passkey| allowed.is_empty() || allowed.contains(&passkey.id);
        let index = self.passkeys.iter().rposition(is_meant).expect("a passkey that is allowed");
        self.answer(options, index)
    }

    /// Answers with this passkey, allowed or not.
    pub fn answer(&mut self, options: &Json, index: usize) -> Json {
        let step = self.step;
        let passkey = &mut self.passkeys[index];
        passkey.counter = passkey.counter.saturating_add_signed(step);
        let passkey = self.passkeys[index].clone();
        let data = self.client_data("webauthn.get", options["challenge"].as_str().unwrap());
        let authenticator_data = self.authenticator_data(options["rpId"].as_str().unwrap(), 0, passkey.counter);
        let signature = passkey.sign(&authenticator_data, &data);
        let id = BASE64.encode(&passkey.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": BASE64.encode(data),
                "authenticatorData": BASE64.encode(authenticator_data),
                "signature": BASE64.encode(signature),
                "userHandle": BASE64.encode(&passkey.user),
            },
        })
    }

    /// Signs what an answer states, right or wrong, with this passkey.
    pub fn sign(&self, index: usize, authenticator_data: &[u8], client_data: &[u8]) -> Vec<u8> {
        self.passkeys[index].sign(authenticator_data, client_data)
    }

    fn client_data(&self, kind: &str, challenge: &str) -> Vec<u8> {
        let challenge = self.challenge.as_deref().unwrap_or(challenge);
        // In the order of WebAuthn 3, 5.8.1.1.
        let origin = &self.origin;
        format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}","crossOrigin":false}}"#).into_bytes()
    }

    fn authenticator_data(&self, rp_id: &str, flags: u8, counter: u32) -> Vec<u8> {
        let rp_id = self.rp_id.as_deref().unwrap_or(rp_id);
        let (eligible, backed_up) = self.backup;
        let flags = flags
            | u8::from(self.has_user)
            | u8::from(self.verifies_user) << 2
            | u8::from(eligible) << 3
            | u8::from(backed_up) << 4;
        let mut data = Sha256::digest(rp_id).to_vec();
        data.push(flags);
        data.extend(counter.to_be_bytes());
        data
    }
}

impl Passkey {
    /// The public key in the form of COSE (RFC 9052).
    fn public_key(&self) -> Vec<u8> {
        match self.algorithm {
            Algorithm::Es256 => {
                let key = p256::ecdsa::SigningKey::from_slice(&self.seed).unwrap();
                let point = key.verifying_key().to_sec1_point(false);
                let point = point.as_bytes();
                // { 1: 2, 3: -7, -1: 1, -2: x, -3: y }
                let mut cose = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21];
                cose.extend(bytes(&point[1..33]));
                cose.push(0x22);
                cose.extend(bytes(&point[33..]));
                cose
            }
            Algorithm::EdDsa => {
                let key = ed25519_dalek::SigningKey::from_bytes(&self.seed);
                // { 1: 1, 3: -8, -1: 6, -2: x }
                let mut cose = vec![0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21];
                cose.extend(bytes(key.verifying_key().as_bytes()));
                cose
            }
            Algorithm::Rs256 => {
                // { 1: 3, 3: -257, -1: n, -2: e }
                let mut cose = vec![0xa4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20];
                cose.extend(bytes(&hexadecimal(MODULUS)));
                cose.push(0x21);
                cose.extend(bytes(&[1, 0, 1]));
                cose
            }
        }
    }

    /// WebAuthn 3, 6.3.3, step 11.
    fn sign(&self, authenticator_data: &[u8], client_data: &[u8]) -> Vec<u8> {
        let message = [authenticator_data, Sha256::digest(client_data).as_slice()].concat();
        let message = message.as_slice();
        match self.algorithm {
            Algorithm::Es256 => {
                use p256::ecdsa::signature::Signer as _;
                let key = p256::ecdsa::SigningKey::from_slice(&self.seed).unwrap();
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_der().as_bytes().to_vec()
            }
            Algorithm::EdDsa => {
                use ed25519_dalek::Signer as _;
                ed25519_dalek::SigningKey::from_bytes(&self.seed).sign(message).to_bytes().to_vec()
            }
            Algorithm::Rs256 => RSA_KEY.sign(message).to_vec(),
        }
    }
}

/// A text of CBOR (RFC 8949), of fewer than 24 bytes.
fn text(text: &str) -> Vec<u8> {
    let mut encoded = vec![0x60 | u8::try_from(text.len()).unwrap()];
    encoded.extend(text.as_bytes());
    encoded
}

/// Bytes of CBOR, in the shortest form.
fn bytes(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    let mut encoded = match u8::try_from(length) {
        Ok(short @ 0..24) => vec![0x40 | short],
        Ok(length) => vec![0x58, length],
        Err(_) => [vec![0x59], length.to_be_bytes().to_vec()].concat(),
    };
    encoded.extend(bytes);
    encoded
}

fn hexadecimal(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// An RSA key that was made for these tests: to make one takes seconds.
const MODULUS: &str = "d78f51a5d8c079521b0ec70b8d4fc6b3bc1113e3068779231284eed9a6515b0ea38ab451a41a2b20b47ea11ecc8cf9f9fb92\
     8ca42db49a1b46bfff7906ff9abd4beace941607220d62db5d6bfdd9a1c09adcfd491eff3952e761ec2104812eb5083bc7cc\
     21fdf172c1550037529e11a61a425b82f76ea94b049c4e73aedef128bf96f8129463061fae930c3de352373a4070f4269f22\
     e3f60c2b4c2b00fac8b21209b9ea036337bf6b6dd61fc66a1deb6c92f36bbb0db2f684124b8f495d818b9c592ef3154ae186\
     44b0f40fe624b6534a295b5b414afcf9b3f75542c0431facc2bc727838c6e094b05214ec5726e3c06311a2c4c1d0bba13fe2\
     d42b3c4ffbdb";

static RSA_KEY: LazyLock<rsa::pkcs1v15::SigningKey<rsa::sha2::Sha256>> = LazyLock::new(|| {
    let number = |text: &str| rsa::BigUint::from_bytes_be(&hexadecimal(text));
    let key = rsa::RsaPrivateKey::from_p_q(number(PRIMES[0]), number(PRIMES[1]), 65_537_u32.into()).unwrap();
    rsa::pkcs1v15::SigningKey::new(key)
});

/// The primes of [`MODULUS`].
const PRIMES: [&str; 2] = [
    "ffd6347add5d95bfe9624149f67d5c97b075320c1d1748e1277a0f8ce756769bdef0963367609d2f6b1c421ffc27f361f3fd\
     9c27e72e2f16d2e6dcf7e7957257134f6aea9c2db789cb120b1df3c80e5eeaa4d1ce72c027968b3bf3e2bd22b123a3702047\
     ad4c160cc20cfd082303f370f42f4c113985605a8c7ec32c5fe7eb9b",
    "d7b288b87da67b21103802d616fbb684b4a6f34f65585ebb0ac4c21ecf2bea05997cb49466a6de7fd20f0468157d9f2cb664\
     09c6572aee1263d527e0f5e718a59145d19f4f5c0f1db80ea5e20c6bc0f8ed8cbcbdab6bd4d1358d6a501835928bebdd1980\
     3a50ed9684aa520fb67d0029036ce576f60c45df1bc00d597741d4c1",
];
