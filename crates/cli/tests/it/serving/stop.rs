//! Stopping: running requests finish, and the exit code is 0 (security.md 36).

use std::os::unix::process::ExitStatusExt;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::ports;
use crate::support::rows::{execute, number};
use crate::support::{PASSWORD, PATIENCE, Place, Ran, Server, until};

/// A running request whose body is incomplete.
struct Running {
    stream: TcpStream,
    body: String,
}

impl Running {
    /// Sends the head, and waits until the server asks for the body: then it works on the request.
    async fn start(server: &Server, path: &str, body: Json) -> Self {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let body = body.to_string();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Expect: 100-continue\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut go_on = [0; 25];
        timeout(PATIENCE, stream.read_exact(&mut go_on)).await.expect("no 100 Continue").unwrap();
        assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        Self { stream, body }
    }

    /// Sends the next bytes of the body.
    async fn send(&mut self, count: usize) {
        let rest = self.body.split_off(count.min(self.body.len()));
        let part = std::mem::replace(&mut self.body, rest);
        self.stream.write_all(part.as_bytes()).await.unwrap();
    }

    /// Reads until the server closes the connection.
    async fn answer(mut self) -> String {
        let mut text = String::new();
        timeout(PATIENCE, self.stream.read_to_string(&mut text)).await.expect("no answer").unwrap();
        text
    }
}

fn sign_in() -> Json {
    json!({ "email": "admin@example.com", "password": PASSWORD })
}

#[tokio::test]
async fn a_request_whose_body_is_incomplete_finishes() {
    let place = Place::sqlite();
    let (server, _admin) = place.serve_admin().await;
    let port = server.address.port();
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    let mut running = Running::start(&server, "/auth/user/emailpass", sign_in()).await;
    running.send(10).await;
    server.signal(Signal::TERM);
    // The server stops listening, closes idle connections, and waits for the request, also after a second signal.
    until("the port is closed", async || (!ports::answers(port).await).then_some(())).await;
    let mut closed = [0];
    assert_eq!(timeout(PATIENCE, idle.read(&mut closed)).await.expect("an idle connection stays").unwrap(), 0);
    server.signal(Signal::TERM);
    running.send(10).await;
    running.send(usize::MAX).await;
    let answer = running.answer().await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("{\"token\":\"ey"), "{answer}");
    let ended = server.ended().await;
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    assert!(ended.err.last().unwrap().contains("stopping: finishing running requests"), "{ended:?}");
}

/// Passwords that wait for a thread, for some tens of milliseconds each.
#[tokio::test]
async fn queued_passwords_finish() {
    let place = Place::sqlite();
    let (server, _admin) = place.serve_admin().await;
    let mut queue = Vec::new();
    for _ in 0..40 {
        queue.push(Running::start(&server, "/auth/user/emailpass", sign_in()).await);
    }
    for running in &mut queue {
        running.send(usize::MAX).await;
    }
    server.signal(Signal::TERM);
    for running in queue {
        let answer = running.answer().await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("{\"token\":\"ey"), "{answer}");
    }
    assert_eq!(server.ended().await.status.code(), Some(0));
    // Each response was true: a session for each, and the administrator's own.
    let sessions = number(&place.open().await, "SELECT count(*) AS value FROM auth_sessions", &[]).await;
    assert_eq!(sessions, 41);
}

#[tokio::test]
async fn an_interrupt_stops_it_too() {
    let place = Place::sqlite();
    let server = place.serve().await;
    server.signal(Signal::INT);
    assert_eq!(server.ended().await.status.code(), Some(0));
}

/// A signal at any moment stops it: early by its default action, later by its handler.
#[tokio::test]
async fn a_signal_at_any_moment_stops_it() {
    let place = Place::sqlite();
    place.ok("migrate").await;
    for moment in 0..24 {
        let child = place.command(["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap();
        // No condition to wait for: early in one round, late in another.
        tokio::time::sleep(Duration::from_millis(moment * 4)).await;
        kill_process(Pid::from_raw(child.id().unwrap().cast_signed()).unwrap(), Signal::TERM).unwrap();
        let output = timeout(PATIENCE, child.wait_with_output()).await.expect("it did not stop").unwrap();
        let by_itself = output.status.code() == Some(0);
        assert!(by_itself || output.status.signal() == Some(Signal::TERM.as_raw()), "{output:?}");
    }
}

/// A server that waits for another process's migration must still handle signals.
#[tokio::test]
async fn it_can_be_stopped_before_it_is_ready() {
    let place = Place::postgres().await;
    let database = place.open().await;
    // The lock of the migrations, see `vestibule::database::Migrations`.
    let mut held = database.begin().await.unwrap();
    held.execute("SELECT pg_advisory_xact_lock(8531352012944733548)", &[]).await.unwrap();
    let child = place.command(["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap();
    let waiting = "SELECT count(*) AS value FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    until("the server waits", async || (number(&database, waiting, &[]).await > 0).then_some(())).await;
    kill_process(Pid::from_raw(child.id().unwrap().cast_signed()).unwrap(), Signal::TERM).unwrap();
    let output = timeout(PATIENCE, child.wait_with_output()).await.expect("it did not stop").unwrap();
    assert_eq!(Ran::new(&["serve"], output).ok(), "");
    held.rollback().await.unwrap();
    execute(&database, "CREATE TABLE still_usable (id integer)", &[]).await;
}
