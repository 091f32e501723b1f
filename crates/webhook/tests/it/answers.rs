//! What each response means, and what the request contains.

use std::time::Duration;

use vestibule_webhook::{Answer, Client, ClientConfig, ClientError, Endpoint, Failure, Message, Reason, Then};

use crate::server::Server;
use crate::support::{
    EXAMPLE_BODY, EXAMPLE_ID, EXAMPLE_SIGNATURE, client, config, example_moment, example_secret, send,
};

async fn answer(head: &str, body: &str) -> Result<Answer, Failure> {
    let server = Server::answering(format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())).await;
    send(&client(), &server.url()).await
}

#[tokio::test]
async fn a_message_has_the_headers_and_signature_of_the_specification() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    send(&client(), &server.url()).await.unwrap();
    let request = server.requests()[0].1.clone();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, EXAMPLE_BODY);
    let mut lines: Vec<_> = head.lines().collect();
    lines[1..].sort_unstable();
    assert_eq!(
        lines,
        [
            "POST /hooks?from=vestibule HTTP/1.1",
            "content-length: 20",
            "content-type: application/json",
            &format!("host: {}", server.address),
            &format!("user-agent: Vestibule/{}", env!("CARGO_PKG_VERSION")),
            &format!("webhook-id: {EXAMPLE_ID}"),
            &format!("webhook-signature: {EXAMPLE_SIGNATURE}"),
            "webhook-timestamp: 1614265330",
        ]
    );
}

#[tokio::test]
async fn any_2xx_is_success() {
    for status in [200, 201, 202, 204] {
        let server = Server::answering(format!("HTTP/1.1 {status} Yes\r\ncontent-length: 0\r\n\r\n")).await;
        assert_eq!(send(&client(), &server.url()).await, Ok(Answer { status }));
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    for status in [301, 302, 303, 307, 308] {
        let head = format!("{status} There\r\nlocation: {}", elsewhere.url());
        let failure = answer(&head, "").await.unwrap_err();
        assert_eq!(
            failure.to_string(),
            format!("answered {status}: redirects are not followed; change the endpoint's URL")
        );
        assert_eq!((failure.status, failure.then), (Some(status), Then::Again(None)));
    }
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn other_statuses_are_failures_to_retry() {
    for status in [400, 401, 404, 429, 500, 503] {
        let failure = answer(&format!("{status} No"), "not today").await.unwrap_err();
        let answer = Some("not today".to_owned());
        assert_eq!(failure.to_string(), format!("answered {status}"));
        let reason = Box::new(Reason::Answered { status, answer: None });
        assert_eq!(failure, Failure { reason, status: Some(status), then: Then::Again(None), answer });
    }
}

#[tokio::test]
async fn status_410_disables_the_endpoint() {
    let failure = answer("410 Gone\r\nretry-after: 5", "").await.unwrap_err();
    assert_eq!(failure.to_string(), "answered 410: it wants no more messages");
    assert_eq!(
        failure,
        Failure { reason: Box::new(Reason::Gone), status: Some(410), then: Then::Disable, answer: None }
    );
}

/// The message was sent on Thu, 25 Feb 2021 15:02:10 GMT.
#[tokio::test]
async fn retry_after_sets_the_wait_up_to_a_day() {
    for (header, wait) in [
        ("0", Some(0)),
        ("120", Some(120)),
        ("86401", Some(86_400)),
        ("99999999999999999999999", Some(86_400)),
        ("Thu, 25 Feb 2021 15:04:10 GMT", Some(120)),
        ("Thu, 25 Feb 2021 15:02:09 GMT", Some(0)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", Some(0)),
        ("Wed, 22 Nov 2034 09:30:00 GMT", Some(86_400)),
        ("Thu, 25 Feb 2021 15:04:10 CET", None),
        ("Thu, 31 Feb 2021 15:04:10 GMT", None),
        ("Thursday", None),
        ("-1", None),
        ("1.5", None),
        ("", None),
    ] {
        for status in [302, 404, 429, 500, 503] {
            let failure = answer(&format!("{status} Wait\r\nretry-after: {header}"), "").await.unwrap_err();
            assert_eq!(failure.then, Then::Again(wait.map(Duration::from_secs)), "{status} {header:?}");
        }
    }
}

#[tokio::test]
async fn the_body_is_kept_short_and_without_control_characters() {
    for (body, kept) in [
        ("  \r\n ", None),
        ("a\tb\r\nc", Some("a b  c".to_owned())),
        ("\u{1b}[31mred\u{202e}\u{0}", Some("\u{fffd}[31mred\u{fffd}\u{fffd}".to_owned())),
        (&"a".repeat(600), Some("a".repeat(512))),
        (&format!("{}ä", "a".repeat(511)), Some("a".repeat(511))),
    ] {
        assert_eq!(answer("500 No", body).await.unwrap_err().answer, kept);
    }
}

#[tokio::test]
async fn a_response_that_is_not_http_fails() {
    let server = Server::answering("SSH-2.0-OpenSSH_9.6\r\n\r\n").await;
    let failure = send(&client(), &server.url()).await.unwrap_err();
    assert!(failure.to_string().starts_with("its answer is not HTTP: "), "{failure}");
}

#[tokio::test]
async fn nothing_is_sent_unsigned_or_with_an_invalid_id() {
    let endpoint: Endpoint = "http://127.0.0.1:9/".parse().unwrap();
    let secrets = [example_secret()];
    let message =
        Message { endpoint: &endpoint, id: EXAMPLE_ID, at: example_moment(), secrets: &secrets, body: "{}".into() };
    let failure = client().send(&Message { secrets: &[], ..message.clone() }).await.unwrap_err();
    assert_eq!(failure.to_string(), "was not sent: the endpoint has no secret to sign with");
    let failure = client().send(&Message { id: "a\r\nb: c", ..message }).await.unwrap_err();
    assert!(failure.to_string().starts_with("was not sent: "), "{failure}");
}

#[test]
fn a_user_agent_that_is_no_header_makes_no_client() {
    let error = Client::new(&ClientConfig { user_agent: "a\nb".into(), ..config() }).unwrap_err();
    assert!(matches!(error, ClientError::UserAgent(_)), "{error}");
}
