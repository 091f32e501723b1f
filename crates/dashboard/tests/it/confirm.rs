//! "Confirm your identity": an action that changes access waits for a fresh proof, and continues with the submitted
//! values.

use std::time::Duration;

use vestibule_testing::on_both_engines;

use crate::support::{Browser, PASSWORD, Page, Site, code};

on_both_engines!(
    an_action_continues_after_the_password,
    with_a_second_factor_a_code_is_required,
    a_stolen_session_takes_over_no_account,
    without_a_password_a_new_sign_in_is_required,
    a_page_session_lasts_for_weeks,
    another_sign_in_in_the_same_browser_ends_the_older_session,
);

const HOUR: Duration = Duration::from_secs(3_600);

#[track_caller]
fn assert_proof_required(page: &Page) {
    page.is(403).shows("<h1>Confirm your identity</h1>");
}

/// Submits the form of the page again, with a proof.
async fn confirm(browser: &Browser, page: &Page, proof: (&str, &str)) -> Page {
    let action = page.between("<form method=\"post\" action=\"", "\"").replace("&#38;", "&");
    let form = page.between("class=\"fields\">", "</form>");
    let mut fields = vec![(proof.0.to_owned(), proof.1.to_owned())];
    for field in form.split("<input type=\"hidden\" name=\"").skip(1) {
        let (name, rest) = field.split_once("\" value=\"").unwrap();
        fields.push((name.to_owned(), rest.split_once('"').unwrap().0.replace("&#60;", "<").replace("&#62;", ">")));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post_fields(&action, &fields).await
}

async fn an_action_continues_after_the_password(site: Site) {
    let browser = site.admin().await;
    let grace = site.create_user("grace@example.com", Some(vec![])).await.id;
    site.clock.advance(HOUR);
    let fields = [("title", "Nightly <export>"), ("days", ""), ("role", "role_super_admin")];
    let page = browser.post("/app/api-keys", &fields).await;
    assert_proof_required(&page);
    page.shows("name=\"title\" value=\"Nightly &#60;export&#62;\"").shows("name=\"proof_password\"");
    page.hides("proof_code");
    // The problem is shown, and the typed values remain.
    for wrong in ["", "Wrong-one-here-1"] {
        let again = confirm(&browser, &page, ("proof_password", wrong)).await;
        again.is(400).shows("role=\"alert\"").shows("value=\"Nightly &#60;export&#62;\"").hides("Wrong-one");
    }
    confirm(&browser, &page, ("proof_password", PASSWORD)).await.is(200).shows("value=\"sk_");
    browser.get("/app/api-keys").await.shows("Nightly &#60;export&#62;");
    // No proof is required again for ten minutes.
    let roles = format!("/app/users/{grace}/roles");
    let fields = [("shown", "role_super_admin"), ("role", "role_super_admin")];
    browser.post(&roles, &fields).await.is(200).shows("The roles are saved.");
    site.clock.advance(HOUR);
    let link = format!("/app/users/{grace}/reset-link");
    let page = browser.post(&link, &[]).await;
    assert_proof_required(&page);
    confirm(&browser, &page, ("proof_password", PASSWORD)).await.is(200).shows("/app/reset-password?token=");
    // A proof without a form token is refused, and before the sign-in it is an unknown field.
    let fields = [("title", "x"), ("proof_password", PASSWORD)];
    browser.post_fields("/app/api-keys", &fields).await.is(403).hides("sk_");
    let fields = [("email", "ada@example.com"), ("password", PASSWORD), ("proof_password", PASSWORD)];
    site.browser().post("/app/login", &fields).await.is(400);
}

/// Enrols a second factor for the account of a browser, and returns its secret.
async fn enrolled(site: &Site, browser: &Browser) -> (String, String) {
    let page = browser.post("/app/profile/second-factor/start", &[]).await;
    let field = |name: &str| page.between(&format!("name=\"{name}\" value=\""), "\"").replace("&#38;", "&");
    let (factor, secret, url) = (field("factor"), field("secret"), field("url"));
    let shown = code(&secret, &site.clock);
    let fields = [("factor", factor.as_str()), ("secret", &secret), ("url", &url), ("code", &shown)];
    browser.post("/app/profile/second-factor/verify", &fields).await.is(200).shows("Recovery codes");
    (factor, secret)
}

/// security.md 20
async fn with_a_second_factor_a_code_is_required(site: Site) {
    let browser = site.admin().await;
    let (factor, secret) = enrolled(&site, &browser).await;
    site.clock.advance(HOUR);
    let fields = [("current", PASSWORD), ("password", "Barometer-dandelion-9")];
    let page = browser.post("/app/profile/password", &fields).await;
    assert_proof_required(&page);
    page.shows("name=\"proof_code\"").hides("proof_password");
    assert_proof_required(&confirm(&browser, &page, ("proof_password", PASSWORD)).await);
    confirm(&browser, &page, ("proof_code", "000000")).await.is(400).shows("role=\"alert\"");
    let right = code(&secret, &site.clock);
    let right = format!("{} {}", &right[..3], &right[3..]);
    confirm(&browser, &page, ("proof_code", &right)).await.leads_to("/app/profile?done=password-changed");
    site.clock.advance(HOUR);
    let page = browser.post("/app/profile/second-factor/disable", &[("factor", &factor)]).await;
    assert_proof_required(&page);
    let done = confirm(&browser, &page, ("proof_code", &code(&secret, &site.clock))).await;
    done.leads_to("/app/profile/second-factor?done=factor-disabled");
}

/// security.md 20: a session one hour old, and nothing else.
async fn a_stolen_session_takes_over_no_account(site: Site) {
    let browser = site.admin().await;
    let own = site.flows.users().list_users(&vestibule_core::Filter::everything(), &Default::default()).await.unwrap();
    let own = format!("/app/users/{}", own[0].id);
    let grace = site.create_user("grace@example.com", Some(vec![])).await.id;
    site.flows.lock_user(grace, &vestibule_flows::Context::operator()).await.unwrap();
    let grace = format!("/app/users/{grace}");
    let (factor, _) = enrolled(&site, &browser).await;
    site.clock.advance(HOUR);
    for (path, fields) in [
        ("/app/api-keys".to_owned(), vec![("title", "x"), ("days", ""), ("role", "role_super_admin")]),
        ("/app/invites/new".to_owned(), vec![("addresses", "evil@example.com"), ("role", "role_super_admin")]),
        (format!("{grace}/unlock"), vec![]),
        (format!("{grace}/roles"), vec![("shown", "role_super_admin"), ("role", "role_super_admin")]),
        (format!("{grace}/reset-link"), vec![]),
        (format!("{grace}/reset-mail"), vec![]),
        (format!("{grace}/email"), vec![("email", "evil@example.com")]),
        ("/app/profile/email".to_owned(), vec![("email", "evil@example.com")]),
        (format!("{grace}/second-factor"), vec![]),
        (format!("{grace}/second-factor/authmfa_01ARZ3NDEKTSV4RRFFQ69G5FAV"), vec![]),
        (format!("{grace}/attempts"), vec![]),
        ("/app/profile/second-factor/disable".to_owned(), vec![("factor", factor.as_str())]),
        ("/app/profile/second-factor/codes".to_owned(), vec![]),
        ("/app/profile/second-factor/start".to_owned(), vec![]),
        ("/app/profile/password".to_owned(), vec![("current", PASSWORD), ("password", "Barometer-dandelion-9")]),
    ] {
        let page = browser.post(&path, &fields).await;
        assert_proof_required(&page);
        page.shows("name=\"proof_code\"");
        assert_proof_required(&confirm(&browser, &page, ("proof_password", PASSWORD)).await);
    }
    let one_factor = "second-factor/authmfa_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    for path in ["reset-link", "reset-mail", "second-factor", one_factor, "attempts"] {
        browser.post(&format!("{own}/{path}"), &[]).await.is(400);
    }
    browser.get(&own).await.hides("/reset-link").hides(&format!("{own}/second-factor"));
    assert!(
        site.flows
            .users()
            .list_invites(&vestibule_core::Filter::everything(), &Default::default())
            .await
            .unwrap()
            .is_empty()
    );
}

async fn forget_passwords(site: &Site) -> Result<u64, vestibule_database::Error> {
    vestibule_database::transaction!(site.flows.database(), |transaction| {
        transaction.execute("DELETE FROM provider_identities", &[]).await
    })
}

async fn without_a_password_a_new_sign_in_is_required(site: Site) {
    let browser = site.admin().await;
    site.clock.advance(HOUR);
    assert_eq!(forget_passwords(&site).await.unwrap(), 1);
    let page = browser.post("/app/api-keys", &[("title", "x"), ("days", "")]).await;
    assert_proof_required(&page);
    page.hides("name=\"proof").shows("Sign in again").shows("action=\"/app/logout\"");
    browser.post("/app/logout", &[]).await.leads_to("/app/login?done=signed-out");
}

/// security.md 23
async fn a_page_session_lasts_for_weeks(site: Site) {
    const DAY: Duration = Duration::from_secs(86_400);
    let browser = site.browser();
    let page = browser.post("/app/login", &[("email", "ada@example.com"), ("password", PASSWORD)]).await;
    page.is(401);
    site.create_user("ada@example.com", None).await;
    let page = browser.post("/app/login", &[("email", "ada@example.com"), ("password", PASSWORD)]).await;
    assert!(page.set_cookie("connect.sid").contains("; Max-Age=2592000;"), "{:?}", page.set_cookies);
    for _ in 0..4 {
        site.clock.advance(DAY * 6);
        browser.get("/app/users").await.is(200);
    }
    site.clock.advance(DAY * 6 - Duration::from_secs(1));
    browser.get("/app/users").await.is(200);
    site.clock.advance(Duration::from_secs(1));
    browser.get("/app/users").await.leads_to("/app/login?next=%2Fapp%2Fusers&ended=expired");
    let browser = site.signed_in("ada@example.com").await;
    site.clock.advance(DAY * 7);
    browser.get("/app/users").await.is(303);
}

/// OWASP ASVS 7.2.4
async fn another_sign_in_in_the_same_browser_ends_the_older_session(site: Site) {
    let browser = site.admin().await;
    let first = browser.cookies.lock().unwrap().clone();
    browser.post("/app/login", &[("email", "ada@example.com"), ("password", PASSWORD)]).await.leads_to("/app");
    browser.get("/app/users").await.is(200);
    let older = site.browser();
    *older.cookies.lock().unwrap() = first;
    older.get("/app/users").await.leads_to("/app/login?next=%2Fapp%2Fusers");
    let ended = vestibule_core::Field::eq(vestibule_audit::AuditField::Action, "session.ended");
    let (entries, _) = site.flows.audit().list_and_count(&ended, &Default::default()).await.unwrap();
    assert_eq!(entries.len(), 1);
}
