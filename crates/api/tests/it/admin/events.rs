//! `GET /admin/events`

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio::time::{Instant, timeout};
use vestibule_outbox::feed::{bounds, delete_events_within};
use vestibule_testing::on_both_engines;

use crate::support::{Client, TestApp};

on_both_engines!(
    events_are_read_in_the_order_of_their_commits,
    events_contain_no_secrets,
    invalid_cursor_returns_400,
    invalid_queries_return_400,
    a_page_of_large_events_ends_early,
    a_waiting_request_returns_after_a_commit,
    a_waiting_request_without_events_returns_an_empty_page,
    a_waiting_request_returns_when_the_server_stops,
);
on_both_engines!(4 threads: reading_during_concurrent_writes_misses_no_event);

async fn page(client: &Client, query: &str) -> (Vec<Json>, i64) {
    let answer = client.get(&format!("/admin/events{query}")).await.ok();
    (answer["events"].as_array().unwrap().clone(), answer["next"].as_i64().unwrap())
}

async fn events_are_read_in_the_order_of_their_commits(app: TestApp) {
    let admin = app.admin().await;
    let (_, start) = page(&admin, "?limit=1000").await;
    let ada = admin.invite("ada@example.com").await;
    app.clock.advance(Duration::from_secs(1));
    let bob = admin.invite("bob@example.com").await;
    let (events, next) = page(&admin, &format!("?after={start}")).await;
    let received: Vec<[&Json; 3]> =
        events.iter().map(|event| [&event["name"], &event["subject"], &event["position"]]).collect();
    let name = json!("invite.created");
    let expected = [[json!(ada.id), json!(start + 1)], [json!(bob.id), json!(start + 2)]];
    assert_eq!(received, expected.each_ref().map(|[subject, position]| [&name, subject, position]));
    assert_eq!((&events[0]["data"], &events[1]["created_at"]), (&json!({ "id": ada.id }), &json!(app.clock_text())));
    assert_eq!(next, start + 2);
    assert_eq!(page(&admin, &format!("?after={start}&limit=1")).await, (vec![events[0].clone()], start + 1));
    assert_eq!(page(&admin, &format!("?after={}&limit=1", start + 1)).await, (vec![events[1].clone()], next));
    // Without a new event the cursor stays the same, however often it is sent.
    for _ in 0..2 {
        assert_eq!(page(&admin, &format!("?after={next}&wait=0")).await, (vec![], next));
    }
    // Without a cursor the list begins with the first event; a page has a hundred.
    for number in 0..110 {
        admin.invite(&format!("u{number}@example.com")).await;
    }
    let (events, next) = page(&admin, "").await;
    assert_eq!((events.len(), next, &events[0]["position"]), (100, 100, &json!(1)));
    assert_eq!(page(&admin, "?after=0").await, (events, next));
    assert!(page(&admin, "?limit=1000").await.0.len() > 110);
}

/// security.md 31
async fn events_contain_no_secrets(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite("ada@example.com").await;
    app.user("bob@example.com").await;
    let token = app.reset_token("bob@example.com").await;
    let body = json!({ "entity_id": "carol@example.com", "entity_type": "email" });
    app.registered("carol@example.com").await.post("/auth/verification/request", body).await;
    let code = app.events("auth.verification_requested").await[0]["code"].as_str().unwrap().to_owned();
    let answer = admin.get("/admin/events?limit=1000").await;
    let events = answer.ok()["events"].clone();
    for (name, key) in [("auth.password_reset", "token"), ("auth.verification_requested", "code")] {
        let event = events.as_array().unwrap().iter().find(|event| event["name"] == name).unwrap();
        assert!(event["data"].is_object() && event["data"].get(key).is_none(), "{event}");
    }
    for secret in [token.as_str(), &code, &invite.token, "sealed", "whsec_"] {
        assert!(!answer.text().contains(secret), "{secret}");
    }
}

async fn invalid_cursor_returns_400(app: TestApp) {
    let admin = app.admin().await;
    for name in ["a", "b", "c"] {
        admin.invite(&format!("{name}@example.com")).await;
    }
    let (events, last) = page(&admin, "").await;
    for after in [last + 1, i64::MAX] {
        // Also when the request asks to wait: there is nothing to wait for.
        let refused = admin.get(&format!("/admin/events?after={after}&wait=30")).await;
        assert_eq!((refused.status, &refused.json()["code"]), (400, &json!("cursor_ahead")));
        assert!(refused.json()["message"].as_str().unwrap().contains(&format!("the last one is {last}")));
    }
    let mut transaction = app.flows.database().begin().await.unwrap();
    let before = app.flows.environment().now() + Duration::from_secs(1);
    delete_events_within(&mut transaction, before, 2, 100).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(bounds(app.flows.database()).await.unwrap().deleted_to, 2);
    let refused = admin.get("/admin/events?after=1").await;
    assert_eq!((refused.status, &refused.json()["code"]), (400, &json!("cursor_too_old")));
    assert!(refused.json()["message"].as_str().unwrap().contains("after=2"));
    for after in [0, 2] {
        assert_eq!(page(&admin, &format!("?after={after}&limit=1")).await, (vec![events[2].clone()], 3));
    }
}

async fn invalid_queries_return_400(app: TestApp) {
    let admin = app.admin().await;
    for (query, reasons) in [
        ("after=-1", "Value for field 'after' too small, expected at least: '0'"),
        ("after=1.5", "Expected type: 'int' for field 'after', got: '1.5'"),
        ("after=", "Expected type: 'int' for field 'after', got: ''"),
        ("after=event_x", "Expected type: 'int' for field 'after', got: 'event_x'"),
        ("after[]=1", "Expected type: 'int' for field 'after', got: '1'"),
        ("after=9223372036854775808", "Value for field 'after' too big, expected at most: '9223372036854775807'"),
        ("limit=0", "Value for field 'limit' too small, expected at least: '1'"),
        ("wait=31", "Value for field 'wait' too big, expected at most: '30'"),
        ("wait=-1", "Value for field 'wait' too small, expected at least: '0'"),
        ("wait=x", "Expected type: 'int' for field 'wait', got: 'x'"),
        ("offset=1", "Unrecognized fields: 'offset'"),
        ("name=user.created", "Unrecognized fields: 'name'"),
    ] {
        admin.get(&format!("/admin/events?{query}")).await.is_invalid(reasons);
    }
    for limit in ["1001", "1000000000"] {
        admin.get(&format!("/admin/events?limit={limit}")).await.ok();
    }
}

/// The data of an event may be large: a page ends before it becomes too large, and `next` continues from there.
async fn a_page_of_large_events_ends_early(app: TestApp) {
    let admin = app.admin().await;
    let (_, start) = page(&admin, "?limit=1000").await;
    let environment = app.flows.environment();
    let mut transaction = app.flows.database().begin().await.unwrap();
    for _ in 0..120 {
        let data = json!({ "large": "x".repeat(60_000) });
        vestibule_outbox::record(&mut transaction, environment, "user.updated", "user_1", data).await.unwrap();
    }
    transaction.commit().await.unwrap();
    let answer = admin.get(&format!("/admin/events?limit=1000&after={start}")).await;
    assert!(answer.body.len() < 5_000_000, "{}", answer.body.len());
    let (mut after, mut names) = (start, Vec::new());
    loop {
        let (events, next) = page(&admin, &format!("?limit=1000&after={after}")).await;
        if events.is_empty() {
            break;
        }
        names.extend(events.iter().map(|event| event["name"].as_str().unwrap().to_owned()));
        after = next;
    }
    assert_eq!(names.iter().filter(|name| *name == "user.updated").count(), 120, "{names:?}");
}

/// Shorter than the interval at which the server polls.
const AT_ONCE: Duration = Duration::from_secs(3);

async fn a_waiting_request_returns_after_a_commit(app: TestApp) {
    let admin = app.admin().await;
    for number in 0..3 {
        let (_, start) = page(&admin, "?limit=1000").await;
        let query = format!("?after={start}&wait=30");
        let mut waiting = std::pin::pin!(page(&admin, &query));
        assert!(timeout(Duration::from_millis(50), waiting.as_mut()).await.is_err(), "no event exists yet");
        let invite = admin.invite(&format!("u{number}@example.com")).await;
        let (events, next) = timeout(AT_ONCE, waiting).await.unwrap();
        assert_eq!((events.len(), &events[0]["subject"], next), (1, &json!(invite.id), start + 1));
        // Events that exist already are returned without waiting.
        let (again, _) = timeout(AT_ONCE, page(&admin, &query)).await.unwrap();
        assert_eq!(again, events);
    }
}

async fn a_waiting_request_without_events_returns_an_empty_page(app: TestApp) {
    let admin = app.admin().await;
    let (_, start) = page(&admin, "?limit=1000").await;
    let began = Instant::now();
    assert_eq!(page(&admin, &format!("?after={start}&wait=1")).await, (vec![], start));
    let took = began.elapsed();
    assert!(took >= Duration::from_secs(1) && took < Duration::from_secs(4), "{took:?}");
}

/// security.md 35
async fn reading_during_concurrent_writes_misses_no_event(app: TestApp) {
    const WRITERS: usize = 8;
    const EACH: usize = 12;
    let admin = app.admin().await;
    let (_, start) = page(&admin, "?limit=1000").await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let admin = admin.clone();
            tokio::spawn(async move {
                let mut made = Vec::new();
                for number in 0..EACH {
                    made.push(admin.invite(&format!("w{writer}n{number}@example.com")).await.id);
                }
                made
            })
        })
        .collect();
    let (mut read, mut after) = (Vec::new(), start);
    while read.len() < WRITERS * EACH {
        let (events, next) = page(&admin, &format!("?after={after}&limit=7&wait=10")).await;
        assert!(!events.is_empty(), "{} of {} and no more", read.len(), WRITERS * EACH);
        read.extend(events);
        after = next;
    }
    let positions: Vec<i64> = read.iter().map(|event| event["position"].as_i64().unwrap()).collect();
    assert_eq!(positions, (start + 1..=after).collect::<Vec<_>>());
    let subject = |event: &Json| event["subject"].as_str().unwrap().to_owned();
    let subjects: BTreeSet<String> = read.iter().map(subject).collect();
    assert_eq!(subjects.len(), read.len(), "each once");
    for writer in writers {
        let made = writer.await.unwrap();
        let seen: Vec<String> = read.iter().map(subject).filter(|subject| made.contains(subject)).collect();
        assert_eq!(seen, made, "in the order in which they were committed");
    }
    assert_eq!(page(&admin, &format!("?after={after}")).await, (vec![], after));
}

async fn a_waiting_request_returns_when_the_server_stops(app: TestApp) {
    let admin = app.admin().await;
    let (_, last) = page(&admin, "?limit=1000").await;
    let path = format!("?after={last}&wait=30");
    // Shorter than the wait, and longer than anything else takes.
    let answered =
        timeout(Duration::from_secs(20), async { tokio::join!(page(&admin, &path), async { app.waiting.end() }).0 });
    assert_eq!(answered.await.unwrap(), (vec![], last));
    admin.invite("ada@example.com").await;
    assert_eq!(page(&admin, &path).await.0.len(), 1, "existing events are still returned");
}
