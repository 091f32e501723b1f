//! `/admin/deliveries`

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::{Sink, TestApp, User};

on_both_engines!(
    deliveries_are_listed_and_filtered,
    a_delivery_is_retrieved,
    a_failed_delivery_is_retried,
    a_retry_is_audited_with_its_actor,
    invalid_queries_return_400,
);

const NO_DELIVERY: &str = "dlv_01JDMX5R4Z9WQ0H3T2B7K8N6VC";

/// The subjects of the deliveries on the page, and the count of all that match.
async fn subjects(admin: &User, query: &str) -> (Vec<String>, Json) {
    let found = admin.get(&format!("/admin/deliveries{query}")).await.ok();
    let all = found["deliveries"].as_array().unwrap();
    (all.iter().map(|one| one["subject"].as_str().unwrap().to_owned()).collect(), found["count"].clone())
}

/// Three invites, of which the first could not be mailed; each was also delivered to two destinations.
async fn scene(app: &TestApp, admin: &User) -> (Sink, Vec<String>) {
    let (mail, other) = (Sink::new("mail", "", "invite.created"), Sink::new("embedder", "", "invite.created"));
    mail.fail("there is no such address");
    let mut invites = Vec::new();
    for name in ["a", "b", "c"] {
        invites.push(admin.invite(&format!("{name}@example.com")).await.id);
        app.deliver(&[&mail, &other]).await;
    }
    (mail, invites)
}

async fn deliveries_are_listed_and_filtered(app: TestApp) {
    let admin = app.admin().await;
    admin.get("/admin/deliveries").await.is(200, &json!({ "deliveries": [], "count": 0, "offset": 0, "limit": 50 }));
    let (_, invites) = scene(&app, &admin).await;
    let [a, b, c] = [&invites[0], &invites[1], &invites[2]];
    for (query, expected, count) in [
        ("?destination=mail".to_owned(), vec![c, b, a], 3),
        ("".to_owned(), vec![c, c, b, b, a, a], 6),
        (format!("?subject={a}"), vec![a, a], 2),
        (format!("?subject={a}&destination=mail"), vec![a], 1),
        (format!("?subject={a}&subject={c}&destination=mail"), vec![c, a], 2),
        (format!("?subject[]={a}&subject[]={b}&destination=mail"), vec![b, a], 2),
        ("?state=failed".to_owned(), vec![a], 1),
        ("?state=sent&destination=mail".to_owned(), vec![c, b], 2),
        ("?state=superseded".to_owned(), vec![], 0),
        ("?destination=nosuch".to_owned(), vec![], 0),
        ("?subject=".to_owned(), vec![], 0),
        ("?subject=nosuch'%20OR%201=1".to_owned(), vec![], 0),
        ("?destination=mail&limit=2".to_owned(), vec![c, b], 3),
        ("?destination=mail&limit=2&offset=2".to_owned(), vec![a], 3),
    ] {
        let expected: Vec<String> = expected.into_iter().cloned().collect();
        assert_eq!(subjects(&admin, &query).await, (expected, json!(count)), "{query}");
    }
}

async fn a_delivery_is_retrieved(app: TestApp) {
    let admin = app.admin().await;
    let (_, invites) = scene(&app, &admin).await;
    let failed = admin.get("/admin/deliveries?state=failed").await.ok()["deliveries"][0].clone();
    let id = failed["id"].as_str().unwrap();
    admin.get(&format!("/admin/deliveries/{id}")).await.is(200, &json!({ "delivery": failed }));
    let now = app.clock_text();
    assert_eq!(
        failed,
        json!({
            "id": id, "event_id": failed["event_id"], "event": "invite.created", "subject": invites[0],
            "destination": "mail", "target": "", "state": "failed", "attempts": 1, "next_try_at": null,
            "recipient": null, "reason": "there is no such address", "status": 410, "origin": "authenticated",
            "created_at": now, "updated_at": now, "finished_at": now,
        })
    );
    for id in [NO_DELIVERY, "nosuch", &id.replace("dlv_", "user_")] {
        let message = format!("Delivery with id: {id} was not found");
        admin.get(&format!("/admin/deliveries/{id}")).await.is_error(404, "not_found", &message);
        admin.post_nothing(&format!("/admin/deliveries/{id}/retry")).await.is_error(404, "not_found", &message);
    }
}

async fn a_failed_delivery_is_retried(app: TestApp) {
    let admin = app.admin().await;
    let (mail, invites) = scene(&app, &admin).await;
    let failed = admin.get("/admin/deliveries?state=failed").await.ok()["deliveries"][0].clone();
    let path = format!("/admin/deliveries/{}", failed["id"].as_str().unwrap());
    let queued = admin.post_nothing(&format!("{path}/retry")).await.ok()["delivery"].clone();
    assert_eq!((&queued["id"], &queued["state"]), (&failed["id"], &json!("queued")));
    assert_eq!((&queued["attempts"], &queued["next_try_at"]), (&json!(0), &json!(app.clock_text())));
    // A second retry changes nothing while the first is waiting.
    admin.post_nothing(&format!("{path}/retry")).await.is(200, &json!({ "delivery": queued }));
    mail.fail("again not");
    app.deliver(&[&mail]).await;
    assert_eq!(admin.get(&path).await.ok()["delivery"]["reason"], "again not");
    admin.post_nothing(&format!("{path}/retry")).await.ok();
    app.deliver(&[&mail]).await;
    let sent = admin.get(&path).await.ok()["delivery"].clone();
    assert_eq!((&sent["state"], &sent["subject"]), (&json!("sent"), &json!(invites[0])));

    // No second attempt begins while one is in progress.
    admin.post_nothing(&format!("{path}/retry")).await.ok();
    let lease = "UPDATE deliveries SET lease = 'x', next_try_at = $2 WHERE id = $1";
    let mut transaction = app.flows.database().begin().await.unwrap();
    let until = app.flows.environment().now() + std::time::Duration::from_secs(60);
    let id = sent["id"].as_str().unwrap();
    transaction.execute(lease, vestibule_database::values![id, until]).await.unwrap();
    transaction.commit().await.unwrap();
    admin.post_nothing(&format!("{path}/retry")).await.is_coded(
        409,
        "conflict",
        "delivery_under_way",
        "This delivery is being tried at this moment; wait for what comes of it",
    );
    assert_eq!(app.audited("delivery.retried").await.len(), 4, "refused requests have no effect");
}

async fn a_retry_is_audited_with_its_actor(app: TestApp) {
    let admin = app.admin().await.by_browser("192.0.2.1");
    let (mail, invites) = scene(&app, &admin).await;
    let id = admin.get("/admin/deliveries?state=failed").await.ok()["deliveries"][0]["id"].clone();
    let path = format!("/admin/deliveries/{}/retry", id.as_str().unwrap());
    let answer = admin.post_nothing(&path).await;
    answer.ok();
    app.deliver(&[&mail]).await;
    assert_eq!(admin.post_nothing(&format!("/admin/deliveries/{NO_DELIVERY}/retry")).await.status, 404);
    let listed = admin.get("/admin/audit?action=delivery.retried").await.ok();
    let entry = &listed["audit_entries"][0];
    let recorded = |state: &str| {
        json!({
            "event": "invite.created", "subject": invites[0], "destination": "mail", "target": "", "state": state,
        })
    };
    assert_eq!(
        listed["audit_entries"],
        json!([{
            "id": entry["id"], "action": "delivery.retried", "actor_type": "user", "actor_id": admin.id,
            "target_type": "delivery", "target_id": id, "address": "192.0.2.1", "user_agent": "Browser/1.0",
            "request_id": answer.header("x-request-id").unwrap(), "before": recorded("failed"), "after": recorded("queued"),
            "created_at": app.clock_text(),
        }])
    );
}

async fn invalid_queries_return_400(app: TestApp) {
    let admin = app.admin().await;
    for (query, reasons) in [
        ("state=x", "Invalid value for field 'state': expected queued, sent, failed or superseded"),
        ("state=", "Invalid value for field 'state': expected queued, sent, failed or superseded"),
        ("state[]=sent&state[]=x", "Invalid value for field 'state': expected queued, sent, failed or superseded"),
        ("destination[a]=mail", "Expected type: 'string' for field 'destination', got: '[object Object]'"),
        ("subject[a]=b", "Expected type: 'string' for field 'subject', got: '[object Object]'"),
        ("limit=x", "Expected type: 'number' for field 'limit', got: 'x'"),
        ("order=id", "Unrecognized fields: 'order'"),
    ] {
        admin.get(&format!("/admin/deliveries?{query}")).await.is_invalid(reasons);
    }
    for query in ["state[]=sent&state[]=failed", "destination[]=mail&destination[]=webhook"] {
        admin.get(&format!("/admin/deliveries?{query}")).await.ok();
    }
    let one = format!("/admin/deliveries/{NO_DELIVERY}");
    admin.get(&format!("{one}?fields=id")).await.is_invalid("Unrecognized fields: 'fields'");
    admin.post_nothing(&format!("{one}/retry?x=1")).await.is_invalid("Unrecognized fields: 'x'");
}
