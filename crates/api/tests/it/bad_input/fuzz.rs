//! Random requests, the same in every run.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use super::Scene;
use crate::support::documented::{Operation, operations};
use crate::support::{Client, TestApp};

on_both_engines!(random_requests_are_answered);

/// The number of requests: they take a second or two.
const REQUESTS: usize = 1_200;

const PIECES: &[&str] = &[
    "a",
    "x",
    "é",
    "😀",
    "\u{202e}",
    " ",
    "\t",
    "\n",
    "\0",
    "@",
    "@example.com",
    "ada@example.com",
    ".",
    "..",
    "/",
    "\\",
    "'",
    "\"",
    "<",
    "%",
    "%00",
    "%ff",
    "_",
    "*",
    "null",
    "true",
    "-1",
    "0",
    "1e9",
    "9223372036854775808",
    "2026-11-22",
    "user_",
    "invite_",
    "$gt",
    "$or",
    "[]",
    "[0]",
    "{",
    "}",
    ":",
    ",",
    ";",
    "--",
    "emailpass",
    "user",
    "pending",
    "all",
];

fn text(dice: &mut StdRng) -> String {
    let pieces = dice.random_range(0..6);
    (0..pieces).map(|_| *PIECES.choose(dice).unwrap()).collect()
}

fn value(dice: &mut StdRng, depth: usize) -> Json {
    match dice.random_range(0..if depth > 3 { 6 } else { 8 }) {
        0 => json!(null),
        1 => json!(dice.random::<bool>()),
        2 => json!(dice.random::<i64>()),
        3 => json!(dice.random::<f64>() * 1e12),
        4 | 5 => json!(text(dice)),
        6 => (0..dice.random_range(0..4)).map(|_| value(dice, depth + 1)).collect(),
        _ => Json::Object((0..dice.random_range(0..4)).map(|_| (text(dice), value(dice, depth + 1))).collect()),
    }
}

/// The fields of the route, most of them with a random value.
fn body(dice: &mut StdRng, operation: &Operation, good: Option<&Json>) -> Vec<u8> {
    let mut body = good.cloned().unwrap_or_else(|| json!({}));
    for field in operation.body().into_iter().flat_map(|fields| fields.keys()) {
        if dice.random_bool(0.4) {
            body[field] = value(dice, 0);
        }
    }
    if dice.random_bool(0.2) {
        body[text(dice)] = value(dice, 0);
    }
    let mut bytes = body.to_string().into_bytes();
    // Random bytes, in some places.
    for _ in 0..dice.random_range(0..3) {
        let place = dice.random_range(0..bytes.len());
        match dice.random_range(0..5) {
            0 => bytes[place] = dice.random(),
            1 => bytes.insert(place, dice.random()),
            2 => bytes.truncate(place.max(1)),
            _ => {}
        }
    }
    bytes
}

fn encoded(dice: &mut StdRng, text: &str) -> String {
    let encode = |byte: &u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'$' | b'[' | b']' | b'*' => {
            char::from(*byte).to_string()
        }
        byte => format!("%{byte:02x}"),
    };
    let text: String = text.as_bytes().iter().map(encode).collect();
    if dice.random_bool(0.1) { format!("{text}%") } else { text }
}

fn query(dice: &mut StdRng, good: Option<&str>) -> String {
    const NAMES: &[&str] = &[
        "q",
        "limit",
        "offset",
        "order",
        "fields",
        "email",
        "id",
        "created_at",
        "state",
        "token",
        "subject",
        "after",
        "wait",
        "$and",
        "$or",
        "$not",
    ];
    let mut parts: Vec<String> = good.map(str::to_owned).into_iter().collect();
    for _ in 0..dice.random_range(0..3) {
        let (suffix, text) =
            (["", "", "[]", "[0]", "[$gt]", "[$in][]", "[0][email]"].choose(dice).unwrap(), text(dice));
        parts.push(format!("{}{suffix}={}", NAMES.choose(dice).unwrap(), encoded(dice, &text)));
    }
    parts.join("&")
}

async fn random_requests_are_answered(app: TestApp) {
    let mut dice = StdRng::seed_from_u64(29);
    let scene = Scene::of(app).await;
    let (mut good_answers, mut refused) = (0, 0);
    for number in 0..REQUESTS {
        let operation = operations().choose(&mut dice).unwrap();
        let good = scene.good(operation);
        let (path, good_query) =
            good.path.split_once('?').map_or((good.path.as_str(), None), |(path, query)| (path, Some(query)));
        let path = if dice.random_bool(0.3) {
            let segments: Vec<String> = (0..2).map(|_| text(&mut dice)).collect();
            let mut at = 0;
            let segments: Vec<String> = segments.iter().map(|text| encoded(&mut dice, text)).collect();
            // One after another, for routes with two parameters.
            let mut path = operation.path.clone();
            while let (Some(start), Some(end)) = (path.find('{'), path.find('}')) {
                path.replace_range(start..=end, &segments[at % 2]);
                at += 1;
            }
            path
        } else {
            path.to_owned()
        };
        let query = query(&mut dice, good_query);
        let clients = [good.client.clone(), Client::clone(&scene.app.anonymous()), scene.registered.clone()];
        let client = if dice.random_bool(0.8) { &clients[0] } else { clients.choose(&mut dice).unwrap() };
        let mut ask = client.ask(&operation.method, &format!("{path}?{query}"));
        if good.body.is_some() || dice.random_bool(0.1) {
            let content_type = if dice.random_bool(0.95) { "application/json" } else { "text/plain" };
            ask = ask.raw(content_type, body(&mut dice, operation, good.body.as_ref()));
        }
        let answer = ask.clone().await;
        assert!(answer.status < 500, "request {number}: {ask:?} answered {}", answer.text());
        match answer.status {
            200 => good_answers += 1,
            _ => refused += 1,
        }
    }
    assert!(good_answers > 50 && refused > 500, "{good_answers} good, {refused} refused: the generator is biased");
    // Everything still works.
    scene.app.anonymous().get("/health/ready").await.ok();
    scene.app.admin().await.invite_and_accept("after@example.com").await.get("/admin/users/me").await.ok();
}
