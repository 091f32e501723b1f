//! Deliveries: the state of mails is shown on the pages about their subjects, and failed ones can be retried.

use vestibule_flows::{Context, NewInvite};
use vestibule_notify::Reason;
use vestibule_testing::on_both_engines;

use crate::support::{Site, again, failed};

on_both_engines!(
    mails_of_invites_are_shown_and_retried,
    mails_to_a_user_are_shown_on_the_page_of_the_user,
    reasons_are_shown_in_the_language_of_the_page,
    deliveries_are_filtered_by_state_and_destination,
    deliveries_are_hidden_from_users_who_may_not_read_them,
);

impl Site {
    async fn send_invite(&self, email: &str) -> String {
        let invite = self.flows.invite(&NewInvite::new(email.parse().unwrap()), &Context::operator()).await.unwrap();
        invite.id.to_string()
    }
}

async fn mails_of_invites_are_shown_and_retried(site: Site) {
    let browser = site.admin().await;
    let invite = site.send_invite("new@example.com").await;
    browser.get("/app/invites").await.shows("new@example.com").hides("Queued").hides("Try the mail again");
    site.deliver(&[], [failed("there is no <such> mailbox")]).await;
    let page = browser.get("/app/invites").await;
    page.shows("Failed").shows("there is no &#60;such&#62; mailbox").shows("Try the mail again").shows("Send again");
    let retry = page.between("formaction=\"/app/deliveries/", "\"");
    let retry = format!("/app/deliveries/{retry}");

    // It leads back to the page that sent the form, and nowhere else.
    let fields = [("next", "/app/invites?q=new&done=resent")];
    browser.post(&retry, &fields).await.leads_to("/app/invites?q=new&done=tried");
    browser
        .get("/app/invites?done=tried")
        .await
        .shows("Another attempt is in progress")
        .shows("Queued")
        .hides("Try the mail again");
    browser.post(&retry, &[("next", "//evil.example")]).await.leads_to("/app?done=tried");
    browser.post(&retry, &[]).await.leads_to("/app/deliveries?done=tried");
    browser.post(&retry, &[("nonsense", "1")]).await.is(400);
    site.deliver(&[], [again("the server is busy", None)]).await;
    let page = browser.get("/app/invites").await;
    page.shows("Waiting").shows("the server is busy").shows("next try <time").shows("Try the mail again");
    browser.post(&retry, &[]).await.is(303);
    site.deliver(&[], []).await;
    browser.get("/app/invites").await.shows("Sent").hides("the server is busy").hides("Try the mail again");
    let log = browser.get("/app/audit?action=delivery").await;
    log.shows("<code>delivery.retried</code>").shows("1–4 of 4").shows("<tr><th>state</th><td>failed</td>");

    // Completed deliveries are not shown.
    browser.post(&format!("/app/invites/{invite}/revoke"), &[]).await.is(303);
    browser.get("/app/invites?state=revoked").await.shows("new@example.com").hides("class=\"told\"");
    browser.post("/app/deliveries/dlv_01ARZ3NDEKTSV4RRFFQ69G5FAV/retry", &[]).await.is(404);
}

async fn mails_to_a_user_are_shown_on_the_page_of_the_user(site: Site) {
    let browser = site.admin().await;
    let (grace, alan) =
        (site.create_user("grace@example.com", None).await, site.create_user("alan@example.com", None).await);
    let path = format!("/app/users/{}?tab=mail", grace.id);
    browser.get(&path).await.shows("No mail yet.");
    site.browser().post("/app/forgot", &[("email", "grace@example.com")]).await.is(200);
    site.deliver(&[], [failed("there is no such mailbox")]).await;
    let page = browser.get(&path).await;
    page.shows("Link for a new password").shows("Failed").shows("there is no such mailbox").shows("Try again");
    let retry = page.between("action=\"/app/deliveries/", "\"");
    page.shows(&format!("name=\"next\" value=\"{path}\""));
    browser.post(&format!("/app/deliveries/{retry}"), &[("next", &path)]).await.leads_to(&format!("{path}&done=tried"));
    browser.get(&format!("/app/users/{}?tab=mail", alan.id)).await.shows("No mail yet.");
    let mut german = site.signed_in("ada@example.com").await;
    german.language = "de";
    german.get(&path).await.shows("Link für ein neues Passwort").shows("In der Warteschlange");
}

async fn reasons_are_shown_in_the_language_of_the_page(site: Site) {
    let browser = site.admin().await;
    let mut german = site.signed_in("ada@example.com").await;
    german.language = "de";
    let (host, answer) = ("smtp.example.com".to_owned(), "no such mailbox".to_owned());
    for (number, (reason, text)) in [
        (Reason::LinkDead, "der Link gilt nicht mehr"),
        (
            vestibule_mail::Reason::Answered { host, code: 550, answer }.into(),
            "smtp.example.com antwortete mit 550: no such mailbox",
        ),
        ("no such mailbox: x".into(), "no such mailbox: x"),
    ]
    .into_iter()
    .enumerate()
    {
        site.send_invite(&format!("new.{number}@example.com")).await;
        let english = reason.to_string();
        site.deliver(&[], [failed(reason)]).await;
        browser.get("/app/deliveries").await.shows(&english);
        german.get("/app/deliveries").await.shows(text);
    }
}

async fn deliveries_are_filtered_by_state_and_destination(site: Site) {
    let browser = site.admin().await;
    browser.get("/app/deliveries").await.is(200).shows("No deliveries yet.");
    for number in 0..3 {
        site.send_invite(&format!("person.{number}@example.com")).await;
    }
    site.deliver(&["whep_01ARZ3NDEKTSV4RRFFQ69G5FAV"], [failed("no such mailbox")]).await;
    let page = browser.get("/app/deliveries").await;
    page.shows("no such mailbox").shows("Invitation").shows("invite.created").shows("somewhere@example.com");
    page.shows("Failed <span class=\"count\">1</span>").shows("Queued <span class=\"count\">0</span>");
    page.shows("href=\"/app/webhooks/whep_01ARZ3NDEKTSV4RRFFQ69G5FAV\"");
    // Each has a page.
    let id = page.between("href=\"/app/deliveries/dlv_", "\"");
    browser.get(&format!("/app/deliveries/dlv_{id}")).await.is(200).shows("somewhere@example.com").shows("Recipient");
    browser.get("/app/deliveries/dlv_01ARZ3NDEKTSV4RRFFQ69G5FAV").await.is(404);
    let page = browser.get("/app/deliveries?state=failed").await;
    page.shows("no such mailbox").shows("1–1 of 1").shows("Try again");
    browser.get("/app/deliveries?state=superseded").await.shows("Nothing matches.");
    let page = browser.get("/app/deliveries?destination=mail").await;
    page.shows("1–3 of 3").hides("whep_").shows("value=\"mail\" selected").shows("?state=sent&#38;destination=mail");
    browser.get("/app/deliveries?destination=pigeon%22&rows=2").await.shows("Nothing matches.").shows("pigeon&#34;");
    browser.get("/app/deliveries?destination=mail&rows=2").await.shows("rel=\"next\"").shows("1–2 of 3");
}

async fn deliveries_are_hidden_from_users_who_may_not_read_them(site: Site) {
    site.send_invite("new@example.com").await;
    site.deliver(&[], [failed("there is no such mailbox")]).await;
    let browser = site.limited(&["invite:read", "invite:update", "user:read"]).await;
    browser.get("/app/invites").await.shows("Send again").hides("mailbox").hides("/app/deliveries");
    let grace = site.create_user("grace@example.com", None).await;
    browser.get(&format!("/app/users/{}?tab=mail", grace.id)).await.is(200).hides("No mail yet.").hides(">Mail</a>");
    let role = site.role("Postmaster", &["invite:read", "delivery:read"]).await;
    site.create_user("reader@example.com", Some(vec![role])).await;
    let reader = site.signed_in("reader@example.com").await;
    reader.get("/app/invites").await.shows("mailbox").hides("Try the mail again");
    reader.get("/app/deliveries").await.shows("mailbox").hides("/retry");
}
