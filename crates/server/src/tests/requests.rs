//! What every response contains, and what is logged.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::Extension;
use tracing::Level;

use super::*;

#[tokio::test]
async fn a_valid_request_id_is_kept() {
    let server = Server::layered(&config()).await;
    for id in ["a", "abc-1", "A.b_c-9", &"x".repeat(64)] {
        let response = server.request(&format!("GET /fine HTTP/1.1\r\nX-Request-Id: {id}"), "").await;
        assert_eq!(response.header("x-request-id"), Some(id.to_lowercase().as_str()));
    }
}

#[tokio::test]
async fn any_other_request_id_is_replaced() {
    let server = Server::layered(&config()).await;
    let mut made = Vec::new();
    for id in ["", "a b", "a;b", "ä", "<script>", "\"", &"x".repeat(65)] {
        let response = server.request(&format!("GET /fine HTTP/1.1\r\nX-Request-Id: {id}"), "").await;
        made.push(response.header("x-request-id").unwrap().to_owned());
    }
    assert!(made.iter().all(|id| id.starts_with("req_") && id.len() == 31), "{made:?}");
    made.sort();
    made.dedup();
    assert_eq!(made.len(), 7, "{made:?}");
}

#[tokio::test]
async fn handlers_find_the_request_id() {
    let app = Router::new().route("/", get(async |Extension(id): Extension<RequestId>| id.to_string()));
    let server = Server::start(with_layers(app, &config()), ServerLimits::default()).await;
    let response = server.request("GET / HTTP/1.1", "").await;
    assert_eq!(response.header("x-request-id"), Some(response.text()));
}

#[tokio::test]
async fn security_headers_are_on_every_response() {
    let server = Server::layered(&config()).await;
    for path in ["/fine", "/nosuch"] {
        let response = server.request(&format!("GET {path} HTTP/1.1"), "").await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "deny"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(response.header(name), Some(value), "{path}");
        }
        assert_eq!(response.header("strict-transport-security"), None);
    }
    let server = Server::layered(&config().public_url("https://shop.example/admin").unwrap()).await;
    let response = server.request("GET /fine HTTP/1.1", "").await;
    assert_eq!(response.header("strict-transport-security"), Some("max-age=31536000"));
    let config = config().public_url("https://shop.example").unwrap().hsts_subdomains(true);
    let response = Server::layered(&config).await.request("GET /fine HTTP/1.1", "").await;
    assert_eq!(response.header("strict-transport-security"), Some("max-age=31536000; includesubdomains"));
}

/// RFC 9112 3.2
#[tokio::test]
async fn a_request_without_one_valid_host_returns_400() {
    let server = Server::layered(&config()).await;
    for (version, hosts, status) in [
        ("1.1", "Host: shop.example:80\r\n", 200),
        ("1.1", "", 400),
        ("1.1", "Host: a\r\nHost: a\r\n", 400),
        ("1.1", "Host: a\r\nHost: b\r\n", 400),
        ("1.1", "Host:\r\n", 400),
        ("1.1", "Host: a b\r\n", 400),
        ("1.1", "Host: a/b\r\n", 400),
        ("1.1", "Host: a:b\r\n", 400),
        ("1.0", "", 200),
        ("1.0", "Host: a\r\nHost: b\r\n", 400),
    ] {
        for target in ["/fine", "http://a/fine"] {
            let mut client = server.connect().await;
            client.send(&format!("GET {target} HTTP/{version}\r\n{hosts}\r\n")).await;
            let response = client.response().await;
            assert_eq!(response.status(), status, "{version} {target} {hosts:?}");
            if status == 400 {
                assert!(response.text().starts_with(r#"{"type":"invalid_data","message":"The header Host"#));
                assert_eq!(response.header("connection"), Some("close"));
            }
        }
    }
}

#[tokio::test]
async fn a_handlers_own_headers_take_precedence() {
    let handler = async || {
        use axum::response::AppendHeaders;
        let cookies = AppendHeaders([("set-cookie", "a=1"), ("set-cookie", "b=2")]);
        ([("cache-control", "max-age=60"), ("content-security-policy", "default-src 'self'")], cookies, "page")
    };
    let app = Router::new().route("/", get(handler));
    let server = Server::start(with_layers(app, &config()), ServerLimits::default()).await;
    let response = server.request("GET / HTTP/1.1", "").await;
    assert_eq!(response.header("cache-control"), Some("max-age=60"));
    assert_eq!(response.header("content-security-policy"), Some("default-src 'self'"));
    assert!(response.head.contains("set-cookie: a=1\r\n") && response.head.contains("set-cookie: b=2\r\n"));
    for name in ["cache-control", "content-security-policy", "content-type"] {
        assert_eq!(response.head.matches(&format!("{name}:")).count(), 1, "{name}");
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Write::write(&mut *self.0.lock().unwrap(), bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Returns the log, from `level` on, of requests with these heads, sent one after another on one connection.
async fn logged(level: Level, heads: &[&str]) -> (Vec<Response>, String) {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .without_time()
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let app = routes()
        .route("/panic", get(async || -> &'static str { panic!("a fault of ours") }))
        .route("/users/{id}", get(async || tracing::info!("from within")))
        .route("/away", get(async || http::StatusCode::SERVICE_UNAVAILABLE));
    let server = Server::start(with_layers(app, &config()), ServerLimits::default()).await;
    let mut client = server.connect().await;
    let mut responses = Vec::new();
    for head in heads {
        responses.push(client.request(head, "").await);
    }
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    (responses, text.lines().filter(|line| line.contains("vestibule")).map(|line| format!("{line}\n")).collect())
}

#[tokio::test]
async fn a_panic_returns_500_is_logged_once_and_keeps_the_connection() {
    let heads = ["GET /panic?token=secret HTTP/1.1\r\nX-Request-Id: abc-1", "GET /fine HTTP/1.1"];
    let (responses, log) = logged(Level::INFO, &heads).await;
    assert_eq!(responses[0].status(), 500);
    assert_eq!(
        responses[0].text(),
        r#"{"code":"unknown_error","type":"unknown_error","message":"An unknown error occurred."}"#
    );
    assert_eq!(responses[0].header("x-request-id"), Some("abc-1"));
    assert_eq!(responses[0].header("cache-control"), Some("no-store"));
    assert_eq!(responses[1].text(), "fine");
    assert_eq!(log.lines().count(), 1, "{log}");
    for part in ["ERROR", "request_id=abc-1", r#"route="/panic""#, "status=500", r#"panic="a fault of ours""#] {
        assert!(log.contains(part), "{part} in {log}");
    }
    assert!(!log.contains("secret"), "{log}");
}

#[tokio::test]
async fn every_request_is_one_event_without_its_query() {
    let heads = [
        "GET /users/7?token=secret HTTP/1.1\r\nX-Request-Id: one",
        "GET /nosuch?token=secret HTTP/1.1\r\nAuthorization: Bearer secret\r\nCookie: connect.sid=secret",
        "GET /away HTTP/1.1\r\nX-Request-Id: three",
    ];
    let (_, log) = logged(Level::DEBUG, &heads).await;
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 4, "{log}");
    assert!(lines[0].contains("INFO request{id=one}") && lines[0].contains("from within"), "{log}");
    assert!(lines[1].contains(r#"DEBUG"#) && lines[1].contains(r#"method="GET" route="/users/{id}" status=200"#));
    assert!(lines[1].contains("duration_us=") && lines[1].contains("request_id=one"), "{log}");
    assert!(lines[2].contains(r#"route="/nosuch" status=404"#), "{log}");
    assert!(lines[3].contains("ERROR") && lines[3].contains("status=503"), "{log}");
    assert!(!log.contains("secret"), "{log}");
}

#[tokio::test]
async fn handlers_find_the_clients_address() {
    let app =
        || Router::new().route("/", get(async |Extension(client): Extension<ClientAddress>| client.0.to_string()));
    let proxies = TrustedProxies::new(["127.0.0.0/8"]).unwrap();
    let head = "GET / HTTP/1.1\r\nX-Forwarded-For: 1.2.3.4, 203.0.113.9";
    for (config, expected) in [(config(), "127.0.0.1"), (config().trusted_proxies(proxies), "203.0.113.9")] {
        let server = Server::start(with_layers(app(), &config), ServerLimits::default()).await;
        assert_eq!(server.request(head, "").await.text(), expected);
        assert_eq!(server.request("GET / HTTP/1.1", "").await.text(), "127.0.0.1");
    }
}

#[tokio::test]
async fn an_unknown_proxy_is_reported_once() {
    let forwarded = "GET /fine HTTP/1.1\r\nX-Forwarded-For: 203.0.113.9";
    let (_, log) = logged(Level::INFO, &["GET /fine HTTP/1.1", forwarded, forwarded]).await;
    assert_eq!(log.lines().count(), 1, "{log}");
    for part in ["WARN", "server.trusted_proxies", "address=127.0.0.1", "header=x-forwarded-for"] {
        assert!(log.contains(part), "{part} in {log}");
    }
}
