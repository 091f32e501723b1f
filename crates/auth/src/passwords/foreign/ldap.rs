//! Directories' hashes (RFC 2307 and its extensions): `{SSHA}` and the base64 of a digest and its salt.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

#[derive(Clone, Copy)]
enum Kind {
    Sha1,
    Sha256,
    Sha512,
}

#[derive(Clone)]
pub(in super::super) struct Ldap {
    kind: Kind,
    output: Vec<u8>,
    salt: Vec<u8>,
}

impl Ldap {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (name, encoded) = text.strip_prefix('{')?.split_once('}')?;
        let (kind, length, is_salted) = match name.to_ascii_uppercase().as_str() {
            "SHA" => (Kind::Sha1, 20, false),
            "SSHA" => (Kind::Sha1, 20, true),
            "SHA256" => (Kind::Sha256, 32, false),
            "SSHA256" => (Kind::Sha256, 32, true),
            "SHA512" => (Kind::Sha512, 64, false),
            "SSHA512" => (Kind::Sha512, 64, true),
            _ => return None,
        };
        let bytes = STANDARD.decode(encoded).ok()?;
        let (output, salt) = bytes.split_at_checked(length)?;
        let is_whole = salt.is_empty() != is_salted;
        is_whole.then(|| Self { kind, output: output.to_vec(), salt: salt.to_vec() })
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let output = match self.kind {
            Kind::Sha1 => salted::<Sha1>(password, &self.salt),
            Kind::Sha256 => salted::<Sha256>(password, &self.salt),
            Kind::Sha512 => salted::<Sha512>(password, &self.salt),
        };
        output.ct_eq(&self.output).into()
    }
}

fn salted<D: Digest>(password: &[u8], salt: &[u8]) -> Vec<u8> {
    D::new().chain_update(password).chain_update(salt).finalize().to_vec()
}
