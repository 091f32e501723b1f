//! Requests of other crates, behind the same guard (security.md 42).

use http::Request;
use vestibule_webhook::{Client, ClientConfig, FetchError};

use crate::server::{Server, Step};
use crate::support::{client, impatient};

fn request(url: &str) -> Request<Vec<u8>> {
    Request::post(url).header("x-ours", "1").body(b"grant_type=x".to_vec()).unwrap()
}

#[tokio::test]
async fn a_response_comes_whole_whatever_its_status_is() {
    let long = "x".repeat(100_000);
    for (status, headers) in
        [("200 OK", ""), ("400 Bad Request", ""), ("302 Found", "location: http://127.0.0.1:1/\r\n")]
    {
        let answer = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{long}", long.len());
        let server = Server::answering(answer).await;
        let response = client().fetch(request(&server.url())).await.unwrap();
        assert!(status.starts_with(response.status().as_str()), "redirects are not followed");
        assert_eq!(response.into_body(), long.as_bytes());
        let (_, sent) = server.requests().remove(0);
        assert!(
            sent.starts_with("POST /hooks?from=vestibule HTTP/1.1\r\n") && sent.ends_with("grant_type=x"),
            "{sent}"
        );
        assert!(sent.contains("x-ours: 1\r\n") && sent.contains("user-agent: Vestibule/"), "{sent}");
    }
}

#[tokio::test]
async fn the_guard_holds() {
    let server = Server::start([]).await;
    let guarded = Client::new(&ClientConfig::default()).unwrap();
    let error = guarded.fetch(request(&server.url())).await.unwrap_err();
    assert!(matches!(error, FetchError::Unanswered(_)) && error.to_string().contains("a loopback address"), "{error}");
    let error = guarded.fetch(request("http://ada:hunter2@example.com/")).await.unwrap_err();
    assert!(matches!(error, FetchError::Endpoint(_)) && !error.to_string().contains("hunter2"), "{error}");
}

#[tokio::test]
async fn a_response_that_is_endless_or_never_comes_ends() {
    let endless = "HTTP/1.1 200 OK\r\ntransfer-encoding: identity\r\nconnection: close\r\n\r\n";
    let server = Server::start([vec![Step::Endless(endless)]]).await;
    let error = client().fetch(request(&server.url())).await.unwrap_err();
    assert!(matches!(error, FetchError::TooLong(_)), "{error}");
    let server = Server::start([vec![Step::Silence]]).await;
    let error = impatient().fetch(request(&server.url())).await.unwrap_err();
    assert!(error.to_string().starts_with("did not answer within"), "{error}");
}
