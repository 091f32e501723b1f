//! The lifetime of a server.

mod addresses;
mod connections;
mod fail2ban;
mod ports;
mod stop;
mod waiting;

use crate::support::{Place, free_port, until};

/// The line appears once, and requests succeed as soon as it does.
#[tokio::test]
async fn the_line_on_standard_output_means_ready() {
    let place = Place::sqlite();
    for _ in 0..3 {
        let server = place.serve().await;
        let ready = server.client().get("/health/ready").await;
        assert_eq!((ready.status.as_u16(), ready.body.as_str()), (200, r#"{"status":"ready"}"#));
        for path in ["/health", "/health/live"] {
            assert_eq!(server.client().get(path).await.body, "OK");
        }
        let address = server.address;
        assert_eq!(server.stop().await.out, [format!("listening on http://{address}")]);
    }
}

/// The server runs with its output closed.
#[tokio::test]
async fn it_serves_with_its_output_closed() {
    let place = Place::sqlite();
    let port = free_port();
    let listen = format!("127.0.0.1:{port}");
    let mut child =
        place.command_by_shell("exec \"$@\" >&- 2>&-", ["serve", "--listen", &listen]).spawn().expect("a shell");
    until("a response", async || {
        assert!(child.try_wait().unwrap().is_none(), "the server ended");
        ports::answers(port).await.then_some(())
    })
    .await;
}
