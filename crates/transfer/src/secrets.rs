//! Opening what other programs have encrypted.

use aes_gcm::aead::Aead;
use aes_gcm::aead::consts::U12;
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

/// Opens a secret of Medusa: `v1:iv:tag:ciphertext` in base64url, by AES-256-GCM with the SHA-256 of its
/// `AUTH_MFA_ENCRYPTION_KEY`.
pub(crate) fn open_medusa(key: &str, sealed: &str) -> Option<String> {
    let [version, iv, tag, text] = *sealed.split(':').collect::<Vec<_>>() else { return None };
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok();
    let iv: [u8; 12] = decode(iv)?.try_into().ok()?;
    let cipher = Aes256Gcm::new(&Sha256::digest(key.as_bytes()));
    let sealed = [decode(text)?, decode(tag)?].concat();
    let opened = cipher.decrypt(&Nonce::<U12>::from(iv), sealed.as_slice()).ok()?;
    if version == "v1" { String::from_utf8(opened).ok() } else { None }
}

/// Opens a secret of better-auth: a nonce of 24 bytes and XChaCha20-Poly1305 in hexadecimal, with the SHA-256 of its secret.
pub(crate) fn open_better_auth(secret: &str, sealed: &str) -> Option<String> {
    let bytes = hexadecimal(sealed)?;
    let (nonce, sealed) = bytes.split_first_chunk::<24>()?;
    let cipher = XChaCha20Poly1305::new(&Sha256::digest(secret.as_bytes()));
    String::from_utf8(cipher.decrypt(&XNonce::from(*nonce), sealed).ok()?).ok()
}

/// Bytes in hexadecimal.
pub(crate) fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| (byte << 4) | digit)).collect())
}

/// Bytes in base32 (RFC 4648), as authenticator apps write secrets: in either case, with spaces or without.
pub(crate) fn base32(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for c in text.chars().filter(|c| !matches!(c, ' ' | '-' | '=')) {
        let digit = match c.to_ascii_uppercase() {
            c @ 'A'..='Z' => u32::from(c) - u32::from('A'),
            c @ '2'..='7' => u32::from(c) - u32::from('2') + 26,
            _ => return None,
        };
        bits = (bits << 5) | digit;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).unwrap_or_default());
            bits &= (1 << count) - 1;
        }
    }
    (!bytes.is_empty()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_is_that_of_rfc_4648() {
        for (text, bytes) in
            [("MY======", "f"), ("MZXQ====", "fo"), ("MZXW6YTBOI======", "foobar"), ("mzxw 6ytb", "fooba")]
        {
            assert_eq!(base32(text).unwrap(), bytes.as_bytes(), "{text}");
        }
        for text in ["", "1", "M!"] {
            assert_eq!(base32(text), None, "{text}");
        }
    }

    /// From the databases of Medusa 2.21.2 and better-auth 1.7.25.
    #[test]
    fn secrets_open_with_the_right_key_alone() {
        let medusa = "v1:rkWjGIH5ysJsL0lR:pFB87hhc3eOE6m7iy9fL7A:ORJEisoaW8VsAr4wywji8RhX3BTmaAaM_Q-o-6TOjEs";
        let key = "h8-mfa-key-0123456789abcdef0123456789";
        assert!(base32(&open_medusa(key, medusa).unwrap()).is_some_and(|secret| secret.len() == 20));
        assert_eq!(open_medusa("another", medusa), None);
        assert_eq!(open_medusa(key, &medusa.replace("v1:", "v2:")), None);
        let better_auth = "e23773bd5386b3ecb119ce0d13e5e8baf1d1a5d28b07b10f04f6aa4f7c63138276837c2ba50f70164cf4ca2303cd3197f5e959b1a8d1bb4761efa3b18bd7682cf73406b8f9d5cfe2";
        let secret = "ba-fixture-secret-0123456789abcdef0123456789";
        assert_eq!(open_better_auth(secret, better_auth).unwrap().len(), 32);
        assert_eq!(open_better_auth("another", better_auth), None);
        assert_eq!(hexadecimal("0aF"), None);
    }
}
