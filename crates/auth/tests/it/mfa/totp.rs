//! `totp` against the standard.

use vestibule_auth::mfa::{BegunChallenge, MfaMethod, MfaProvider, StoredFactor, TotpProvider};
use vestibule_core::Timestamp;

/// The step for which a code is right, if it is after the last one.
async fn verify(secret: &[u8], code: &str, now: Timestamp, last_use: i64) -> Option<i64> {
    let factors = [StoredFactor { data: secret.to_vec().into(), last_use }];
    let challenge = BegunChallenge { factors: &factors, state: None, now };
    TotpProvider.finish_challenge(&challenge, code.into()).await.ok().map(|(_, used)| used.number)
}

/// RFC 6238, appendix B, the last six digits of the eight.
#[tokio::test]
async fn the_standards_own_examples() {
    let secret = b"12345678901234567890";
    for (seconds, code) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
    ] {
        let (now, step) = (Timestamp::from_seconds(seconds), seconds / 30);
        let verify = async |last| verify(secret, code, now, last).await;
        assert_eq!((verify(0).await, verify(step - 1).await), (Some(step), Some(step)));
        assert_eq!((verify(step).await, verify(step + 1).await), (None, None), "a used step");
        let enrolled = TotpProvider.finish_enrolment(secret, code.into(), now).await;
        assert_eq!(enrolled.map(|used| used.number), Some(step));
    }
    assert_eq!(verify(b"short", "287082", Timestamp::from_seconds(59), 0).await, None);
    assert_eq!(verify(secret, "287082", Timestamp::from_seconds(-59), 0).await, None);
}

/// security.md 17: a code is the same code however it is typed.
#[tokio::test]
async fn digits_of_any_script_and_spaces_are_the_same_code() {
    let (secret, now) = (b"12345678901234567890", Timestamp::from_seconds(59));
    for typed in
        ["287082", " 287 082 ", "287\u{a0}082", "\u{662}\u{668}\u{667}\u{660}\u{668}\u{662}", "２８７０８２", "२८७ ०८२"]
    {
        assert_eq!(verify(secret, typed, now, 0).await, Some(1), "{typed}");
        assert_eq!(verify(secret, typed, now, 1).await, None, "{typed}");
    }
    for wrong in ["28708", "2870822", "28708½", ""] {
        assert_eq!(verify(secret, wrong, now, 0).await, None, "{wrong}");
    }
}
