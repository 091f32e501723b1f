//! Limits on slow, idle and many clients (security.md 30).

use rustix::process::{Resource, Rlimit};
use tokio::time::{Instant, timeout};

use super::*;

const SHORT: Duration = Duration::from_millis(100);

async fn server(limits: ServerLimits) -> Server {
    Server::start(with_layers(routes(), &config()), limits).await
}

#[tokio::test]
async fn a_head_that_does_not_end_is_cut_off() {
    let server = server(ServerLimits { header: SHORT, ..ServerLimits::default() }).await;
    for beginning in ["", "G", "GET /fine HTTP/1.1\r\nHost: shop.example\r\nX-Slow: "] {
        let began = Instant::now();
        let mut client = server.connect().await;
        client.send(beginning).await;
        client.closed().await;
        assert!(began.elapsed() >= SHORT, "{beginning:?}");
    }
}

#[tokio::test]
async fn sending_a_head_byte_by_byte_gains_no_time() {
    let server = server(ServerLimits { header: SHORT, ..ServerLimits::default() }).await;
    let mut client = server.connect().await;
    client.send("GET /fine HTTP/1.1\r\n").await;
    let cut = timeout(PATIENCE, async {
        while timeout(SHORT / 10, client.stream.read_u8()).await.is_err() {
            let _ = client.stream.write_all(b"x").await;
        }
    });
    cut.await.expect("the connection stays open");
}

#[tokio::test]
async fn between_two_requests_there_is_more_time_than_for_a_head() {
    let server = server(ServerLimits { header: SHORT, ..ServerLimits::default() }).await;
    let mut client = server.connect().await;
    assert_eq!(client.request("GET /fine HTTP/1.1", "").await.text(), "fine");
    assert!(timeout(SHORT * 3, client.receive()).await.is_err(), "an idle connection was closed as if it were slow");
    assert_eq!(client.request("GET /fine HTTP/1.1", "").await.text(), "fine");
    client.send("GET").await;
    client.closed().await;
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_its_limit() {
    let server = server(ServerLimits { idle: SHORT, ..ServerLimits::default() }).await;
    let mut client = server.connect().await;
    assert_eq!(client.request("GET /fine HTTP/1.1", "").await.text(), "fine");
    client.closed().await;
}

#[tokio::test]
async fn processing_a_request_does_not_count_as_idle() {
    let app = Router::new().route("/slow", get(async || tokio::time::sleep(SHORT * 3).await));
    let limits = ServerLimits { header: SHORT, idle: SHORT, write_stall: SHORT, ..ServerLimits::default() };
    let server = Server::start(with_layers(app, &config()), limits).await;
    assert_eq!(server.request("GET /slow HTTP/1.1", "").await.status(), 200);
}

#[tokio::test]
async fn a_client_that_does_not_read_its_response_is_cut_off() {
    let app = routes().route("/long", get(async || "x".repeat(32 << 20)));
    // With room for one connection, serving the second client proves that the first is gone.
    let limits = ServerLimits { connections: 1, write_stall: SHORT, ..ServerLimits::default() };
    let server = Server::start(app, limits).await;
    let mut deaf = server.connect().await;
    deaf.send("GET /long HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(server.request("GET /fine HTTP/1.1", "").await.text(), "fine");
}

#[tokio::test]
async fn five_hundred_idle_sockets_do_not_slow_the_others() {
    // Both ends of each socket are open files of this process, and the usual limit is 1024.
    let allowed = rustix::process::getrlimit(Resource::Nofile);
    rustix::process::setrlimit(Resource::Nofile, Rlimit { current: allowed.maximum, ..allowed }).unwrap();
    let server = server(ServerLimits::default()).await;
    let mut idle = Vec::new();
    for number in 0..500 {
        let mut client = server.connect().await;
        client
            .send(["", "GET /fine HT", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx"][number % 3])
            .await;
        idle.push(client);
    }
    let mut client = server.connect().await;
    let began = Instant::now();
    for _ in 0..200 {
        assert_eq!(client.request("GET /fine HTTP/1.1", "").await.text(), "fine");
    }
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test]
async fn handlers_know_the_clients_address() {
    use axum::extract::ConnectInfo;
    let app = Router::new().route("/", get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string()));
    let server = Server::start(with_layers(app, &config()), ServerLimits::default()).await;
    let mut client = server.connect().await;
    let response = client.request("GET / HTTP/1.1", "").await;
    assert_eq!(response.text(), client.stream.local_addr().unwrap().to_string());
}

#[tokio::test]
async fn a_head_that_is_too_long_gets_a_response_though_the_client_still_sends() {
    let server = server(ServerLimits::default()).await;
    let mut client = server.connect().await;
    client.send(&format!("GET /fine HTTP/1.1\r\nX-Long: {}\r\n\r\n", "x".repeat(1 << 20))).await;
    assert_eq!(client.response().await.status(), 431);
}
