//! `GET /admin/webhooks/{id}/deliveries` and `POST /admin/webhooks/{id}/deliveries/{delivery_id}/redeliver`

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use super::{NO_WEBHOOK, URL, not_found};
use crate::support::{MadeWebhook, Sink, TestApp, User};

on_both_engines!(
    deliveries_of_a_webhook_are_listed,
    a_delivery_is_redelivered,
    deliveries_of_another_webhook_return_404
);

/// A webhook with two deliveries, the older of which has failed; returns their ids, newest first.
async fn scene(app: &TestApp, admin: &User) -> (MadeWebhook, Sink, [String; 2]) {
    let webhook = admin.webhook(URL).await;
    let sink = Sink::new("webhook", &webhook.id, "webhook.test");
    sink.fail("it answered 410: it wants nothing any more");
    for _ in 0..2 {
        admin.post_nothing(&format!("{}/test", webhook.path)).await.ok();
        app.deliver(&[&sink]).await;
    }
    let listed = admin.get(&format!("{}/deliveries", webhook.path)).await.ok();
    let id = |number: usize| listed["deliveries"][number]["id"].as_str().unwrap().to_owned();
    (webhook, sink, [id(0), id(1)])
}

async fn deliveries_of_a_webhook_are_listed(app: TestApp) {
    let admin = app.admin().await;
    let (webhook, _, ids) = scene(&app, &admin).await;
    let (other, ..) = scene(&app, &admin).await;
    let path = format!("{}/deliveries", webhook.path);
    for (query, expected, count) in [
        ("", vec![&ids[0], &ids[1]], 2),
        ("?state=sent", vec![&ids[0]], 1),
        ("?state=failed", vec![&ids[1]], 1),
        ("?state=queued", vec![], 0),
        ("?limit=1", vec![&ids[0]], 2),
        ("?limit=1&offset=1", vec![&ids[1]], 2),
    ] {
        let listed = admin.get(&format!("{path}{query}")).await.ok();
        let found: Vec<&str> =
            listed["deliveries"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
        assert_eq!(
            (found, &listed["count"]),
            (expected.iter().map(|id| id.as_str()).collect(), &json!(count)),
            "{query}"
        );
    }
    let failed = admin.get(&format!("{path}?state=failed")).await.ok()["deliveries"][0].clone();
    assert_eq!((&failed["event"], &failed["destination"]), (&json!("webhook.test"), &json!("webhook")));
    assert_eq!((&failed["target"], &failed["subject"]), (&json!(webhook.id), &json!(webhook.id)));
    assert_eq!((&failed["attempts"], &failed["status"]), (&json!(1), &json!(410)));
    assert_eq!(failed["reason"], "it answered 410: it wants nothing any more");
    assert_ne!(other.id, webhook.id);
    for (query, reasons) in [
        ("state=x", "Invalid value for field 'state': expected queued, sent, failed or superseded"),
        ("state[a]=sent", "Expected type: 'string' for field 'state', got: '[object Object]'"),
        ("subject=x", "Unrecognized fields: 'subject'"),
        ("limit=x", "Expected type: 'number' for field 'limit', got: 'x'"),
    ] {
        admin.get(&format!("{path}?{query}")).await.is_invalid(reasons);
    }
}

async fn a_delivery_is_redelivered(app: TestApp) {
    let admin = app.admin().await;
    let (webhook, sink, [sent, failed]) = scene(&app, &admin).await;
    for (number, (id, before)) in [(failed, "failed"), (sent, "sent")].into_iter().enumerate() {
        let path = format!("{}/deliveries/{id}/redeliver", webhook.path);
        let queued = admin.post_nothing(&path).await.ok()["delivery"].clone();
        assert_eq!((&queued["id"], &queued["state"]), (&json!(id), &json!("queued")));
        assert_eq!((&queued["attempts"], &queued["finished_at"]), (&json!(0), &json!(null)));
        app.deliver(&[&sink]).await;
        let arrived = admin.get(&format!("/admin/deliveries/{id}")).await.ok()["delivery"].clone();
        assert_eq!((&arrived["state"], &arrived["attempts"]), (&json!("sent"), &json!(1)));
        admin.post_nothing(&format!("{path}?x=1")).await.is_invalid("Unrecognized fields: 'x'");

        let recorded = app.audited("delivery.retried").await;
        assert_eq!(recorded.len(), number + 1);
        let entry = &recorded[number];
        assert_eq!((&entry["actor_id"], &entry["target_id"]), (&json!(admin.id), &json!(id)));
        assert_eq!((&entry["before"]["state"], &entry["after"]["state"]), (&json!(before), &json!("queued")));
        assert_eq!(entry["after"]["target"], webhook.id);
    }
}

async fn deliveries_of_another_webhook_return_404(app: TestApp) {
    let admin = app.admin().await;
    let (webhook, _, [own, _]) = scene(&app, &admin).await;
    let (_, _, [another, _]) = scene(&app, &admin).await;
    // An event of the same name, delivered by mail.
    admin.invite("ada@example.com").await;
    app.deliver(&[&Sink::new("mail", &webhook.id, "invite.created")]).await;
    let mails = admin.get("/admin/deliveries?destination=mail").await.ok();
    let mail = mails["deliveries"][0]["id"].as_str().unwrap().to_owned();
    let helper = app.limited("helper@example.com", &["webhook:update"]).await;
    for id in [another.as_str(), &mail, "dlv_01JDMX5R4Z9WQ0H3T2B7K8N6VC", "nosuch"] {
        let message = format!("Delivery with id: {id} was not found");
        let path = format!("{}/deliveries/{id}/redeliver", webhook.path);
        helper.post_nothing(&path).await.is_error(404, "not_found", &message);
    }
    for id in [NO_WEBHOOK, "nosuch"] {
        let path = format!("/admin/webhooks/{id}/deliveries/{own}/redeliver");
        helper.post_nothing(&path).await.is_error(404, "not_found", &not_found(id));
    }
    let states: Vec<Json> = admin.get("/admin/deliveries").await.ok()["deliveries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["state"].clone())
        .collect();
    assert!(states.iter().all(|state| *state != "queued"), "{states:?}");
    assert!(app.audited("delivery.retried").await.is_empty());
}
