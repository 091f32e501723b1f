//! Receivers verify with the libraries of Standard Webhooks. `tests/webhook/run` installs them and sets
//! `VESTIBULE_TEST_WEBHOOK_PYTHON`, a Python that has `standardwebhooks`, and `VESTIBULE_TEST_WEBHOOK_NODE`, the folder
//! of `node_modules`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use vestibule_core::time::{Clock, SystemClock};
use vestibule_webhook::{Secret, sign};

const BODY: &str = r#"{"type":"user.created","timestamp":"2026-11-22T09:30:00.000Z","data":{"name":"Zoë 🦀"}}"#;

/// Messages with the verdict that a library must return.
///
/// They have the current time, because the libraries read the machine's clock.
fn messages() -> Vec<(Value, &'static str)> {
    let now = SystemClock.now();
    let (old, new) = (Secret::from_bytes([1; 32]), Secret::from_bytes([255; 32]));
    let longest = Secret::parse(&format!("whsec_{}AA==", "AAAA".repeat(21))).unwrap();
    let message = |secret: &Secret, at: vestibule_core::Timestamp, signature: &str, body: &str| {
        json!({
            "secret": secret.reveal(),
            "id": "whmsg_01J9ZQ4W8XK3",
            "timestamp": at.as_seconds().to_string(),
            "signature": signature,
            "body": body,
        })
    };
    let signed = |secrets: &[Secret], at| sign(secrets, "whmsg_01J9ZQ4W8XK3", at, BODY.as_bytes());
    let hour = std::time::Duration::from_secs(3600);
    let one = signed(std::slice::from_ref(&old), now);
    let both = signed(&[new.clone(), old.clone()], now);
    vec![
        (message(&old, now, &one, BODY), "ok"),
        (message(&old, now, &both, BODY), "ok"),
        (message(&new, now, &both, BODY), "ok"),
        (message(&longest, now, &signed(std::slice::from_ref(&longest), now), BODY), "ok"),
        (message(&new, now, &one, BODY), "not ok"),
        (message(&old, now, &one, &BODY.replace("Zoë", "Zoe")), "not ok"),
        (message(&old, now + std::time::Duration::from_secs(1), &one, BODY), "not ok"),
        (message(&old, now - hour, &signed(std::slice::from_ref(&old), now - hour), BODY), "not ok"),
        (message(&old, now + hour, &signed(std::slice::from_ref(&old), now + hour), BODY), "not ok"),
    ]
}

/// Passes the messages to a program, one a line, and compares its verdicts.
fn compare(command: &mut Command) {
    let (lines, expected): (Vec<_>, Vec<_>) =
        messages().into_iter().map(|(line, verdict)| (line.to_string(), verdict)).unzip();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all((lines.join("\n") + "\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?} ended with {}", output.status);
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().collect::<Vec<_>>(), expected);
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/webhook").join(name)
}

#[test]
fn python_verifies() {
    match std::env::var_os("VESTIBULE_TEST_WEBHOOK_PYTHON") {
        Some(python) => compare(Command::new(python).arg(script("verify.py"))),
        None => eprintln!("skipped: VESTIBULE_TEST_WEBHOOK_PYTHON is not set; tests/webhook/run sets it"),
    }
}

#[test]
fn javascript_verifies() {
    match std::env::var_os("VESTIBULE_TEST_WEBHOOK_NODE") {
        Some(folder) => compare(Command::new("node").arg(script("verify.js")).current_dir(folder)),
        None => eprintln!("skipped: VESTIBULE_TEST_WEBHOOK_NODE is not set; tests/webhook/run sets it"),
    }
}
