//! The hashing threads, as users of the crate see them. Internals are tested beside them.

use vestibule_auth::passwords::{HashingError, MAX_CHARACTERS};
use vestibule_auth::{PasswordConfig, Passwords};
use vestibule_core::{DomainError, ErrorKind};

use crate::support::PASSWORD;

/// security.md 9
#[tokio::test]
async fn defaults_follow_owasp() {
    let passwords = Passwords::start(PasswordConfig::default()).unwrap();
    let hash = passwords.hash(PASSWORD, *b"0123456789abcdef").await.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    let verdict = passwords.verify(PASSWORD, Some(&hash)).await.unwrap();
    assert!(verdict.matches && !verdict.outdated);
}

#[test]
fn settings_that_protect_no_one_are_refused() {
    let mut weak = PasswordConfig::default();
    weak.memory_kib = 64;
    let error = Passwords::start(weak).unwrap_err();
    assert_eq!(error.to_string(), "password hashing: memory_kib is 64, but must be between 19456 and 262144");
    let mut without_threads = PasswordConfig::fast_for_tests();
    without_threads.threads = 0;
    let error = Passwords::start(without_threads).unwrap_err();
    assert_eq!(error.to_string(), "password hashing: threads is 0, but must be between 1 and 256");
}

/// Refused passwords are not counted: the meter counts computed hashes (security.md 12).
#[tokio::test]
async fn every_hash_is_counted_and_nothing_else() {
    let passwords = Passwords::start(PasswordConfig::fast_for_tests()).unwrap();
    let clone = passwords.clone();
    let hash = passwords.hash(PASSWORD, [0; 16]).await.unwrap();
    for stored in [Some(hash.as_str()), None, Some("rubbish")] {
        drop(clone.verify(PASSWORD, stored).await);
    }
    assert_eq!((passwords.done(), clone.done()), (4, 4));
    let too_long = "x".repeat(MAX_CHARACTERS + 1);
    let error = passwords.hash(&too_long, [0; 16]).await.unwrap_err();
    assert_eq!((error.kind(), error), (ErrorKind::InvalidData, HashingError::TooLong));
    assert_eq!(passwords.done(), 4);
}
