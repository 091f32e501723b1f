//! Bodies that are too large, too slow or broken.

use super::*;

const TOO_LARGE: &str =
    r#"{"type":"invalid_data","message":"The request's body is too large: it may have at most 262144 bytes"}"#;

async fn server() -> Server {
    Server::layered(&config()).await
}

#[tokio::test]
async fn a_body_may_have_256_kib_and_not_a_byte_more() {
    let server = server().await;
    let body = "x".repeat(256 * 1024);
    let response = server.request("POST /echo HTTP/1.1", &body).await;
    assert_eq!((response.status(), response.body.len()), (200, body.len()));
    let response = server.request("POST /echo HTTP/1.1", &format!("{body}x")).await;
    assert_eq!((response.status(), response.text()), (413, TOO_LARGE));
    assert_eq!(response.header("content-type"), Some("application/json; charset=utf-8"));
    assert!(response.header("x-request-id").is_some());
}

#[tokio::test]
async fn a_body_of_unknown_length_is_counted() {
    let server = server().await;
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(65_536));
    for (chunks, status) in [(1, 200), (4, 200), (5, 413)] {
        let body = format!("{}0\r\n\r\n", chunk.repeat(chunks));
        let mut client = server.connect().await;
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n").await;
        client.send(&body).await;
        let response = client.response().await;
        assert_eq!(response.status(), status, "{chunks}");
        assert_eq!(response.body.len(), if status == 200 { chunks * 65_536 } else { TOO_LARGE.len() });
    }
}

#[tokio::test]
async fn the_route_of_uploads_reads_larger_bodies_itself() {
    let server = Server::layered(&config().uploads("/echo")).await;
    let body = "x".repeat(1 << 20);
    for (request, status) in [("POST /echo", 200), ("POST /echo/1", 413), ("PUT /echo", 413)] {
        let response = server.request(&format!("{request} HTTP/1.1"), &body).await;
        assert_eq!(response.status(), status, "{request}");
    }
}

#[tokio::test]
async fn a_client_that_sends_all_of_an_enormous_body_first_still_gets_the_response() {
    let server = server().await;
    let mut client = server.connect().await;
    let response = client.request("POST /echo HTTP/1.1", &"x".repeat(20 << 20)).await;
    assert_eq!((response.status(), response.text()), (413, TOO_LARGE));
    assert_eq!(response.header("connection"), Some("close"));
    client.closed().await;
}

#[tokio::test]
async fn a_client_that_expects_continue_is_refused_at_once() {
    let server = server().await;
    let mut client = server.connect().await;
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 262145\r\nExpect: 100-continue\r\n\r\n").await;
    assert_eq!(client.response().await.status(), 413);
}

#[tokio::test]
async fn a_client_that_sends_for_ever_is_cut_off() {
    let limits = ServerLimits { linger: Duration::from_millis(100), ..ServerLimits::default() };
    let server = Server::start(with_layers(routes(), &config()), limits).await;
    let mut client = server.connect().await;
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(65_536));
    let sending = async { while client.stream.write_all(chunk.as_bytes()).await.is_ok() {} };
    tokio::time::timeout(PATIENCE, sending).await.expect("the connection stays open");
}

#[tokio::test]
async fn a_body_in_many_tiny_pieces_arrives_whole() {
    let server = server().await;
    let mut client = server.connect().await;
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    client.send(&format!("{}0\r\nTrailer: x\r\n\r\n", "1\r\nx\r\n".repeat(5_000))).await;
    assert_eq!(client.response().await.body, "x".repeat(5_000).as_bytes());
    assert_eq!(client.request("GET /fine HTTP/1.1", "").await.text(), "fine");
}

#[tokio::test]
async fn a_body_that_stalls_returns_408_and_closes() {
    let limits = ServerLimits { body_stall: Duration::from_millis(50), ..ServerLimits::default() };
    let server = Server::start(with_layers(routes(), &config()), limits).await;
    let mut client = server.connect().await;
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf").await;
    let response = client.response().await;
    assert_eq!(response.status(), 408);
    assert_eq!(
        response.text(),
        r#"{"type":"invalid_data","message":"The request's body did not arrive in time. Send it again"}"#
    );
    client.closed().await;
}

#[tokio::test]
async fn a_broken_body_returns_400() {
    let server = server().await;
    let mut client = server.connect().await;
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nrubbish\r\n").await;
    let response = client.response().await;
    assert_eq!(response.status(), 400);
    assert_eq!(
        response.text(),
        r#"{"type":"invalid_data","message":"The request's body ended early or is not well-formed"}"#
    );
}

#[tokio::test]
async fn the_limit_can_be_raised_above_axums_own() {
    let server = Server::layered(&config().body_limit(4 << 20)).await;
    let response = server.request("POST /echo HTTP/1.1", &"x".repeat(4 << 20)).await;
    assert_eq!((response.status(), response.body.len()), (200, 4 << 20));
}
