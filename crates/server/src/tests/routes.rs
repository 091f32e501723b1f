//! Unknown routes, other methods, and compression.

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use axum::Extension;

use super::*;

#[tokio::test]
async fn an_unknown_route_is_a_json_404() {
    let server = Server::layered(&config()).await;
    let response = server.request("GET /admin/nosuch?token=secret HTTP/1.1", "").await;
    assert_eq!(response.status(), 404);
    assert_eq!(response.text(), r#"{"type":"not_found","message":"There is no route GET /admin/nosuch"}"#);
    assert_eq!(response.header("content-type"), Some("application/json; charset=utf-8"));
}

#[tokio::test]
async fn unusual_targets_get_a_response_too() {
    let server = Server::layered(&config()).await;
    for head in ["CONNECT shop.example:80 HTTP/1.1", "GET http://other.example/x HTTP/1.1", "X / HTTP/1.1"] {
        assert_eq!(server.request(head, "").await.status(), 404, "{head}");
    }
    let long = format!("GET /{} HTTP/1.1", "x".repeat(60_000));
    let response = server.request(&long, "").await;
    assert_eq!(response.status(), 404);
    assert!(response.body.len() < 300);
}

/// Load balancers check a server like this: HAProxy sends `OPTIONS / HTTP/1.0`, without `Host`.
#[tokio::test]
async fn options_of_the_whole_server_returns_204() {
    let server = Server::layered(&config()).await;
    for request in
        ["OPTIONS / HTTP/1.0\r\n\r\n", "OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"]
    {
        let mut client = server.connect().await;
        client.send(request).await;
        assert_eq!(client.response().await.status(), 204, "{request}");
    }
    assert_eq!(server.request("OPTIONS /nosuch HTTP/1.1", "").await.status(), 404);
}

#[tokio::test]
async fn another_method_is_a_json_405_that_lists_the_allowed_ones() {
    let server = Server::layered(&config()).await;
    let response = server.request("DELETE /fine HTTP/1.1", "").await;
    assert_eq!((response.status(), response.header("allow")), (405, Some("get,head")));
    assert_eq!(
        response.text(),
        r#"{"type":"not_allowed","message":"DELETE is not possible here. The header Allow lists the methods that are."}"#
    );
    let response = server.request("OPTIONS /fine HTTP/1.1", "").await;
    assert_eq!((response.status(), response.header("allow"), response.text()), (204, Some("get,head"), ""));
}

async fn compressing() -> Server {
    let app = routes()
        .route("/long", get(async || ([("content-type", "application/json")], "[0,1,2]".repeat(1_000))))
        .route("/short", get(async || ([("content-type", "application/json")], "0".repeat(1_024))))
        .route("/image", get(async || ([("content-type", "image/png")], "0".repeat(10_000))));
    Server::start(with_layers(app, &config()), ServerLimits::default()).await
}

#[tokio::test]
async fn long_responses_are_compressed_if_the_client_accepts_it() {
    let server = compressing().await;
    for (path, accepts, encoding) in [
        ("/long", "gzip, deflate", Some("gzip")),
        ("/long", "gzip, br", Some("br")),
        ("/long", "br;q=0, gzip", Some("gzip")),
        ("/long", "identity", None),
        ("/long", "gzip;q=0, identity;q=0", None),
        ("/short", "gzip", None),
        ("/image", "gzip", None),
    ] {
        let response = server.request(&format!("GET {path} HTTP/1.1\r\nAccept-Encoding: {accepts}"), "").await;
        assert_eq!((response.status(), response.header("content-encoding")), (200, encoding), "{path} {accepts}");
        assert_eq!(encoding.is_some(), response.body.len() < 1_000, "{path} {accepts}");
        assert!(encoding.is_none() || response.header("vary") == Some("accept-encoding"), "{path} {accepts}");
    }
}

#[tokio::test]
async fn a_response_to_another_websites_request_is_not_compressed() {
    // Its length would reveal to that website what the page has in common with the address it chose (BREACH).
    let server = compressing().await;
    for (headers, compressed) in [("Sec-Fetch-Site: cross-site", false), ("Sec-Fetch-Site: same-origin", true)] {
        let head = format!("GET /long HTTP/1.1\r\nAccept-Encoding: gzip\r\n{headers}");
        assert_eq!(server.request(&head, "").await.header("content-encoding").is_some(), compressed, "{headers}");
    }
}

#[tokio::test]
async fn a_repeated_response_is_compressed_once_for_all_that_accept_the_same() {
    let once = CompressedOnce::default();
    // In use the content stays the same; here it changes, to show which form is sent.
    let number = Arc::new(AtomicUsize::new(0));
    let app = routes().route(
        "/again",
        get(move || {
            let number = number.fetch_add(1, Relaxed).to_string();
            ready((Extension(once.clone()), [("content-type", "application/json")], number.repeat(2_000)))
        }),
    );
    let server = Server::start(with_layers(app, &config()), ServerLimits::default()).await;
    let request = async |accepts: &str| {
        let response = server.request(&format!("GET /again HTTP/1.1\r\nAccept-Encoding: {accepts}"), "").await;
        let header = |name| response.header(name).map(str::to_owned);
        assert_eq!(response.status(), 200);
        (header("content-encoding"), header("vary"), response.body.clone())
    };
    let first = request("gzip").await;
    assert_eq!((first.0.as_deref(), first.1.as_deref()), (Some("gzip"), Some("accept-encoding")));
    assert_eq!(request("gzip").await, first);
    let other = request("br").await;
    assert_eq!((other.0.as_deref(), other.1.as_deref()), (Some("br"), Some("accept-encoding")));
    let plain = request("identity").await;
    assert_eq!((plain.0, plain.2.len()), (None, 2_000));
    assert_eq!(request("gzip").await, first);
}
