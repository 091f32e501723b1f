//! `totp` against the standard.

use vestibule_auth::mfa::{MfaProvider, TotpProvider};
use vestibule_core::Timestamp;

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
        let verify = async |last| TotpProvider.verify(secret, code, now, last).await;
        assert_eq!((verify(0).await, verify(step - 1).await), (Some(step), Some(step)));
        assert_eq!((verify(step).await, verify(step + 1).await), (None, None), "a used step");
    }
    assert_eq!(TotpProvider.verify(b"short", "287082", Timestamp::from_seconds(59), 0).await, None);
    assert_eq!(TotpProvider.verify(secret, "287082", Timestamp::from_seconds(-59), 0).await, None);
}
