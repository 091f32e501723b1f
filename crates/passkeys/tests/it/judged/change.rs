//! One thing changed in an honest answer.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use vestibule_testing::authenticator::Authenticator;

use crate::support::{PLACES, SITE};

/// What is changed.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// Bits of one byte of a field in base64, counted from its beginning and over.
    Byte { field: &'static str, position: usize, bits: u8 },
    /// A field in base64 is shorter by so many bytes.
    Shorter { field: &'static str, bytes: usize },
    /// A field in base64 goes on.
    Longer { field: &'static str, more: Vec<u8> },
    /// A field of the JSON is something else, or is missing.
    Field { place: &'static str, value: Option<Json> },
    /// A member of what the browser states is something else, or is missing.
    Stated { member: &'static str, value: Option<Json> },
    /// Bits of the authenticator's flags.
    Flags(u8),
    /// The authenticator's counter.
    Counter(u32),
    /// The authenticator's relying party.
    Site(&'static str),
}

/// The fields in base64.
const ENCODED: [&str; 5] = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

/// What the browser states, in its order (WebAuthn 3, 5.8.1.1).
const MEMBERS: [&str; 4] = ["type", "challenge", "origin", "crossOrigin"];

/// Any change.
pub(super) fn any_change() -> impl Strategy<Value = Change> {
    let encoded = || prop::sample::select(ENCODED.to_vec());
    prop_oneof![
        6 => (encoded(), any::<usize>(), 1..=255_u8).prop_map(|(field, position, bits)| Change::Byte { field, position, bits }),
        1 => (encoded(), 1..80_usize).prop_map(|(field, bytes)| Change::Shorter { field, bytes }),
        1 => (encoded(), prop::collection::vec(any::<u8>(), 1..40)).prop_map(|(field, more)| Change::Longer { field, more }),
        2 => (prop::sample::select(PLACES.to_vec()), any_value()).prop_map(|(place, value)| Change::Field { place, value }),
        4 => any_statement(),
        2 => (1..=255_u8).prop_map(Change::Flags),
        1 => prop_oneof![0..4_u32, any::<u32>()].prop_map(Change::Counter),
        1 => prop::sample::select(vec!["example.com", "People.example.com", "evil.example", ""]).prop_map(Change::Site),
    ]
}

/// Nothing, or a value of any type.
fn any_value() -> impl Strategy<Value = Option<Json>> {
    prop_oneof![
        Just(None),
        Just(Some(Json::Null)),
        any::<bool>().prop_map(|value| Some(value.into())),
        any::<i32>().prop_map(|value| Some(value.into())),
        "[ -~]{0,20}".prop_map(|value| Some(value.into())),
        prop::collection::vec(any::<u8>(), 0..80).prop_map(|bytes| Some(BASE64.encode(bytes).into())),
        Just(Some(json!({}))),
        Just(Some(json!([]))),
    ]
}

/// A statement of the browser's that is another one, or in another form.
fn any_statement() -> impl Strategy<Value = Change> {
    let of = |member: &'static str, values: Vec<Json>| {
        let values: Vec<Option<Json>> = values.into_iter().map(Some).chain([None]).collect();
        prop::sample::select(values).prop_map(move |value| Change::Stated { member, value }).boxed()
    };
    prop_oneof![
        of("type", vec![json!("webauthn.get"), json!("webauthn.create"), json!("payment.get"), json!(""), json!(null)]),
        of("challenge", vec![json!("AAAAAAAAAAAAAAAAAAAAAA"), json!(""), json!(null), json!(7)]),
        of(
            "origin",
            vec![
                json!("https://people.example.com/"),
                json!("https://people.example.com:443"),
                json!("http://people.example.com"),
                json!("https://evil.example"),
                json!("HTTPS://people.example.com"),
                json!(null),
            ]
        ),
        of("crossOrigin", vec![json!(true), json!(false), json!(null), json!("false"), json!(0)]),
        of("topOrigin", vec![json!(SITE), json!("https://evil.example"), json!(null), json!(1)]),
        of(
            "tokenBinding",
            vec![json!({ "status": "supported" }), json!("none"), json!({ "status": "x" }), json!(null)]
        ),
        of("other_keys_can_be_added_here", vec![json!("do not compare clientDataJSON against a template"), json!({})]),
    ]
}

impl Change {
    /// Makes the change.
    pub(super) fn apply(&self, answer: &mut Json) {
        match self {
            Self::Byte { field, position, bits } => edit(answer, field, |bytes| {
                if let Some(byte) = (!bytes.is_empty()).then(|| position % bytes.len()) {
                    bytes[byte] ^= bits;
                }
            }),
            Self::Shorter { field, bytes: less } => {
                edit(answer, field, |bytes| bytes.truncate(bytes.len().saturating_sub(*less)));
            }
            Self::Longer { field, more } => edit(answer, field, |bytes| bytes.extend(more)),
            Self::Field { place, value } => replace(answer, place, value.clone()),
            Self::Stated { member, value } => {
                edit(answer, "clientDataJSON", |bytes| state(bytes, member, value.as_ref()))
            }
            Self::Flags(bits) => in_authenticator_data(answer, |data| data[32] ^= bits),
            Self::Counter(counter) => {
                in_authenticator_data(answer, |data| data[33..37].copy_from_slice(&counter.to_be_bytes()));
            }
            Self::Site(rp_id) => {
                in_authenticator_data(answer, |data| data[..32].copy_from_slice(&Sha256::digest(rp_id)))
            }
        }
    }
}

/// Edits a field in base64, if the answer has it.
fn edit(answer: &mut Json, field: &str, change: impl FnOnce(&mut Vec<u8>)) {
    if let Some(text) = answer["response"].get_mut(field) {
        let mut bytes = BASE64.decode(text.as_str().unwrap()).unwrap();
        change(&mut bytes);
        *text = BASE64.encode(bytes).into();
    }
}

/// Edits the authenticator data, which a registration has within another field.
fn in_authenticator_data(answer: &mut Json, change: impl FnOnce(&mut [u8])) {
    let site = Sha256::digest(SITE.trim_start_matches("https://"));
    let field =
        if answer["response"].get("authenticatorData").is_some() { "authenticatorData" } else { "attestationObject" };
    edit(answer, field, |bytes| {
        let start = bytes.windows(32).position(|part| part == site.as_slice()).unwrap();
        change(&mut bytes[start..]);
    });
}

/// Sets or removes a field of the JSON that is there.
fn replace(answer: &mut Json, place: &str, value: Option<Json>) {
    let (parent, name) = place.rsplit_once('/').unwrap();
    let Some(Json::Object(fields)) = answer.pointer_mut(parent) else { return };
    if !fields.contains_key(name) {
        return;
    }
    match value {
        Some(value) => fields.insert(name.to_owned(), value),
        None => fields.remove(name),
    };
}

/// Sets or removes a member of what the browser states.
fn state(bytes: &mut Vec<u8>, member: &str, value: Option<&Json>) {
    let stated: Json = serde_json::from_slice(bytes).unwrap();
    let mut members: Vec<(&str, Json)> = MEMBERS.iter().map(|name| (*name, stated[*name].clone())).collect();
    members.retain(|(name, _)| *name != member || value.is_some());
    match (members.iter_mut().find(|(name, _)| *name == member), value) {
        (Some(present), Some(value)) => present.1 = value.clone(),
        (None, Some(value)) => members.push((member, value.clone())),
        (_, None) => {}
    }
    let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    *bytes = format!("{{{}}}", members.join(",")).into_bytes();
}

/// Signs a changed answer again, as the authenticator does what the browser or a thief of its key wants.
pub(super) fn sign_again(device: &Authenticator, answer: &mut Json) {
    let field = |name: &str| answer["response"][name].as_str().and_then(|text| BASE64.decode(text).ok());
    if let (Some(data), Some(stated)) = (field("authenticatorData"), field("clientDataJSON")) {
        answer["response"]["signature"] = BASE64.encode(device.sign(0, &data, &stated)).into();
    }
}
