//! What happens to connections when the server stops.

use std::sync::Arc;

use tokio::sync::Notify;

use super::*;

/// A server whose route `/slow` responds when `go` is notified, and the notification that it is waiting.
async fn server(limits: ServerLimits) -> (Server, Arc<Notify>, Arc<Notify>) {
    let (waiting, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (is_waiting, may_go) = (Arc::clone(&waiting), Arc::clone(&go));
    let slow = async move || {
        is_waiting.notify_one();
        may_go.notified().await;
        "finished"
    };
    let app = with_layers(routes().route("/slow", get(slow)), &config());
    (Server::start(app, limits).await, waiting, go)
}

#[tokio::test]
async fn running_requests_finish_and_idle_connections_are_closed_at_once() {
    let (server, waiting, go) = server(ServerLimits::default()).await;
    let mut fresh = server.connect().await;
    let mut idle = server.connect().await;
    assert_eq!(idle.request("GET /fine HTTP/1.1", "").await.text(), "fine");
    let mut running = server.connect().await;
    running.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    waiting.notified().await;

    server.stop.send(()).unwrap();
    idle.closed().await;
    fresh.closed().await;
    assert!(TcpStream::connect(server.address).await.is_err(), "connections are still accepted");
    assert!(!server.ended.is_finished());

    go.notify_one();
    let response = running.response().await;
    assert_eq!((response.status(), response.text()), (200, "finished"));
    assert_eq!(response.header("connection"), Some("close"));
    running.closed().await;
    server.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_request_that_never_ends_is_cut_off_after_the_limit() {
    let (server, waiting, _go) = server(ServerLimits { stop: Duration::from_millis(50), ..Default::default() }).await;
    let mut running = server.connect().await;
    running.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    waiting.notified().await;
    server.stop.send(()).unwrap();
    running.closed().await;
    server.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_request_whose_body_is_still_arriving_gets_its_response() {
    let (server, ..) = server(ServerLimits::default()).await;
    let mut client = server.connect().await;
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n").await;
    assert_eq!(client.response().await.status(), 100);
    server.stop.send(()).unwrap();
    client.send("body").await;
    assert_eq!(client.response().await.text(), "body");
    server.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn dropping_the_server_cuts_off_everything() {
    let (server, waiting, _go) = server(ServerLimits::default()).await;
    let mut running = server.connect().await;
    running.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    waiting.notified().await;
    server.ended.abort();
    running.closed().await;
}

#[tokio::test]
async fn a_client_that_sends_requests_without_pause_does_not_keep_the_server_running() {
    let (server, ..) = server(ServerLimits::default()).await;
    let (mut responses, mut requests) = server.connect().await.stream.into_split();
    let asking = tokio::spawn(async move {
        let many = "GET /fine HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1_000);
        while requests.write_all(many.as_bytes()).await.is_ok() {}
    });
    let mut read = vec![0; 1 << 16];
    responses.read_exact(&mut read).await.unwrap();
    let reading = tokio::spawn(async move { while matches!(responses.read(&mut read).await, Ok(1..)) {} });
    server.stop.send(()).unwrap();
    tokio::time::timeout(PATIENCE, server.ended).await.expect("the server does not end").unwrap().unwrap();
    asking.await.unwrap();
    reading.await.unwrap();
}
