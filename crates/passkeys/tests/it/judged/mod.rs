//! SimpleWebAuthn's server library judges the same answers: honest ones of every algorithm, and thousands with one thing
//! changed (security.md 43). `tests/passkeys/run` installs it and sets `VESTIBULE_TEST_PASSKEYS_NODE`, its folder.

mod case;
mod change;
mod exceptions;
mod owner;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use case::{Case, cases};
use exceptions::EXCEPTIONS;

/// What the library returns for each of these.
fn verdicts(folder: &std::ffi::OsStr, cases: &[Case]) -> Vec<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/passkeys/judge.js");
    let mut command = Command::new("node");
    command.arg(script).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let lines: Vec<String> = cases.iter().map(|case| case.line.to_string() + "\n").collect();
    let mut input = child.stdin.take().unwrap();
    // It answers while it reads.
    let writing = std::thread::spawn(move || input.write_all(lines.concat().as_bytes()));
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    assert!(output.status.success(), "{command:?} ended with {}", output.status);
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn simplewebauthn_judges_alike() {
    let Some(folder) = std::env::var_os("VESTIBULE_TEST_PASSKEYS_NODE") else {
        eprintln!("skipped: VESTIBULE_TEST_PASSKEYS_NODE is not set; tests/passkeys/run sets it");
        return;
    };
    let cases = cases().await;
    let verdicts = verdicts(&folder, &cases);
    assert_eq!(verdicts.len(), cases.len());
    let mut alike = BTreeMap::from([(true, 0), (false, 0)]);
    let mut excepted: BTreeMap<&str, usize> = EXCEPTIONS.iter().map(|exception| (exception.reason, 0)).collect();
    let mut unlike = Vec::new();
    for (case, theirs) in cases.iter().zip(&verdicts) {
        if case.is_accepted == (theirs == "ok") {
            *alike.entry(case.is_accepted).or_default() += 1;
        } else if let Some(exception) = EXCEPTIONS.iter().find(|exception| (exception.covers)(case)) {
            *excepted.entry(exception.reason).or_default() += 1;
        } else {
            unlike.push(format!(
                "we accept: {}, they: {theirs}\n    {:?}\n    {}",
                case.is_accepted, case.what, case.line
            ));
        }
    }
    println!("{} answers: accepted by both {}, refused by both {}", cases.len(), alike[&true], alike[&false]);
    for (reason, count) in &excepted {
        println!("  {count} where {reason}");
    }
    assert!(unlike.is_empty(), "{} of {} are judged otherwise:\n{}", unlike.len(), cases.len(), unlike.join("\n"));
    // The judge is one: it accepts and it refuses, and no exception is kept without need.
    assert!(alike[&true] >= 100 && alike[&false] >= 1_000, "{alike:?}");
    assert!(excepted.values().all(|count| *count > 0), "an exception that covers nothing: {excepted:?}");
}
