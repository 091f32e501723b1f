//! A server's life: from its first line to its last.

mod addresses;
mod connections;
mod fail2ban;
mod ports;
mod stop;

use crate::support::{Place, free_port, until};

/// Whoever waits for the line may ask at once, and the line comes once.
#[tokio::test]
async fn it_says_once_that_it_is_ready_and_then_it_is() {
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

/// Nobody who starts it has to read what it says.
#[tokio::test]
async fn it_serves_also_where_nobody_listens_to_it() {
    let place = Place::sqlite();
    let port = free_port();
    let listen = format!("127.0.0.1:{port}");
    let mut child =
        place.command_by_shell("exec \"$@\" >&- 2>&-", ["serve", "--listen", &listen]).spawn().expect("a shell");
    until("an answer", async || {
        assert!(child.try_wait().unwrap().is_none(), "the server ended");
        ports::answers(port).await.then_some(())
    })
    .await;
}
