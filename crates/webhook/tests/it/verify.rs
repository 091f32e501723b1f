//! The receiver's end.

use std::time::Duration;

use vestibule_webhook::{Secret, Signed, TOLERANCE, Unverified, sign, verify};

use crate::support::{EXAMPLE_BODY, EXAMPLE_ID, EXAMPLE_SIGNATURE, example_moment, example_secret};

fn example() -> Signed<'static> {
    Signed { id: EXAMPLE_ID, timestamp: "1614265330", signature: EXAMPLE_SIGNATURE, body: EXAMPLE_BODY.as_bytes() }
}

#[test]
fn accepts_the_specifications_example() {
    assert_eq!(verify(&[example_secret()], &example(), example_moment()), Ok(example_moment()));
}

#[test]
fn accepts_one_of_several_signatures_and_secrets() {
    let other = Secret::from_bytes([7; 32]);
    let both = sign(&[other.clone(), example_secret()], EXAMPLE_ID, example_moment(), EXAMPLE_BODY.as_bytes());
    let signature = format!("v1a,rubbish v1,rubbish {both}");
    let message = Signed { signature: &signature, ..example() };
    for secrets in [vec![example_secret()], vec![other.clone()], vec![Secret::from_bytes([1; 32]), other]] {
        assert_eq!(verify(&secrets, &message, example_moment()), Ok(example_moment()));
    }
}

#[test]
fn refuses_another_time() {
    let second = Duration::from_secs(1);
    let secrets = [example_secret()];
    let at = |now| verify(&secrets, &example(), now);
    assert_eq!(at(example_moment() + TOLERANCE), Ok(example_moment()));
    assert_eq!(at(example_moment() + TOLERANCE + second), Err(Unverified::TooOld));
    assert_eq!(at(example_moment() - TOLERANCE), Ok(example_moment()));
    assert_eq!(at(example_moment() - TOLERANCE - second), Err(Unverified::TooNew));
}

#[test]
fn refuses_invalid_timestamps() {
    for timestamp in ["", "now", "1614265330.0", "+1614265330", "01614265330", " 1614265330", "99999999999999999999"] {
        let message = Signed { timestamp, ..example() };
        assert_eq!(verify(&[example_secret()], &message, example_moment()), Err(Unverified::Timestamp), "{timestamp}");
    }
}

#[test]
fn refuses_changed_messages() {
    let (_, code) = EXAMPLE_SIGNATURE.split_once(',').unwrap();
    let (short, version_2) = (EXAMPLE_SIGNATURE.trim_end_matches('='), format!("v2,{code}"));
    for (message, error) in [
        (Signed { id: "msg_other", ..example() }, Unverified::Mismatch),
        (Signed { timestamp: "1614265331", ..example() }, Unverified::Mismatch),
        (Signed { body: b"{\"test\": 2432232315}", ..example() }, Unverified::Mismatch),
        (Signed { body: b"", ..example() }, Unverified::Mismatch),
        (Signed { signature: "v1,", ..example() }, Unverified::Mismatch),
        (Signed { signature: "v1,AAAA", ..example() }, Unverified::Mismatch),
        (Signed { signature: short, ..example() }, Unverified::Mismatch),
        (Signed { signature: "", ..example() }, Unverified::NoSignature),
        (Signed { signature: code, ..example() }, Unverified::NoSignature),
        (Signed { signature: &version_2, ..example() }, Unverified::NoSignature),
    ] {
        assert_eq!(verify(&[example_secret()], &message, example_moment()), Err(error), "{message:?}");
    }
}

#[test]
fn refuses_another_secret() {
    let secrets = [Secret::from_bytes([7; 32])];
    assert_eq!(verify(&secrets, &example(), example_moment()), Err(Unverified::Mismatch));
    assert_eq!(verify(&[], &example(), example_moment()), Err(Unverified::Mismatch));
}
