//! Secrets as text.

use vestibule_webhook::{InvalidSecret, Secret};

use crate::support::{EXAMPLE_SECRET, example_secret};

#[test]
fn a_secret_is_parsed_and_revealed() {
    assert_eq!(example_secret().reveal(), EXAMPLE_SECRET);
    let made = Secret::from_bytes([7; 32]);
    assert_eq!(made.reveal(), "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
    assert_eq!(Secret::parse(&made.reveal()).unwrap().reveal(), made.reveal());
}

#[test]
fn a_secret_has_24_to_64_bytes() {
    let text = |thirds: usize| format!("whsec_{}", "AAAA".repeat(thirds));
    assert_eq!(Secret::parse(&text(7)).unwrap_err(), InvalidSecret::Length);
    assert!(Secret::parse(&text(8)).is_ok());
    assert!(Secret::parse(&format!("{}AA==", text(21))).is_ok());
    assert_eq!(Secret::parse(&format!("{}AAA=", text(21))).unwrap_err(), InvalidSecret::Length);
}

#[test]
fn invalid_texts_are_refused() {
    for (text, error) in [
        ("", InvalidSecret::Prefix),
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", InvalidSecret::Prefix),
        ("WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", InvalidSecret::Prefix),
        ("whsec_", InvalidSecret::Length),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", InvalidSecret::Base64),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_", InvalidSecret::Base64),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", InvalidSecret::Base64),
    ] {
        assert_eq!(Secret::parse(text).unwrap_err(), error, "{text:?}");
    }
}

#[test]
fn debug_hides_the_secret() {
    assert_eq!(format!("{:?}", example_secret()), "Secret(…)");
}
