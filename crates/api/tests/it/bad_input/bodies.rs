//! Bodies that are not JSON objects, or have another content type.

use vestibule_testing::on_both_engines;

use super::{Scene, is_refused};
use crate::support::TestApp;
use crate::support::documented::operations;

on_both_engines!(
    every_route_with_a_body_refuses_other_json_values,
    every_route_with_a_body_refuses_other_content_types,
    a_route_without_a_body_ignores_one,
);

fn bodies() -> Vec<Vec<u8>> {
    let texts = [
        " ",
        "\n",
        "{",
        "}",
        "{]",
        "[",
        "]",
        "[}",
        "null",
        "true",
        "0",
        "-",
        "5",
        "1e400",
        "\"x\"",
        "\"",
        "nul",
        "NaN",
        "{\"\":}",
        "{\"a\"}",
        "{a:1}",
        "{'a':1}",
        "{,}",
        "{\"a\":1,}",
        "{} x",
        "{}{}",
        "{\"a\":1 \"b\":2}",
        "<a/>",
        "a=b&c=d",
        "{\"a\":\"\n\"}",
        "{\"email\":\"a@b.c\",\"email\":\"d@e.f\"}",
        "{\"\\u0000\":1}",
        "{\"a\":\"\\ud800\"}",
        "// x\n{}",
    ];
    let mut bodies: Vec<Vec<u8>> = texts.map(|text| text.as_bytes().to_vec()).to_vec();
    let nested = |open: &str, close: &str, depth: usize| (open.repeat(depth) + &close.repeat(depth)).into_bytes();
    bodies.extend([
        nested("[", "]", 10_000),
        nested("[", "", 100_000),
        nested("{\"a\":", "}", 10_000),
        nested("{\"a\":[", "]}", 5_000),
    ]);
    bodies.extend([
        b"\xff".to_vec(),
        b"{\"a\":\"\xc3\"}".to_vec(),
        b"\xfe\xff\0{\0}".to_vec(),
        b"{\"a\":\"\xed\xa0\x80\"}".to_vec(),
    ]);
    bodies.push(b"\0".to_vec());
    bodies.push(b"\x1f\x8b\x08\0\0\0\0\0".to_vec());
    bodies
}

async fn every_route_with_a_body_refuses_other_json_values(app: TestApp) {
    let scene = Scene::of(app).await;
    let before = scene.fingerprint().await;
    let mut refused = 0;
    for operation in operations().iter().filter(|operation| operation.body().is_some()) {
        let good = scene.good(operation);
        for body in bodies() {
            let what = String::from_utf8_lossy(&body).chars().take(40).collect::<String>();
            is_refused(&good.ask().raw("application/json", body).await, &what);
            refused += 1;
        }
        // A list has no fields: where none is required, as in the reference, the provider reports them as missing.
        for body in ["[]", "[1]", r#"["email"]"#, r#"[{"email":"a@b.c"}]"#] {
            is_refused(&good.ask().raw("application/json", body).await, body);
        }
    }
    assert!(refused > 300, "{refused}");
    assert_eq!(scene.fingerprint().await, before);
}

async fn every_route_with_a_body_refuses_other_content_types(app: TestApp) {
    let scene = Scene::of(app).await;
    let before = scene.fingerprint().await;
    for operation in operations().iter().filter(|operation| operation.body().is_some()) {
        let good = scene.good(operation);
        let body = good.body.as_ref().unwrap().to_string();
        for content_type in [
            "",
            ";",
            "text/plain",
            "text/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/xml",
            "application/jsonp",
            "application/json; charset=latin1",
            "application/json;charset=utf-16",
            "json",
            "*/*",
            "\u{e9}",
            &"x".repeat(5_000),
        ] {
            is_refused(&good.ask().raw(content_type, body.clone()).await, content_type);
        }
    }
    assert_eq!(scene.fingerprint().await, before);
}

/// As in the reference, a body sent to a route without one changes nothing in the response. At `/auth/*` fields are
/// refused, see `protected_fields`.
async fn a_route_without_a_body_ignores_one(app: TestApp) {
    let scene = Scene::of(app).await;
    for operation in operations().iter().filter(|operation| operation.body().is_none()) {
        if operation.path.starts_with("/auth/") {
            continue;
        }
        let good = scene.good(operation);
        let expected = good.ask().await;
        for body in ["{", "[]", "\0", r#"{"email": "eve@example.com", "roles": ["role_super_admin"]}"#] {
            let answer = good.ask().raw("application/json", body).await;
            assert_eq!(answer.status, expected.status, "{} {} with {body}", operation.method, operation.path);
        }
    }
}
