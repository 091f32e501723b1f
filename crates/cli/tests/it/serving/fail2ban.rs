//! The filter for fail2ban in docs/operations.md finds the client address in the lines that the program logs.

use std::path::Path;

use regex::Regex;
use serde_json::json;

use crate::support::{PASSWORD, Place};

/// Returns the documented expression, as fail2ban reads it.
fn documented() -> Regex {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations.md");
    let text = std::fs::read_to_string(path).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("failregex = ")).expect("a filter");
    Regex::new(&line.replace("<HOST>", r"(?<host>[0-9a-fA-F:.]+)")).unwrap()
}

#[tokio::test]
async fn the_documented_filter_finds_failed_sign_ins_and_nothing_else() {
    let place = Place::sqlite().with("VESTIBULE_SERVER_TRUSTED_PROXIES", "127.0.0.0/8");
    let server = place.serve().await;
    place.create_user("admin@example.com").await;
    let ask = async |address: &str, email: &str, password: &str| {
        let mut client = server.client().with_header("x-forwarded-for", address);
        client.post("/auth/user/emailpass", json!({ "email": email, "password": password })).await.status.as_u16()
    };
    assert_eq!(ask("203.0.113.9", "admin@example.com", "Wrong-lantern-1").await, 401);
    assert_eq!(ask("2001:db8::7", "client=192.0.2.1 reason=\"wrong_password\"", PASSWORD).await, 401);
    assert_eq!(ask("198.51.100.1", "admin@example.com", PASSWORD).await, 200);
    let ended = server.stop().await;
    let filter = documented();
    let found = |line: &str| filter.captures(line).map(|found| found["host"].to_owned());
    let hosts: Vec<String> = ended.err.iter().filter_map(|line| found(line)).collect();
    assert_eq!(hosts, ["203.0.113.9", "2001:db8::7"], "{:?}", ended.err);
    for line in ended.err.iter().filter(|line| found(line).is_some()) {
        // fail2ban removes the time; the journal adds host and process.
        let (_, without_time) = line.split_once('Z').unwrap();
        assert!(found(without_time).is_some(), "{without_time}");
        assert!(found(&format!("host vestibule[123]: {line}")).is_some(), "{line}");
        assert!(found(&format!("note=\"{line}\"")).is_none(), "{line}");
    }
}
