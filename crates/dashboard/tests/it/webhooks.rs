//! Webhooks: created, updated, tested, deleted; their secrets and their deliveries.

use vestibule_testing::on_both_engines;

use crate::support::{Browser, Page, Site, again, failed};

on_both_engines!(
    a_webhook_is_created_and_its_secret_shown_once,
    invalid_forms_keep_their_values_and_show_the_problems,
    a_webhook_is_changed_and_disabled,
    a_secret_is_rotated,
    a_test_is_sent_and_a_failed_delivery_is_sent_again,
    a_webhook_is_deleted,
    secrets_are_offered_to_users_with_all_permissions,
    actions_without_permission_are_hidden,
    the_list_shows_the_last_delivery_to_each_webhook,
);

const URL: &str = "https://hooks.example.com/people";

/// Creates a webhook, and returns its path.
async fn create(browser: &Browser, url: &str) -> String {
    let made = browser.post("/app/webhooks/new", &[("url", url), ("event", "user.*")]).await;
    made.is(200);
    path_of(&made)
}

fn path_of(page: &Page) -> String {
    format!("/app/webhooks/{}", page.between("action=\"/app/webhooks/", "\""))
}

fn id(path: &str) -> &str {
    path.trim_start_matches("/app/webhooks/")
}

async fn a_webhook_is_created_and_its_secret_shown_once(site: Site) {
    let browser = site.admin().await;
    browser.get("/app/webhooks").await.is(200).shows("No webhooks yet.").shows("/app/webhooks/new");
    browser.get("/app/webhooks/new").await.is(200).shows("value=\"user.created\"").hides("value=\"webhook.test\"");
    let fields = [
        ("url", URL),
        ("description", "CRM <east>"),
        ("event", "user.created"),
        ("event", "auth.*"),
        ("other_events", "shop.order_made, shop.returns.*"),
    ];
    let made = browser.post("/app/webhooks/new", &fields).await;
    made.is(200).shows("CRM &#60;east&#62;").shows("data-copy=\"made-secret\"");
    let secret = made.between("value=\"whsec_", "\"");
    let path = path_of(&made);
    let page = browser.get(&path).await;
    page.is(200).hides(&secret).shows("value=\"user.created\" checked").shows("value=\"auth.*\" checked");
    page.shows("value=\"shop.order_made shop.returns.*\"").hides("value=\"user.updated\" checked");
    browser.get("/app/webhooks").await.shows(URL).shows("auth.*").shows("+1").shows("Active").hides(&secret);
}

async fn invalid_forms_keep_their_values_and_show_the_problems(site: Site) {
    let mut browser = site.admin().await;
    let fields = [("url", "https://10.0.0.1/hook"), ("description", "Inner"), ("event", "user.created")];
    let page = browser.post("/app/webhooks/new", &fields).await;
    page.is(400)
        .shows("id=\"url-problem\"")
        .shows("webhooks.allowed_networks")
        .shows("value=\"https://10.0.0.1/hook\"");
    page.shows("value=\"Inner\"").shows("value=\"user.created\" checked").hides("id=\"events-problem\"");
    browser.post("/app/webhooks/new", &[("url", "nonsense"), ("event", "*")]).await.is(400).shows("Not a URL");
    let page = browser.post("/app/webhooks/new", &[("url", URL)]).await;
    page.is(400).shows("id=\"events-problem\"").hides("id=\"url-problem\"");
    let fields = [("url", URL), ("event", "*"), ("other_events", "Nonsense")];
    let page = browser.post("/app/webhooks/new", &fields).await;
    page.is(400).shows("is no event").shows("value=\"*\" checked").shows("value=\"Nonsense\"");
    let long = "x".repeat(501);
    let page = browser.post("/app/webhooks/new", &[("url", URL), ("event", "*"), ("description", &long)]).await;
    page.is(400).shows("id=\"description-problem\"").shows("500 characters").shows(&long);
    let path = create(&browser, URL).await;
    let fields = [("url", "ftp://hooks.example.com"), ("event", "*"), ("active", "1")];
    browser.post(&path, &fields).await.is(400).shows("id=\"url-problem\"").shows("value=\"ftp://hooks.example.com\"");
    browser.post(&path, &[("nonsense", "1")]).await.is(400);
    browser.language = "de";
    browser
        .post("/app/webhooks/new", &[("url", "nonsense"), ("event", "*")])
        .await
        .shows("Das ist keine Webadresse mit einem Rechner.");
    browser
        .post("/app/webhooks/new", &[("url", URL)])
        .await
        .shows("Wählen Sie mindestens ein Ereignis, oder * für alle.");
    browser
        .post("/app/webhooks/new", &[("url", "https://10.0.0.1"), ("event", "*")])
        .await
        .shows("10.0.0.1 ist eine private Adresse");
}

async fn a_webhook_is_changed_and_disabled(site: Site) {
    let browser = site.admin().await;
    let path = create(&browser, URL).await;
    let fields = [("url", "https://hooks.example.com/other"), ("description", "CRM"), ("event", "*")];
    browser.post(&path, &fields).await.leads_to(&format!("{path}?done=saved"));
    let page = browser.get(&path).await;
    page.shows("https://hooks.example.com/other").shows("value=\"CRM\"").shows("value=\"*\" checked").shows("Disabled");
    page.hides("/test\"");
    browser.post(&format!("{path}/test"), &[]).await.is(400).shows("disabled. Enable it first");
    let fields = [("url", URL), ("event", "user.*"), ("active", "1")];
    browser.post(&path, &fields).await.is(303);
    browser.get(&path).await.hides("Disabled").hides("value=\"CRM\"").shows("/test\"");
}

async fn a_secret_is_rotated(site: Site) {
    let browser = site.admin().await;
    let path = create(&browser, URL).await;
    let page = browser.post(&format!("{path}/rotate"), &[]).await;
    page.is(200).shows("value=\"whsec_").shows("also signed with the old secret:").shows("not shown again");
    browser.get(&path).await.hides("whsec_").shows("also signed with the old secret:");
    let page = browser.post(&format!("{path}/rotate"), &[("at_once", "1")]).await;
    page.is(200).shows("value=\"whsec_").hides("also signed with the old secret:");
    site.clock.advance(std::time::Duration::from_secs(60));
    browser.post(&format!("{path}/rotate"), &[]).await.is(200);
    site.clock.advance(vestibule_notify::ROTATION);
    site.signed_in("ada@example.com").await.get(&path).await.is(200).hides("also signed with the old secret:");
}

async fn a_test_is_sent_and_a_failed_delivery_is_sent_again(site: Site) {
    let browser = site.admin().await;
    let (path, other) = (create(&browser, URL).await, create(&browser, "https://other.example.com/").await);
    site.deliver(&[], []).await;
    browser.get(&path).await.shows("Nothing yet.");
    browser.post(&format!("{path}/test"), &[]).await.leads_to(&format!("{path}?done=tested"));
    site.deliver(&[id(&path), id(&other)], [again("answered 500", Some(500))]).await;
    let page = browser.get(&path).await;
    page.shows("webhook.test").shows("Waiting").shows("answered 500").shows("HTTP 500").shows("next try <time");
    browser.get(&other).await.shows("Nothing yet.");
    let delivery = page.between(&format!("{path}/deliveries/"), "/redeliver");
    // Another webhook's page does not show it.
    browser.post(&format!("{other}/deliveries/{delivery}/redeliver"), &[]).await.is(404);
    let again = format!("{path}/deliveries/{delivery}/redeliver");
    browser.post(&again, &[]).await.leads_to(&format!("{path}?done=tried"));
    browser.get(&path).await.shows("Queued").hides("/redeliver");
    site.deliver(&[id(&path)], []).await;
    browser.get(&path).await.shows("Sent").shows("HTTP 204").shows("/redeliver").hides("answered 500");
    // A successful delivery can be sent again as well.
    browser.post(&again, &[]).await.is(303);
}

async fn a_webhook_is_deleted(site: Site) {
    let browser = site.admin().await;
    let path = create(&browser, URL).await;
    browser.get(&format!("{path}/delete")).await.is(200).shows(URL).shows("Delete permanently");
    browser.post(&format!("{path}/delete"), &[]).await.leads_to("/app/webhooks?done=webhook-deleted");
    browser.get("/app/webhooks?done=webhook-deleted").await.shows("No webhooks yet.").shows("The webhook is deleted.");
    browser.get(&path).await.is(404);
}

async fn secrets_are_offered_to_users_with_all_permissions(site: Site) {
    let admin = site.admin().await;
    admin.get("/app/webhooks/new").await.shows("name=\"includes_secrets\"").shows("set the password of any user");
    let fields = [("url", URL), ("event", "*"), ("includes_secrets", "1")];
    let path = path_of(&admin.post("/app/webhooks/new", &fields).await);
    let browser = site.limited(&["webhook:read", "webhook:create", "webhook:update"]).await;
    browser.get("/app/webhooks/new").await.is(200).hides("includes_secrets");
    browser.post("/app/webhooks/new", &fields).await.is(403).shows("id=\"webhook-problem\"").hides("whsec_");
    // What the user does not see stays as it was, and the user cannot change the URL of a webhook that receives it.
    browser.get(&path).await.shows("Receives secrets").hides("includes_secrets");
    browser.post(&path, &[("url", URL), ("event", "user.*"), ("active", "1")]).await.is(303);
    admin.get(&path).await.shows("name=\"includes_secrets\" value=\"1\" checked");
    let fields = [("url", "https://evil.example/"), ("event", "user.*"), ("active", "1")];
    browser.post(&path, &fields).await.is(403).shows("value=\"https://evil.example/\"");
    admin.post(&path, &[("url", URL), ("event", "user.*"), ("active", "1")]).await.is(303);
    admin.get(&path).await.hides("Receives secrets");
}

async fn actions_without_permission_are_hidden(site: Site) {
    let path = create(&site.admin().await, URL).await;
    let reader = site.limited(&["webhook:read"]).await;
    reader.get("/app/webhooks").await.shows(URL).hides("/app/webhooks/new").hides("/app/deliveries");
    let page = reader.get(&path).await;
    page.is(200).shows("user.*").hides("/rotate").hides("/test").hides("/delete").hides("name=\"url\"");
    let role = site.role("None", &["user:read"]).await;
    site.create_user("none@example.com", Some(vec![role])).await;
    site.signed_in("none@example.com").await.get("/app/users").await.hides("/app/webhooks");
}

async fn the_list_shows_the_last_delivery_to_each_webhook(site: Site) {
    let browser = site.admin().await;
    let (first, second) = (create(&browser, URL).await, create(&browser, "https://other.example.com/").await);
    // Both receive the first events; only the second receives the last one.
    site.deliver(&[id(&first), id(&second)], []).await;
    browser.post(&format!("{second}/test"), &[]).await.is(303);
    site.deliver(&[id(&first), id(&second)], [failed("answered 410")]).await;
    let page = browser.get("/app/webhooks").await;
    page.shows("answered 410");
    assert_eq!(page.text.matches(">Sent<").count(), 1, "{}", page.text);
    assert_eq!(page.text.matches(">Failed<").count(), 1, "{}", page.text);
}
