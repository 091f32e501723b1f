//! A server whose database is not there yet waits for it, and says so to those who ask.

use std::net::SocketAddr;

use http::Method;
use rustix::process::{Signal, kill_process};
use vestibule_testing::postgres::PrivateCluster;

use crate::support::{Client, Place, Server, free_port, until};

/// A server whose PostgreSQL does not run, once it answers.
async fn begin(
    cluster: &PrivateCluster,
) -> (Place, Client, rustix::process::Pid, tokio::task::JoinHandle<Result<Server, crate::support::Ran>>) {
    let place = Place::configured(&cluster.url());
    let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let command = place.command_by_shell("echo $$ > pid; exec \"$@\"", ["serve", "--listen", &address.to_string()]);
    let starting = tokio::spawn(Server::start(command));
    let mut client = Client::new(address);
    until("an answer", async || client.try_ask(Method::GET, "/health/live", None).await.ok()).await;
    let pid = std::fs::read_to_string(place.path().join("pid")).unwrap();
    let pid = rustix::process::Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
    (place, client, pid, starting)
}

#[tokio::test]
async fn a_server_is_alive_while_it_waits_for_its_database() {
    let mut cluster = PrivateCluster::start().await;
    cluster.kill();
    let (_place, mut client, _, starting) = begin(&cluster).await;
    for path in ["/health", "/health/live"] {
        let live = client.get(path).await;
        assert_eq!((live.status.as_u16(), live.body.as_str()), (200, "OK"), "{path}");
        assert_eq!(live.headers["connection"], "close", "the next request may be served by what follows");
    }
    for path in ["/health/ready", "/admin/users/me", "/app/login", "/nothing"] {
        let waiting = client.get(path).await;
        assert_eq!((waiting.status.as_u16(), waiting.retry_after()), (503, Some(2)), "{path}");
        assert_eq!(waiting.json()["type"], "unavailable");
        assert!(waiting.json()["message"].as_str().unwrap().contains("waits for its database"), "{}", waiting.body);
        assert!(waiting.headers.contains_key("x-request-id"), "layers as always");
    }
    cluster.start_again().await;
    let server = starting.await.unwrap().unwrap();
    assert_eq!(client.get("/health/ready").await.status.as_u16(), 200);
    assert_eq!(client.get("/admin/users/me").await.status.as_u16(), 401);
    let log = server.log();
    let said = log.lines().filter(|line| line.contains("waiting up to ")).count();
    assert!((1..20).contains(&said), "once, and a reminder now and then: {log}");
    server.stop().await;
}

#[tokio::test]
async fn a_server_that_waits_can_be_stopped() {
    let mut cluster = PrivateCluster::start().await;
    cluster.kill();
    let (_place, _, pid, starting) = begin(&cluster).await;
    kill_process(pid, Signal::TERM).unwrap();
    let Err(ended) = starting.await.unwrap() else { panic!("it became ready") };
    assert_eq!(ended.code, 0, "{ended:?}");
}

#[tokio::test]
async fn waiting_ends_in_time() {
    for command in ["serve --listen 127.0.0.1:0", "worker"] {
        let place = Place::configured(&format!("postgres://ada:hunter2@127.0.0.1:{}/app", free_port()))
            .with("VESTIBULE_DATABASE_START_TIMEOUT", "1s");
        let ran = place.run(command).await;
        assert!(ran.err.contains("waiting up to 1 s: the database cannot be used: "), "{}", ran.err);
        let last = ran.err.lines().last().unwrap().to_owned();
        assert_eq!(ran.code, 1, "{last}");
        assert!(last.contains("the database cannot be used: ") && last.contains("Connection refused"), "{last}");
    }
}

/// Waiting mends no wrong password, and no missing database.
#[tokio::test]
async fn a_refusal_is_not_waited_for() {
    let database = vestibule_testing::postgres::database().await;
    let place = Place::configured(&database.url().replace(database.name(), "not_there"));
    let ran = place.run("serve --listen 127.0.0.1:0").await;
    assert!(!ran.err.contains("waiting up to"), "{}", ran.err);
    assert!(ran.err.contains("database \"not_there\" does not exist"), "{}", ran.err);
}
