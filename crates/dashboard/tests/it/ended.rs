//! A session that ends while its user writes: the page that signs in says why, and the form is back afterwards. A form in a
//! second tab works after a sign-in in the first.

use std::time::Duration;

use axum::http::Request;
use vestibule_flows::Context;
use vestibule_testing::on_both_engines;

use crate::support::{Browser, PASSWORD, Page, Site};

on_both_engines!(
    the_page_that_signs_in_says_why_a_session_is_over,
    what_was_typed_is_back_after_signing_in,
    every_form_with_fields_is_back,
    secrets_are_not_kept_and_others_see_nothing,
    a_form_in_a_second_tab_works_after_signing_in_in_the_first,
    without_cookies_the_page_says_that_they_are_missing,
);

const ADA: &str = "ada@example.com";

impl Site {
    /// A browser in which a second administrator is signed in and has seen a page.
    async fn grace(&self) -> Browser {
        self.create_user("grace@example.com", None).await;
        let browser = self.signed_in("grace@example.com").await;
        browser.get("/app/users").await.is(200);
        browser
    }

    async fn grace_id(&self) -> vestibule_user::UserId {
        let users = self.flows.users().list_users(&Default::default(), &Default::default()).await.unwrap();
        users.iter().find(|user| user.email.as_str() == "grace@example.com").unwrap().id
    }

    async fn end_sessions_of_grace(&self) {
        self.flows.end_sessions_of_user(self.grace_id().await, &Context::operator()).await.unwrap();
    }
}

/// Signs in on the page to which another has led, and returns the page after it.
async fn sign_in_again(browser: &Browser, page: &Page, email: &str) -> Page {
    page.is(303);
    let form = browser.get(&page.location).await;
    let next = form.between("name=\"next\" value=\"", "\"").replace("&#38;", "&");
    let fields = [("email", email), ("password", PASSWORD), ("next", next.as_str())];
    let signed_in = browser.post("/app/login", &fields).await;
    browser.get(&signed_in.is(303).location).await
}

async fn the_page_that_signs_in_says_why_a_session_is_over(site: Site) {
    site.create_user(ADA, None).await;
    site.browser().get("/app/users").await.leads_to("/app/login?next=%2Fapp%2Fusers");
    let grace = site.grace().await;
    let id = site.grace_id().await;
    let says = async |browser: &Browser, word: &str, text: &str| {
        let page = browser.get("/app/users").await;
        page.leads_to(&format!("/app/login?next=%2Fapp%2Fusers&ended={word}"));
        browser.get(&page.location).await.is(200).shows(text);
    };
    site.end_sessions_of_grace().await;
    says(&grace, "elsewhere", "You were signed out, here or on another device.").await;
    let grace = site.signed_in("grace@example.com").await;
    grace.get("/app/users").await.is(200);
    site.clock.advance(Duration::from_secs(8 * 24 * 3600));
    says(&grace, "expired", "Your session has expired.").await;
    // Also when the row of the session is gone, or the browser has deleted the cookie.
    site.flows.auth().delete_expired().await.unwrap();
    says(&grace, "expired", "Your session has expired.").await;
    grace.cookies.lock().unwrap().remove("connect.sid");
    says(&grace, "expired", "Your session has expired.").await;
    let mut grace = site.signed_in("grace@example.com").await;
    grace.get("/app/users").await.is(200);
    site.flows.lock_user(id, &Context::operator()).await.unwrap();
    says(&grace, "locked", "Your account is locked.").await;
    grace.language = "de";
    says(&grace, "locked", "Ihr Konto ist gesperrt.").await;
    grace.language = "en";
    site.flows.unlock_user(id, &Context::operator()).await.unwrap();
    site.flows.remove_user_account(id, &Context::operator()).await.unwrap();
    says(&grace, "deleted", "Your account was deleted.").await;
    // Nothing but these words is shown, and a cookie that another service made says nothing.
    grace.get("/app/login?ended=%3Cscript%3E").await.is(200).hides("<script>");
    let forged = site.browser();
    forged.cookies.lock().unwrap().insert("vestibule-user".to_owned(), format!("{id}.AAAA"));
    forged.get("/app/users").await.leads_to("/app/login?next=%2Fapp%2Fusers");
    // Signing out forgets it.
    let ada = site.signed_in(ADA).await;
    ada.get("/app/users").await.is(200);
    ada.post("/app/logout", &[]).await.is(303);
    ada.get("/app/users").await.leads_to("/app/login?next=%2Fapp%2Fusers");
}

async fn what_was_typed_is_back_after_signing_in(site: Site) {
    let grace = site.grace().await;
    let path = format!("/app/users/{}", site.create_user(ADA, None).await.id);
    let token = grace.form_token().await;
    site.end_sessions_of_grace().await;
    let fields = [
        ("first_name", "Ada \"Countess\""),
        ("last_name", "<Lovelace>"),
        ("avatar_url", ""),
        ("phone", "030 1234"),
        ("meta_key_5", "team"),
        ("meta_kind_5", "json"),
        ("meta_value_5", "[\"north & south\"]"),
        ("form_token", &token),
    ];
    let refused = grace.post_fields(&path, &fields).await;
    let page = sign_in_again(&grace, &refused, "grace@example.com").await;
    page.is(200).shows("What you typed is back");
    page.shows("value=\"Ada &#34;Countess&#34;\"").shows("value=\"&#60;Lovelace&#62;\"").shows("value=\"030 1234\"");
    page.shows("north &#38; south");
    let stored = site.flows.users().retrieve_user(path.rsplit('/').next().unwrap().parse().unwrap()).await.unwrap();
    assert_eq!(stored.first_name, None, "nothing was saved");
    grace.post(&path, &fields[..7]).await.leads_to(&format!("{path}?done=saved"));
}

/// A form's path, what is typed, and what its page then shows.
type Form<'a> = (String, Vec<(&'a str, &'a str)>, &'a str);

/// Each form whose fields are seen, with what is typed and what the page then shows.
async fn every_form_with_fields_is_back(site: Site) {
    let ada = site.create_user(ADA, None).await.id;
    let role = site.role("Support", &["user:read"]).await;
    let webhook = [("url", "https://hooks.example.com/x"), ("event", "user.*")];
    let made = site.signed_in(ADA).await.post("/app/webhooks/new", &webhook).await;
    let webhook = format!("/app/webhooks/{}", made.between("action=\"/app/webhooks/", "\""));
    let grace = site.grace().await;
    let user = format!("/app/users/{ada}");
    let forms: [Form<'_>; 11] = [
        (format!("{user}/email"), vec![("email", "new@example.com")], "value=\"new@example.com\""),
        (format!("{user}/roles"), vec![("role", role.as_str()), ("shown", role.as_str())], "role_"),
        ("/app/users/new".into(), vec![("email", "b@example.com"), ("first_name", "Bob")], "value=\"Bob\""),
        (
            "/app/invites/new".into(),
            vec![("addresses", "a@example.com\nb@example.com"), ("role", "role_editor")],
            ">a@example.com\nb@example.com</textarea>",
        ),
        ("/app/roles/new".into(), vec![("name", "Typed role"), ("description", "d")], "value=\"Typed role\""),
        (format!("/app/roles/{role}"), vec![("name", "Typed again")], "value=\"Typed again\""),
        ("/app/api-keys".into(), vec![("title", "Typed key"), ("days", "9")], "value=\"Typed key\""),
        (
            "/app/webhooks/new".into(),
            vec![("url", "https://typed.example"), ("event", "*")],
            "value=\"https://typed.example\"",
        ),
        (webhook, vec![("url", "https://typed.example"), ("event", "*")], "value=\"https://typed.example\""),
        ("/app/profile".into(), vec![("first_name", "Typed name")], "value=\"Typed name\""),
        ("/app/profile/email".into(), vec![("email", "typed@example.com")], "value=\"typed@example.com\""),
    ];
    for (path, fields, shown) in forms {
        let token = grace.form_token().await;
        site.end_sessions_of_grace().await;
        let mut all = fields.clone();
        all.push(("form_token", &token));
        let refused = grace.post_fields(&path, &all).await;
        let page = sign_in_again(&grace, &refused, "grace@example.com").await;
        assert!(page.is(200).text.contains(shown), "{path}: {}", page.text);
        page.shows("What you typed is back");
        for (_, id) in fields.iter().filter(|(name, value)| *name == "role" && value.starts_with("role_")) {
            page.shows(&format!("value=\"{id}\" checked"));
        }
    }
}

/// security.md 20
async fn secrets_are_not_kept_and_others_see_nothing(site: Site) {
    let grace = site.grace().await;
    site.create_user(ADA, None).await;
    let token = grace.form_token().await;
    site.end_sessions_of_grace().await;
    let fields = [("current", PASSWORD), ("password", "Barometer-dandelion-9"), ("form_token", &token)];
    let refused = grace.post_fields("/app/profile/password", &fields).await;
    let page = sign_in_again(&grace, &refused, "grace@example.com").await;
    page.is(200).hides("Barometer-dandelion-9").hides(PASSWORD);
    // Another user who signs in there sees nothing of it.
    let token = grace.form_token().await;
    site.end_sessions_of_grace().await;
    let fields = [("name", "A private role"), ("form_token", token.as_str())];
    let refused = grace.post_fields("/app/roles/new", &fields).await;
    sign_in_again(&grace, &refused, ADA).await.is(200).hides("A private role");
    // Nor is a form kept that another website sent.
    let grace = site.signed_in("grace@example.com").await;
    grace.get("/app/users").await.is(200);
    site.end_sessions_of_grace().await;
    let refused = grace.post_fields("/app/roles/new", &[("name", "Forged"), ("form_token", "x")]).await;
    refused.leads_to("/app/login?next=%2Fapp%2Froles%2Fnew&ended=elsewhere");
}

async fn a_form_in_a_second_tab_works_after_signing_in_in_the_first(site: Site) {
    site.create_user(ADA, None).await;
    let browser = site.browser();
    let token = |page: &Page| page.between("name=\"form_token\" value=\"", "\"");
    // The page that signs in is open in two tabs.
    let second = token(&browser.get("/app/login").await);
    browser.post("/app/login", &[("email", ADA), ("password", PASSWORD)]).await.is(303);
    let fields = [("email", ADA), ("password", PASSWORD), ("form_token", second.as_str())];
    browser.post_fields("/app/login", &fields).await.leads_to("/app");
    // A form is open in a tab, the session ends, and the user signs in in another tab.
    let form = token(&browser.get("/app/roles/new").await);
    site.clock.advance(Duration::from_secs(8 * 24 * 3600));
    browser.get("/app/users").await.is(303);
    browser.post("/app/login", &[("email", ADA), ("password", PASSWORD)]).await.is(303);
    let fields = [("name", "Support"), ("form_token", form.as_str())];
    browser.post_fields("/app/roles/new", &fields).await.is(303);
    // Another user in the same browser does not send what the first has written (security.md 24).
    site.create_user("grace@example.com", None).await;
    let form = token(&browser.get("/app/roles/new").await);
    browser.post("/app/logout", &[]).await.is(303);
    browser.post("/app/login", &[("email", "grace@example.com"), ("password", PASSWORD)]).await.is(303);
    let fields = [("name", "Other"), ("form_token", form.as_str())];
    browser.post_fields("/app/roles/new", &fields).await.is(403).shows("This form is too old");
}

async fn without_cookies_the_page_says_that_they_are_missing(site: Site) {
    site.create_user(ADA, None).await;
    let browser = site.browser();
    let page = browser.get("/app/login").await;
    let token = page.between("name=\"form_token\" value=\"", "\"");
    browser.cookies.lock().unwrap().clear();
    let request = Request::post("/app/login").header("host", "localhost:9000");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let body = format!("email={ADA}&password={PASSWORD}&form_token={token}");
    let page = browser.send(request.body(axum::body::Body::from(body)).unwrap()).await;
    page.is(403).shows("Your browser sent no cookie with this form.");
}
