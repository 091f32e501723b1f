//! Connections: reused, closed, refused.

use vestibule_webhook::{Answer, Then};

use crate::server::{Server, Step};
use crate::support::{client, send};

fn ok() -> Step {
    Step::Answer("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".to_owned())
}

fn numbers(server: &Server) -> Vec<usize> {
    server.requests().into_iter().map(|(connection, _)| connection).collect()
}

#[tokio::test]
async fn a_connection_carries_several_messages() {
    let server = Server::start([vec![ok(), ok(), ok()]]).await;
    let client = client();
    for _ in 0..3 {
        assert_eq!(send(&client.clone(), &server.url()).await, Ok(Answer { status: 200 }));
    }
    assert_eq!(numbers(&server), [0, 0, 0]);
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_is_replaced() {
    let server = Server::start([vec![ok()], vec![ok()]]).await;
    let client = client();
    for _ in 0..2 {
        assert_eq!(send(&client, &server.url()).await, Ok(Answer { status: 200 }));
    }
    assert_eq!(numbers(&server), [0, 1]);
}

/// The server closes the connection while the message is in transit.
#[tokio::test]
async fn a_reused_connection_that_closes_is_replaced() {
    let server = Server::start([vec![ok(), Step::Close], vec![ok()]]).await;
    let client = client();
    for _ in 0..2 {
        assert_eq!(send(&client, &server.url()).await, Ok(Answer { status: 200 }));
    }
    assert_eq!(numbers(&server), [0, 0, 1]);
}

#[tokio::test]
async fn a_new_connection_that_closes_is_not_tried_twice() {
    let server = Server::start([vec![Step::Close], vec![ok()]]).await;
    let failure = send(&client(), &server.url()).await.unwrap_err();
    assert_eq!(failure.to_string(), "closed the connection without an answer");
    assert_eq!((failure.status, failure.then), (None, Then::Again(None)));
    assert_eq!(numbers(&server), [0]);
}

#[tokio::test]
async fn a_response_that_breaks_within_the_head_fails() {
    let server = Server::answering("HTTP/1.1 200 O").await;
    let failure = send(&client(), &server.url()).await.unwrap_err();
    assert_eq!(failure.to_string(), "closed the connection without an answer");
}

#[tokio::test]
async fn a_response_that_breaks_within_the_body_counts() {
    let server = Server::answering("HTTP/1.1 500 No\r\ncontent-length: 100\r\n\r\nhalf").await;
    let failure = send(&client(), &server.url()).await.unwrap_err();
    assert_eq!((failure.to_string().as_str(), failure.answer.as_deref()), ("answered 500", Some("half")));
}

#[tokio::test]
async fn a_refused_connection_fails() {
    let server = Server::start([]).await;
    // The listener closes after the first failure, so the second attempt is refused and not reset.
    let _ = send(&client(), &server.url()).await;
    let failure = send(&client(), &server.url()).await.unwrap_err();
    let begin = format!("127.0.0.1 at {} cannot be connected to: Connection refused", server.address);
    assert!(failure.to_string().starts_with(&begin), "{failure}");
    assert_eq!((failure.status, failure.then), (None, Then::Again(None)));
}
