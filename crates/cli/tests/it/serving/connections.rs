//! Settings of connections, and of websites and apps that may call the API.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::{PATIENCE, Place, Server};

/// One connection, kept open from request to request.
struct Connection(TcpStream);

impl Connection {
    async fn open(server: &Server) -> Self {
        Self(TcpStream::connect(server.address).await.unwrap())
    }

    /// Sends a request without a body, with these header lines, and returns the response's head.
    async fn ask(&mut self, line: &str, headers: &str) -> String {
        let head = format!("{line} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        self.0.write_all(head.as_bytes()).await.unwrap();
        let mut received = Vec::new();
        while !received.windows(4).any(|end| end == b"\r\n\r\n") {
            let mut part = [0; 4096];
            let count = timeout(PATIENCE, self.0.read(&mut part)).await.expect("no response").unwrap();
            assert_ne!(count, 0, "the connection was closed");
            received.extend_from_slice(&part[..count]);
        }
        String::from_utf8(received).unwrap().split("\r\n\r\n").next().unwrap().to_owned()
    }

    /// Waits until the server closes the connection.
    async fn closed(mut self) {
        let mut rest = Vec::new();
        timeout(PATIENCE, self.0.read_to_end(&mut rest)).await.expect("the connection stays open").unwrap();
    }
}

#[tokio::test]
async fn keep_alive_closes_idle_connections_after_the_configured_time() {
    let place = Place::sqlite();
    let short = place.serve_with(&["--keep-alive", "1s"]).await;
    let other = Place::sqlite();
    let long = other.serve_with(&["--keep-alive", "1h"]).await;
    let [mut closing, mut staying] = [Connection::open(&short).await, Connection::open(&long).await];
    for connection in [&mut staying, &mut closing] {
        assert!(connection.ask("GET /health/live", "").await.starts_with("HTTP/1.1 200 "));
    }
    closing.closed().await;
    assert!(staying.ask("GET /health/live", "").await.starts_with("HTTP/1.1 200 "));
}

/// Capacitor, Ionic and Tauri serve an app's pages under their own schemes.
#[tokio::test]
async fn cors_origins_accepts_the_schemes_of_apps() {
    let listed = ["capacitor://localhost", "ionic://localhost", "tauri://localhost", "http://tauri.localhost"];
    let place = Place::sqlite();
    let server = place.serve_with(&["--cors-origins", &listed.join(",")]).await;
    for origin in listed {
        let preflight = format!("Origin: {origin}\r\nAccess-Control-Request-Method: POST\r\n");
        let head = Connection::open(&server).await.ask("OPTIONS /auth/user/emailpass", &preflight).await;
        assert!(head.starts_with("HTTP/1.1 204 "), "{head}");
        assert!(head.contains(&format!("\r\naccess-control-allow-origin: {origin}\r\n")), "{head}");
        assert!(head.contains("\r\naccess-control-allow-credentials: true"), "{head}");
    }
    for origin in ["capacitor://evil", "ionic://localhost:1", "file://localhost", "tauri://localhost.evil"] {
        let preflight = format!("Origin: {origin}\r\nAccess-Control-Request-Method: POST\r\n");
        let head = Connection::open(&server).await.ask("OPTIONS /auth/user/emailpass", &preflight).await;
        assert!(!head.contains("access-control-allow-origin"), "{head}");
    }
}
