//! The destinations of output, and how failures to write are handled.

use std::fs::OpenOptions;
use std::process::Stdio;

use serde_json::{Value as Json, json};

use crate::support::{Place, Ran};

#[tokio::test]
async fn openapi_is_a_document() {
    let place = Place::sqlite();
    let document = place.run("openapi").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    for path in
        ["/admin/users/me", "/admin/invites/{id}/resend", "/auth/invites/accept", "/auth/{actor_type}/{provider}"]
    {
        assert!(document["paths"][path].is_object(), "{path}");
    }
    assert_eq!(place.files(""), [""; 0], "a document needs no database");
    let server = place.serve().await;
    assert_eq!(server.client().get("/openapi.json").await.ok(), document);
}

/// The least length of passwords is a setting, and the document describes the configured server.
#[tokio::test]
async fn openapi_describes_the_configured_server() {
    let place = Place::sqlite().with("VESTIBULE_AUTH_PASSWORD_MIN_LENGTH", "12");
    let document = place.run("openapi").await.json();
    assert_eq!(document["components"]["schemas"]["NewPassword"]["properties"]["password"]["minLength"], 12);
    let server = place.serve().await;
    assert_eq!(server.client().get("/openapi.json").await.ok(), document);
    server.stop().await;
    let wrong = Place::sqlite().with("VESTIBULE_AUTH_PASSWORD_MIN_LENGTH", "7").run("openapi").await.failed(2);
    assert!(wrong.contains("VESTIBULE_AUTH_PASSWORD_MIN_LENGTH"), "{wrong}");
}

/// `vestibule … | head -1`: a reader that closes the pipe early is no failure.
#[tokio::test]
async fn a_closed_pipe_is_no_failure() {
    let place = Place::sqlite();
    place.ok("migrate").await;
    for arguments in ["user list", "invite list --json", "config show", "openapi", "--help", "migrate"] {
        let command = "exec 3>&1; { \"$@\"; echo \"exit $?\" >&3; } | true";
        let output = place.command_by_shell(command, arguments.split(' ')).output().await.unwrap();
        let ran = Ran::new(&[arguments], output);
        assert_eq!((ran.out.as_str(), ran.err.as_str()), ("exit 0\n", ""), "{arguments}");
    }
    // The work is done anyway.
    let command = "\"$@\" | true; \"$@\" >&-";
    let create = ["user", "create", "--password", "correct horse battery", "--email"];
    place.command_by_shell(command, create.into_iter().chain(["ada@example.com"])).output().await.unwrap();
    assert!(place.ok("user show ada@example.com").await.contains("ada@example.com"));
}

#[tokio::test]
async fn output_that_cannot_be_written_is_a_failure() {
    let place = Place::sqlite();
    place.ok("migrate").await;
    for arguments in ["user list", "openapi", "config show"] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = place.command(arguments.split(' ')).stdout(Stdio::from(full)).spawn().unwrap().wait_with_output();
        let message = Ran::new(&[arguments], output.await.unwrap()).failed(1);
        assert!(message.starts_with("the output could not be written: No space left on device"), "{message}");
    }
}

/// Text from users cannot control a terminal: ESC, other controls, and marks that change the direction of text.
#[tokio::test]
async fn text_from_users_is_escaped() {
    let place = Place::sqlite();
    let (_server, mut admin) = place.serve_admin().await;
    let body = json!({
        "email": "ada@example.com", "first_name": "Ada", "metadata": { "note": "\u{1b}[31m \u{9b}2J\n\u{202e}" },
    });
    admin.post("/admin/users", body).await.ok();
    let shown = format!("{}{}", place.ok("user show ada@example.com").await, place.ok("user list").await);
    assert!(shown.chars().all(|c| c == '\n' || (!c.is_control() && c != '\u{202e}')), "{shown:?}");
    assert!(shown.contains("\\u{202e}") && shown.contains("\\u{9b}2J"), "{shown}");
    // JSON contains the original text.
    let user = place.run("user show ada@example.com --json").await.json();
    assert_eq!(
        (&user["first_name"], &user["metadata"]["note"]),
        (&json!("Ada"), &json!("\u{1b}[31m \u{9b}2J\n\u{202e}"))
    );
}

/// Standard error may be closed, too; the work continues.
#[tokio::test]
async fn a_closed_standard_error_is_no_failure() {
    let place = Place::sqlite();
    let output = place.command_by_shell("\"$@\" 2>&-", ["invite", "create", "--email", "a@example.com"]).output().await;
    let link = Ran::new(&[], output.unwrap()).ok();
    assert!(link.starts_with("http://localhost:9000/app/invite?token=ey"), "{link}");
}

/// The log goes to standard error, as JSON if configured.
#[tokio::test]
async fn the_log_is_text_or_json() {
    let place = Place::sqlite();
    let text = place.serve().await.stop().await.err;
    let first = "INFO vestibule::commands::serve: there are no users yet: open http://localhost:";
    let then = " within a day to create the first administrator, or use `vestibule user create";
    assert!(text[0].contains("INFO vestibule::commands::setup: created a new database at /"), "{text:?}");
    let is_about_users =
        |line: &String| line.contains(first) && line.contains("/app/setup?token=") && line.contains(then);
    assert_eq!(text.iter().filter(|line| is_about_users(line)).count(), 1, "{text:?}");
    let ended = place.serve_with(&["--log-format", "json"]).await.stop().await;
    for line in &ended.err {
        let event: Json = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(event["message"].is_string() && event["level"].is_string() && event["timestamp"].is_string(), "{line}");
    }
    assert!(ended.err.len() >= 2, "{ended:?}");
    assert_eq!(place.serve_with(&["--log-level", "off"]).await.stop().await.err, [""; 0]);
}
