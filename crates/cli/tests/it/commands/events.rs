//! `vestibule events`

use rustix::process::Signal;
use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::{Place, Process};

on_both_engines!(past_events_are_printed, new_events_are_printed_until_stopped);

fn lines(text: &str) -> Vec<Json> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

async fn past_events_are_printed(place: Place) {
    let (server, mut admin) = place.serve_admin().await;
    let invite = admin.post("/admin/invites", json!({ "email": "ada@example.com" })).await.ok();
    let ask = json!({ "identifier": "admin@example.com" });
    assert_eq!(server.client().post("/auth/user/emailpass/reset-password", ask).await.status, 201);
    let listed = admin.get("/admin/events?limit=100").await.ok()["events"].as_array().unwrap().clone();
    let count = listed.len();
    assert!(count >= 3, "{listed:?}");

    // Signing nothing, the command needs no secret.
    let place = place.without("JWT_SECRET");
    let all = place.ok(&format!("events tail --after 0 --limit {count}")).await;
    let events = lines(&all);
    assert_eq!(events.len(), count);
    let keys: Vec<&String> = events[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["created_at", "data", "id", "name", "position", "subject"]);
    let names: Vec<&str> = events.iter().map(|event| event["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"invite.created") && names.contains(&"auth.password_reset"), "{names:?}");
    let ids = |events: &[Json]| events.iter().map(|event| event["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&events), ids(&listed), "the order is that of the feed");
    assert!(events.iter().any(|event| event["subject"] == invite["invite"]["id"]));
    // No secrets, neither in plain nor sealed.
    let token = invite["invite"]["token"].as_str().unwrap();
    assert!(!all.contains(token) && !all.contains("sealed") && !all.contains("\"token\""), "{all}");
    // The feed continues after the last position.
    let after = &events[1]["position"];
    let rest = place.ok(&format!("events tail --after {after} --limit {}", count - 2)).await;
    assert_eq!(lines(&rest), events[2..]);
}

async fn new_events_are_printed_until_stopped(place: Place) {
    place.create_user("before@example.com").await;
    for signal in [Signal::TERM, Signal::INT] {
        let last = place.ok("events tail --after 0 --limit 1").await;
        let after = lines(&last)[0]["position"].to_string();
        // One event is printed by the time of the signal, and the command waits for more.
        let arguments = ["events", "tail", "--after", &after];
        place.ok(&format!("invite create --email {}@example.com", signal.as_raw())).await;
        let (tail, first) = Process::start(place.command(arguments)).await.unwrap();
        lines(&first);
        tail.signal(signal);
        let ended = tail.ended().await;
        assert_eq!((ended.status.code(), ended.err.as_slice()), (Some(0), [].as_slice()), "{:?}", ended.out);
    }
}
