//! Signatures by the specification.

use vestibule_core::Timestamp;
use vestibule_webhook::{Secret, sign};

use crate::support::{EXAMPLE_BODY, EXAMPLE_ID, EXAMPLE_SIGNATURE, example_moment, example_secret};

#[test]
fn agrees_with_the_specifications_example() {
    let signature = sign(&[example_secret()], EXAMPLE_ID, example_moment(), EXAMPLE_BODY.as_bytes());
    assert_eq!(signature, EXAMPLE_SIGNATURE);
}

#[test]
fn fractions_of_a_second_are_not_signed() {
    let later = Timestamp::from_microseconds(example_moment().as_microseconds() + 999_999);
    assert_eq!(sign(&[example_secret()], EXAMPLE_ID, later, EXAMPLE_BODY.as_bytes()), EXAMPLE_SIGNATURE);
}

#[test]
fn each_secret_makes_a_signature() {
    let new = Secret::from_bytes([7; 32]);
    let alone = sign(std::slice::from_ref(&new), EXAMPLE_ID, example_moment(), EXAMPLE_BODY.as_bytes());
    let both = sign(&[new, example_secret()], EXAMPLE_ID, example_moment(), EXAMPLE_BODY.as_bytes());
    assert_eq!(both, format!("{alone} {EXAMPLE_SIGNATURE}"));
    assert_eq!(sign(&[], EXAMPLE_ID, example_moment(), b""), "");
}
