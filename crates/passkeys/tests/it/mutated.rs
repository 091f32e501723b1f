//! Answers with one thing changed: never accepted, and no panic (security.md 29 and 43).

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};
use vestibule_auth::mfa::{MfaProvider, MfaRejection};
use vestibule_testing::authenticator::{ALGORITHMS, Authenticator};

use crate::support::{Account, PLACES, SITE, object};

/// Runs what is asynchronous and waits for nothing.
fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

/// Changes one byte of a field in base64.
fn flip(answer: &mut Json, field: &str, position: usize, change: u8) {
    let field = if field == "id" { &mut answer["id"] } else { &mut answer["response"][field] };
    let mut bytes = BASE64.decode(field.as_str().unwrap()).unwrap();
    let position = position % bytes.len();
    bytes[position] ^= change;
    *field = BASE64.encode(bytes).into();
}

/// Any JSON, a few levels deep.
fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        ".{0,40}".prop_map(Json::from),
        prop::collection::vec(any::<u8>(), 0..80).prop_map(|bytes| BASE64.encode(bytes).into()),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::btree_map("[a-zA-Z]{1,12}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn an_answer_with_one_byte_changed_is_refused(
        algorithm in prop::sample::select(ALGORITHMS.to_vec()),
        field in prop::sample::select(vec!["id", "clientDataJSON", "authenticatorData", "signature", "userHandle"]),
        position in any::<usize>(),
        change in 1..=255_u8,
    ) {
        let mut device = Authenticator { algorithm, ..Authenticator::new(SITE) };
        let mut account = Account::new();
        let verdict = run(async {
            account.add(&mut device).await;
            let (state, options) = account.challenge();
            let mut answer = device.get(&options);
            prop_assert!(account.finish(&state, &object(answer.clone())).await.is_ok());
            flip(&mut answer, field, position, change);
            Ok(account.finish(&state, &object(answer)).await)
        })?;
        let rejection = if field == "id" { MfaRejection::Unknown } else { MfaRejection::Wrong };
        prop_assert_eq!(verdict, Err(rejection));
    }

    #[test]
    fn an_answer_with_any_field_replaced_is_refused_or_the_same(
        place in prop::sample::select(PLACES.to_vec()),
        value in any_json(),
    ) {
        let mut device = Authenticator::new(SITE);
        let mut account = Account::new();
        run(async {
            account.add(&mut device).await;
            let (state, options) = account.challenge();
            let mut answer = device.get(&options);
            if let Some(field) = answer.pointer_mut(place) {
                *field = value.clone();
            }
            let verdict = account.finish(&state, &object(answer)).await;
            // What is not signed may be anything.
            let is_signed = ["/response/clientDataJSON", "/response/authenticatorData", "/response/signature", "/id"];
            prop_assert!(verdict.is_err() || !is_signed.contains(&place));
            let (state, options) = account.begin().await;
            let mut answer = device.create(&options);
            if let Some(field) = answer.pointer_mut(place) {
                *field = value.clone();
            }
            let answer = object(answer);
            let used = account.provider.finish_enrolment(&state, (&answer).into(), account.now()).await;
            let is_needed = ["/response", "/response/clientDataJSON", "/response/attestationObject", "/id"];
            prop_assert!(used.is_none() || !is_needed.contains(&place));
            Ok(())
        })?;
    }

    #[test]
    fn any_json_is_refused(value in any_json(), state in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut device = Authenticator::new(SITE);
        let mut account = Account::new();
        run(async {
            account.add(&mut device).await;
            let (begun, options) = account.challenge();
            let any: Map<String, Json> = object(value);
            prop_assert!(account.finish(&begun, &any).await.is_err());
            prop_assert!(account.provider.finish_enrolment(&state, (&any).into(), account.now()).await.is_none());
            let right = object(device.get(&options));
            prop_assert!(account.finish(&state, &right).await.is_err());
            Ok(())
        })?;
    }

    #[test]
    fn a_registration_with_one_byte_changed_causes_no_panic(position in any::<usize>(), change in 1..=255_u8) {
        let mut device = Authenticator::new(SITE);
        let account = Account::new();
        run(async {
            let (state, options) = account.begin().await;
            for field in ["attestationObject", "clientDataJSON"] {
                let mut answer = device.create(&options);
                flip(&mut answer, field, position, change);
                let answer = object(answer);
                let used = account.provider.finish_enrolment(&state, (&answer).into(), account.now()).await;
                // Without attestation nothing signs the key itself. What the browser states is compared.
                let stated = |answer: &Map<String, Json>| -> Option<Json> {
                    let data = BASE64.decode(answer.get("response")?["clientDataJSON"].as_str()?).ok()?;
                    // As browsers' own parsers: UTF-8 with replacements (WebAuthn 3, 7.1, step 5). The name of a member that is
                    // not read may have any character.
                    let text = String::from_utf8_lossy(&data).replace(char::is_control, "?");
                    let data: Json = serde_json::from_str(&text).ok()?;
                    Some(json!([data["type"], data["challenge"], data["origin"]]))
                };
                let honest = json!(["webauthn.create", options["challenge"], SITE]);
                prop_assert!(used.is_none() || stated(&answer).as_ref() == Some(&honest), "{:?}", stated(&answer));
            }
            Ok(())
        })?;
    }
}
