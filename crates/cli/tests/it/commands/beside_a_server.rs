//! Commands while a server runs on the same database.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};

use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::Instant;
use vestibule_testing::on_both_engines;

use crate::support::{Place, Ran, until};

on_both_engines!(4 threads: a_change_takes_effect_at_once, twenty_commands_under_load);

async fn a_change_takes_effect_at_once(place: Place) {
    let (server, mut admin) = place.serve_admin().await;
    // Written by a command, read by the server.
    place.create_user("ada@example.com").await;
    let mut ada = server.sign_in("ada@example.com").await;
    let id = ada.get("/admin/users/me").await.ok()["user"]["id"].as_str().unwrap().to_owned();
    place.ok("user delete ada@example.com").await;
    assert_eq!(ada.get("/admin/users/me").await.status, 401);
    assert_eq!(admin.get(&format!("/admin/users/{id}")).await.status, 404);
    // Written by the server, read by a command.
    let invite = admin.post("/admin/invites", json!({ "email": "grace@example.com" })).await.ok();
    let listed = place.run("invite list --json").await.json();
    assert_eq!(listed["invites"][0]["token"], invite["invite"]["token"], "the same secret makes the same token");
    assert_eq!(place.ok("migrate").await, "The database is up to date.\n");
}

/// How many commands run in parallel, and how many clients keep the server writing.
const COMMANDS: u32 = 20;
const CLIENTS: u32 = 64;

async fn twenty_commands_under_load(place: Place) {
    let (server, admin) = place.serve_admin().await;
    drop(admin);
    let token: Arc<str> = server.token_of("admin@example.com").await.into();
    let (stop, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let mut load = JoinSet::new();
    for client in 0..CLIENTS {
        let (stop, written) = (Arc::clone(&stop), Arc::clone(&written));
        let mut admin = server.client().with_token(&token);
        load.spawn(async move {
            let mut number = 0;
            while !stop.load(SeqCst) {
                let email = format!("load-{client}-{number}@example.com");
                admin.post("/admin/invites", json!({ "email": email })).await.ok();
                written.fetch_add(1, SeqCst);
                number += 1;
            }
            number
        });
    }
    until("the server writes", async || (written.load(SeqCst) > 2 * CLIENTS).then_some(())).await;
    let before = written.load(SeqCst);
    let mut running = JoinSet::new();
    for number in 0..COMMANDS {
        let arguments = match number % 5 {
            0 => format!("user create --email user-{number}@example.com --password correct-horse-{number}"),
            1 => format!("invite create --email command-{number}@example.com"),
            2 => format!("user create --email linked-{number}@example.com --json"),
            3 => "invite list --limit 3".to_owned(),
            _ => "migrate".to_owned(),
        };
        let mut command = place.command(arguments.split(' '));
        running.spawn(async move {
            let began = Instant::now();
            Ran::new(&[&arguments], command.output().await.unwrap()).ok();
            began.elapsed()
        });
    }
    let slowest = running.join_all().await.into_iter().max().unwrap();
    let invites = written.load(SeqCst) - before;
    stop.store(true, SeqCst);
    let invited: u64 = load.join_all().await.into_iter().sum();
    let engine = place.open().await.engine();
    println!(
        "{engine:?}: {COMMANDS} commands, the slowest in {slowest:?}; the server wrote {invites} invites at the same time"
    );
    assert!(invites > COMMANDS);
    let users = place.run("user list --json").await.json();
    assert_eq!(users["count"], json!(1 + 8));
    let invites = place.run("invite list --json --limit 1").await.json();
    assert_eq!(invites["count"], json!(invited + 8));
}
