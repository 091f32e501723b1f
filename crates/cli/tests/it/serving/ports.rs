//! Listening addresses.

use tokio::net::TcpStream;

use crate::support::{Place, Ran, Server, free_port};

/// Returns whether a server listens on this port.
pub(super) async fn answers(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).await.is_ok()
}

#[tokio::test]
async fn a_port_chosen_by_the_system_is_printed() {
    let place = Place::sqlite();
    let server = place.serve().await;
    assert_ne!(server.address.port(), 0);
    server.client().get("/health").await;
    // Links contain the actual port.
    let link = place.ok(&format!("invite create --email a@example.com --listen {}", server.address)).await;
    assert!(link.starts_with(&format!("http://localhost:{}/app/invite", server.address.port())), "{link}");
}

#[tokio::test]
async fn a_port_in_use_is_reported() {
    let place = Place::sqlite();
    let server = place.serve().await;
    let address = server.address;
    let expected = format!(
        "cannot listen on {address}: Address already in use (os error 98). Stop the program that uses it, or choose \
         another address with --listen"
    );
    for elsewhere in [place, Place::sqlite()] {
        let command = elsewhere.command(["serve", "--log-level", "off", "--listen", &address.to_string()]);
        let ran: Ran = Server::start(command).await.err().expect("two servers on one port");
        assert_eq!(ran.failed(1), expected);
        server.client().get("/health/ready").await.ok();
    }
}

#[tokio::test]
async fn the_variable_port_is_used() {
    // Another test may take the port between its choice and its use.
    for attempt in 1.. {
        let port = free_port();
        let place = Place::sqlite().with("PORT", &port.to_string());
        match Server::start(place.command([])).await {
            Ok(server) => {
                assert_eq!(server.address.to_string(), format!("127.0.0.1:{port}"));
                break;
            }
            Err(ran) => assert!(attempt < 10 && ran.err.contains("Address already in use"), "{ran:?}"),
        }
    }
    // A full address takes precedence.
    let place = Place::sqlite().with("PORT", "1");
    let server = place.serve().await;
    assert_ne!(server.address.port(), 1);
    let message = Place::sqlite().with("PORT", "http").run("serve").await.failed(2);
    assert_eq!(message, "PORT: not a port: write a number from 0 to 65535, or unset it");
}
