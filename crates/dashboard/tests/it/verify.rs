//! Verifying the own address, where that is required.

use std::sync::Arc;
use std::time::Duration;

use vestibule_auth::{AuthOptions, RequiredVerification};
use vestibule_flows::{Context, CreateUserAccount, SignInMethod};
use vestibule_outbox::newest;
use vestibule_testing::{TestDatabase, on_both_engines};
use vestibule_user::CreateUser;

use crate::support::{Browser, PASSWORD, Site};

on_both_engines!(
    the_first_administrator_does_not_need_to_verify,
    a_user_is_sent_a_mail_and_the_page_reports_it,
    a_user_who_has_not_verified_can_only_sign_out,
    an_address_verified_elsewhere_lets_the_session_continue,
);

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";

fn strict(options: &mut AuthOptions) {
    let required = RequiredVerification { entity_type: "email".to_owned(), auth_provider: "emailpass".to_owned() };
    options.verifications_per_actor = [("user".to_owned(), vec![required])].into();
}

impl Site {
    /// The codes that were sent, newest first.
    async fn codes(&self) -> Vec<String> {
        let events = newest(self.flows.database(), 100).await.unwrap();
        let sent = events.into_iter().filter(|event| event.name == "auth.verification_requested");
        sent.map(|event| self.flows.auth().reveal_event(&event).unwrap()["code"].as_str().unwrap().to_owned()).collect()
    }

    /// A browser in which Bob has signed in, who was created by an administrator.
    async fn bob(&self) -> Browser {
        let ada = self.create_user(ADA, None).await;
        let account =
            CreateUserAccount::new(CreateUser::new(BOB.parse().unwrap()), SignInMethod::Password(PASSWORD.into()));
        self.flows.create_user_account(&account, &Context::user(ada.id)).await.unwrap();
        let browser = self.browser();
        let fields = [("email", BOB), ("password", PASSWORD)];
        browser.post("/app/login", &fields).await.leads_to("/app/verify");
        browser
    }
}

async fn the_first_administrator_does_not_need_to_verify(place: Arc<TestDatabase>) {
    let site = Site::with(place, strict).await;
    let token = site.flows.issue_first_user_token().await.unwrap().unwrap();
    let browser = site.browser();
    let fields = [("token", token.as_str()), ("email", ADA), ("password", PASSWORD)];
    browser.post("/app/setup", &fields).await.leads_to("/app?done=welcome");
    browser.get("/app/users").await.is(200);
    let again = site.browser();
    again.post("/app/login", &[("email", ADA), ("password", PASSWORD)]).await.leads_to("/app");
    again.get("/app/users").await.is(200);
    assert!(site.codes().await.is_empty());
}

async fn a_user_is_sent_a_mail_and_the_page_reports_it(place: Arc<TestDatabase>) {
    let site = Site::with(place, strict).await;
    let mut browser = site.bob().await;
    assert_eq!(site.codes().await.len(), 1, "at sign-in");
    let page = browser.get("/app/verify").await;
    page.is(200).shows("A mail was sent to bob@example.com on ").shows("Send again").shows("/app/logout");
    assert_eq!(site.codes().await.len(), 1, "showing the page sends nothing");
    let page = browser.post("/app/verify/send", &[]).await;
    page.is(429).shows("A mail was sent to you a short while ago. You can have another one sent from ");
    assert_eq!(site.codes().await.len(), 1);
    site.clock.advance(Duration::from_secs(60));
    browser.post("/app/verify/send", &[]).await.leads_to("/app/verify?done=verification-sent");
    browser.get("/app/verify?done=verification-sent").await.shows("A mail is on its way to your address.");
    site.clock.advance(Duration::from_secs(16 * 60));
    browser.get("/app/verify").await.shows("has expired").shows("Send again");
    browser.language = "de";
    browser.get("/app/verify").await.shows("ist abgelaufen").shows("Noch einmal senden");
    browser.post("/app/verify/send", &[]).await.is(303);
    browser.get("/app/verify").await.shows("wurde eine Mail an bob@example.com gesendet");
    let codes = site.codes().await;
    assert_eq!(codes.len(), 3);
    browser.post("/app/verify", &[("code", &codes[1])]).await.is(400).shows("Noch einmal senden");
    browser.post("/app/verify", &[("code", &codes[0])]).await.leads_to("/app?done=verified");
    browser.get("/app/profile").await.is(200);
}

async fn a_user_who_has_not_verified_can_only_sign_out(place: Arc<TestDatabase>) {
    let site = Site::with(place, strict).await;
    let browser = site.bob().await;
    for path in ["/app/users", "/app/profile"] {
        browser.get(path).await.leads_to("/app/verify");
    }
    browser.post("/app/logout", &[]).await.leads_to("/app/login?done=signed-out");
    browser.get("/app/verify").await.is(200).hides("/app/logout").hides("Send again");
    browser.post("/app/verify/send", &[]).await.leads_to("/app/login?next=%2Fapp%2Fverify");
}

async fn an_address_verified_elsewhere_lets_the_session_continue(place: Arc<TestDatabase>) {
    let site = Site::with(place, strict).await;
    let browser = site.bob().await;
    let code = site.codes().await.remove(0);
    site.browser().post("/app/verify", &[("code", &code)]).await.leads_to("/app/login?done=verified");
    browser.get("/app/verify").await.shows("Your address is confirmed.").shows("Continue");
    browser.post("/app/verify/send", &[]).await.leads_to("/app?done=verified");
    browser.get("/app/profile").await.is(200);
}
