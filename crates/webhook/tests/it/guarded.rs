//! The guard in use: when a connection is made.

use vestibule_webhook::{AddressGuard, Client, ClientConfig, Then};

use crate::server::Server;
use crate::support::{client, config, send};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

fn guarded() -> Client {
    Client::new(&ClientConfig { guard: AddressGuard::default(), ..config() }).unwrap()
}

#[tokio::test]
async fn a_name_that_resolves_to_this_machine_is_refused() {
    let server = Server::answering(OK).await;
    let url = format!("http://localhost:{}/", server.address.port());
    let failure = send(&guarded(), &url).await.unwrap_err();
    assert!(failure.to_string().starts_with("localhost is "), "{failure}");
    assert!(
        failure
            .to_string()
            .ends_with(", a loopback address: allow it with webhooks.allowed_networks or use a public one"),
        "{failure}"
    );
    assert_eq!((failure.status, failure.then, failure.answer), (None, Then::Again(None), None));
    assert!(server.requests().is_empty());

    assert_eq!(send(&client(), &url).await.unwrap().status, 200);
    assert!(server.requests()[0].1.contains(&format!("host: localhost:{}\r\n", server.address.port())));
}

#[tokio::test]
async fn every_spelling_of_this_machine_is_refused() {
    let server = Server::answering(OK).await;
    let port = server.address.port();
    for host in ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]", "[::1]", "0.0.0.0"] {
        for scheme in ["http", "https"] {
            let failure = send(&guarded(), &format!("{scheme}://{host}:{port}/")).await.unwrap_err();
            assert!(failure.to_string().contains("allow it with webhooks.allowed_networks"), "{host}: {failure}");
        }
    }
    assert!(server.requests().is_empty());
    assert_eq!(send(&client(), &format!("http://[::ffff:127.0.0.1]:{port}/")).await.unwrap().status, 200);
}

#[tokio::test]
async fn public_addresses_require_https() {
    let failure = send(&client(), "http://1.1.1.1/").await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "1.1.1.1 would be sent to without encryption: use https, or allow its network with webhooks.allowed_networks"
    );
}

#[tokio::test]
async fn an_unknown_name_fails() {
    let failure = send(&client(), "https://hooks.invalid/").await.unwrap_err();
    // Without a DNS server, the time limit comes first.
    let reasons = ["the name hooks.invalid cannot be resolved: ", "hooks.invalid could not be connected to within 5 s"];
    assert!(reasons.iter().any(|reason| failure.to_string().starts_with(reason)), "{failure}");
}
