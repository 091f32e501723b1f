//! Slow servers cannot hold the sender.

use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};
use vestibule_webhook::{Answer, Client, ClientConfig, Then};

use crate::server::{Server, Step};
use crate::support::{client, config, impatient, send};

#[tokio::test]
async fn a_silent_server_times_out() {
    let server = Server::start([vec![Step::Silence]]).await;
    let failure = send(&impatient(), &server.url()).await.unwrap_err();
    assert_eq!(failure.to_string(), "did not answer within 250 ms");
    assert_eq!((failure.status, failure.then, failure.answer), (None, Then::Again(None), None));
}

#[tokio::test]
async fn a_head_that_drips_times_out() {
    let server = Server::start([vec![Step::Drip("HTTP/1.1 200 OK\r\nx-slow: ")]]).await;
    assert_eq!(send(&impatient(), &server.url()).await.unwrap_err().to_string(), "did not answer within 250 ms");
}

#[tokio::test]
async fn a_head_without_end_fails() {
    let server = Server::start([vec![Step::Endless("HTTP/1.1 200 OK\r\nx-long: ")]]).await;
    let failure = send(&client(), &server.url()).await.unwrap_err();
    assert!(failure.to_string().starts_with("its answer is not HTTP: "), "{failure}");
}

#[tokio::test]
async fn a_body_that_drips_is_cut_off() {
    let server = Server::start([vec![Step::Drip("HTTP/1.1 500 No\r\ncontent-length: 1000000\r\n\r\n")]]).await;
    let failure = send(&impatient(), &server.url()).await.unwrap_err();
    assert_eq!(failure.to_string(), "answered 500");
    assert!(failure.answer.unwrap().starts_with('x'));
    // The status has decided: the message was accepted, and must not be sent again for its body.
    let server = Server::start([vec![Step::Drip("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")]]).await;
    assert_eq!(send(&impatient(), &server.url()).await, Ok(Answer { status: 200 }));
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    let started = Instant::now();
    let server = Server::start([vec![Step::Endless("HTTP/1.1 500 No\r\ncontent-length: 9999999999\r\n\r\n")]]).await;
    let failure = send(&client(), &server.url()).await.unwrap_err();
    assert_eq!((failure.to_string().as_str(), failure.answer), ("answered 500", Some("x".repeat(512))));
    let server = Server::start([vec![Step::Endless("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")]]).await;
    assert_eq!(send(&client(), &server.url()).await, Ok(Answer { status: 200 }));
    assert!(started.elapsed() < config().timeout, "reading stops after 64 KiB, before the time limit");
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_times_out() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    assert_eq!(send(&impatient(), &url).await.unwrap_err().to_string(), "did not answer within 250 ms");
}

/// The server does not accept, and its queue is full.
#[tokio::test]
async fn connecting_times_out() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(stream) = timeout(Duration::from_millis(100), TcpStream::connect(address)).await {
        waiting.push(stream.unwrap());
    }
    let client = Client::new(&ClientConfig { connect_timeout: Duration::from_millis(100), ..config() }).unwrap();
    let failure = send(&client, &format!("http://{address}/")).await.unwrap_err();
    assert_eq!(failure.to_string(), "127.0.0.1 could not be connected to within 100 ms");
}
