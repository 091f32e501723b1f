//! Tokens and callbacks that were changed anywhere: never a panic, never accepted.

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine, alphabet};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value as Json;
use vestibule_auth::AuthInput;
use vestibule_testing::databases::on_sqlite;

use crate::support::{Key, Site, call_back, input};

/// A change of one place of a text.
#[derive(Debug, Clone)]
enum Change {
    Replace(usize, char),
    Insert(usize, char),
    Remove(usize),
    Cut(usize),
    Repeat(usize),
}

fn change() -> impl Strategy<Value = Change> {
    let place = 0..10_000_usize;
    let sign =
        prop_oneof![4 => proptest::sample::select(b"ABCdef019-_.=+/".map(char::from).to_vec()), 1 => any::<char>()];
    prop_oneof![
        4 => (place.clone(), sign.clone()).prop_map(|(place, sign)| Change::Replace(place, sign)),
        2 => (place.clone(), sign).prop_map(|(place, sign)| Change::Insert(place, sign)),
        2 => place.clone().prop_map(Change::Remove),
        1 => place.clone().prop_map(Change::Cut),
        1 => place.prop_map(Change::Repeat),
    ]
}

fn changed(text: &str, change: &Change) -> String {
    let mut signs: Vec<char> = text.chars().collect();
    let length = signs.len();
    match *change {
        Change::Replace(place, sign) => signs[place % length] = sign,
        Change::Insert(place, sign) => signs.insert(place % length, sign),
        Change::Remove(place) => drop(signs.remove(place % length)),
        Change::Cut(place) => signs.truncate(place % length),
        Change::Repeat(place) => {
            let tail = signs[place % length..].to_vec();
            signs.extend(tail);
        }
    }
    signs.into_iter().collect()
}

/// Whether only the spelling of the signature differs: the last sign of its text has bits without a meaning.
fn is_same(mutated: &str, token: &str) -> bool {
    let lenient = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
    let base64 =
        GeneralPurpose::new(&alphabet::URL_SAFE, lenient.with_decode_padding_mode(DecodePaddingMode::Indifferent));
    let parts =
        |token: &str| token.rsplit_once('.').map(|(text, signature)| (text.to_owned(), base64.decode(signature).ok()));
    parts(mutated) == parts(token)
}

fn check<S: Strategy>(strategy: &S, test: impl Fn(&Site, &tokio::runtime::Handle, S::Value) -> bool) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let handle = runtime.handle().clone();
    runtime.block_on(on_sqlite(|site: Site| async move {
        tokio::task::block_in_place(|| {
            let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
            let config = Config { cases: 256, failure_persistence: None, ..Config::default() };
            let mut runner = TestRunner::new_with_rng(config, random);
            let run = runner.run(strategy, |value| {
                prop_assert!(!test(&site, &handle, value), "it was accepted");
                Ok(())
            });
            run.unwrap();
        });
        assert_eq!(site.count("auth_identities").await, 0);
    }));
}

/// security.md 41
#[test]
fn a_mutated_id_token_is_refused() {
    check(&change(), |site, handle, change| {
        handle.block_on(async {
            let begun = site.begin("company").await;
            let token = Key::Ed.token(&site.claims(&begun));
            let mutated = changed(&token, &change);
            !is_same(&mutated, &token) && site.finish_with(&begun, &mutated).await.is_ok()
        })
    });
}

/// security.md 41
#[test]
fn a_mutated_callback_is_refused() {
    let field = prop_oneof![Just("code"), Just("state"), Just("iss"), Just("error")];
    check(&(field, change(), any::<bool>()), |site, handle, (field, change, is_posted)| {
        handle.block_on(async {
            let begun = site.begin("company").await;
            let token = Key::Ed.token(&site.claims(&begun));
            site.issue(&begun, serde_json::json!({ "access_token": "token", "id_token": token }));
            let mut parameters = input([("code", "code"), ("state", &begun.parameter("state"))]).query;
            let before = parameters.get(field).and_then(Json::as_str).unwrap_or("https://accounts.example").to_owned();
            let after = changed(&before, &change);
            // An empty parameter is a missing one: `iss` and `error` may be.
            if after == before || after.is_empty() {
                return false;
            }
            parameters.insert(field.to_owned(), after.into());
            let input = if is_posted {
                AuthInput { body: parameters, ..input([]) }
            } else {
                AuthInput { query: parameters, ..input([]) }
            };
            call_back(&site.module, "company", &input).await.is_ok()
        })
    });
}
