//! The own profile: name, password, second factor, sessions.

use std::time::Duration;

use vestibule_rbac::UpdateRole;
use vestibule_testing::on_both_engines;

use crate::support::{PASSWORD, Site, code};

on_both_engines!(
    a_user_changes_their_name,
    a_user_changes_their_password,
    a_second_factor_is_enabled_required_and_disabled,
    several_factors_are_added_renamed_and_removed,
    a_user_who_must_have_a_factor_reaches_enrolment_only,
    a_user_ends_their_sessions,
);

async fn a_user_changes_their_name(site: Site) {
    let browser = site.limited(&[]).await;
    browser.get("/app").await.is(200).shows("Your account is ready").hides("/app/users");
    let fields = [("first_name", "Ada"), ("last_name", "Lovelace"), ("avatar_url", ""), ("phone", "030 1234")];
    browser.post("/app/profile", &fields).await.leads_to("/app/profile?done=saved");
    browser
        .get("/app/profile?done=saved")
        .await
        .shows("value=\"Lovelace\"")
        .shows("value=\"030 1234\"")
        .shows("Saved.")
        .shows("Ada Lovelace");
    let long = "x".repeat(5_000);
    browser.post("/app/profile", &[("first_name", &long)]).await.is(400).shows(&long).shows("role=\"alert\"");
}

/// security.md 13
async fn a_user_changes_their_password(site: Site) {
    let browser = site.admin().await;
    let other = site.signed_in("ada@example.com").await;
    let change = async |current, password| {
        browser.post("/app/profile/password", &[("current", current), ("password", password)]).await
    };
    change("Wrong-one-here-1", "Barometer-dandelion-9").await.is(400).shows("role=\"alert\"").hides("Barometer");
    change(PASSWORD, "password").await.is(400).shows("too easy to guess");
    other.get("/app/profile").await.is(200);
    change(PASSWORD, "Barometer-dandelion-9").await.leads_to("/app/profile?done=password-changed");
    other.get("/app/profile").await.is(303);
    browser.get("/app/profile").await.is(200);
}

/// security.md 17, 18, 20
async fn a_second_factor_is_enabled_required_and_disabled(site: Site) {
    let browser = site.admin().await;
    browser.get("/app/profile/second-factor").await.is(200).shows("Set up").hides("qr");
    // Started and abandoned, and started again.
    browser.post("/app/profile/second-factor/start", &[]).await.is(200).shows("class=\"qr\"");
    let page = browser.post("/app/profile/second-factor/start", &[]).await;
    let field = |name: &str| page.between(&format!("name=\"{name}\" value=\""), "\"").replace("&#38;", "&");
    let (factor, secret, url) = (field("factor"), field("secret"), field("url"));
    page.shows("<svg class=\"qr\"");
    let verify = async |code: &str| {
        let fields = [("factor", factor.as_str()), ("secret", &secret), ("url", &url), ("code", code)];
        browser.post("/app/profile/second-factor/verify", &fields).await
    };
    let wrong = verify("000000").await;
    wrong.is(400).shows("role=\"alert\"").shows("<svg class=\"qr\"").shows(&secret);
    wrong.shows("The code is wrong").hides("Invalid TOTP");
    let right = code(&secret, &site.clock);
    let page = verify(&format!("{} {}", &right[..3], &right[3..])).await;
    page.is(200).shows("Recovery codes").hides(&secret);
    let recovery = page.between("<li><code>", "</code>");
    browser.get("/app/profile/second-factor").await.hides(&recovery);

    let half = site.browser();
    let fields = [("email", "ada@example.com"), ("password", PASSWORD), ("next", "/app/audit")];
    half.post("/app/login", &fields).await.leads_to("/app/login/factor?next=%2Fapp%2Faudit");
    half.get("/app/users").await.leads_to("/app/login/factor");
    half.get("/app/login/factor?next=%2Fapp%2Faudit").await.is(200).shows("value=\"/app/audit\"");
    half.post("/app/login/factor", &[("code", &right)]).await.is(400).shows("role=\"alert\"");
    let long = half.post("/app/login/factor", &[("code", "0000-0000-0000")]).await;
    long.is(400).shows("The code is wrong").hides("does not support");
    site.clock.advance(Duration::from_secs(30));
    let digit = |c: char| c.to_digit(10).and_then(|value| char::from_u32(0x660 + value)).unwrap();
    let in_arabic: String = code(&secret, &site.clock).chars().map(digit).collect();
    let fields = [("code", in_arabic), ("next", "/app/audit".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    half.post("/app/login/factor", &fields).await.leads_to("/app/audit");
    half.get("/app/audit").await.is(200);

    let lost = site.browser();
    lost.post("/app/login", &[("email", "ada@example.com"), ("password", PASSWORD)]).await.is(303);
    let typed = recovery.replace('-', "").to_uppercase();
    lost.post("/app/login/factor", &[("code", &typed)]).await.leads_to("/app");
    lost.get("/app/users").await.is(200);

    // Later a fresh proof is required.
    site.clock.advance(Duration::from_secs(11 * 60));
    let enabled = lost.get("/app/profile/second-factor").await.between("name=\"factor\" value=\"", "\"");
    let off = async |proof: (&str, &str)| {
        lost.post("/app/profile/second-factor/disable", &[("factor", &enabled), proof]).await
    };
    lost.post("/app/profile/second-factor/disable", &[("factor", &enabled)])
        .await
        .is(403)
        .shows("Confirm your identity");
    off(("proof_password", PASSWORD)).await.is(403).shows("proof_code");
    off(("proof_code", "000000")).await.is(400);
    let shown = code(&secret, &site.clock);
    let fields = [("proof_code", shown.as_str())];
    lost.post("/app/profile/second-factor/codes", &fields).await.is(200).shows("<li><code>");
    lost.post("/app/profile/second-factor/disable", &[("factor", &enabled)])
        .await
        .leads_to("/app/profile/second-factor?done=factor-disabled");
    site.browser().post("/app/login", &[("email", "ada@example.com"), ("password", PASSWORD)]).await.leads_to("/app");
}

async fn several_factors_are_added_renamed_and_removed(site: Site) {
    const PAGE: &str = "/app/profile/second-factor";
    let admin = site.admin().await;
    let user = site.create_user("grace@example.com", None).await.id;
    let browser = crate::matrix::enrol_factor(&site, "grace@example.com").await;
    let start = async |name: &str| browser.post(&format!("{PAGE}/start"), &[("name", name)]).await;
    start("Authenticator app").await.is(422).shows("has this name already").shows("value=\"Authenticator app\"");
    for name in ["x".repeat(300), "my\nphone".to_owned()] {
        start(&name).await.is(400).shows("1 to 255 characters");
    }
    let page = start("Tablet").await;
    let field = |name: &str| page.between(&format!("name=\"{name}\" value=\""), "\"");
    let (tablet, secret) = (field("factor"), field("secret"));
    let right = code(&secret, &site.clock);
    // The recovery codes stay those of before.
    let fields = [("factor", tablet.as_str()), ("code", &right)];
    browser.post(&format!("{PAGE}/verify"), &fields).await.leads_to(&format!("{PAGE}?done=saved"));
    let page = browser.get(PAGE).await;
    page.shows(">Authenticator app</span>").shows(">Tablet</span>").shows("Add an authenticator app");
    let app = page.between("name=\"factor\" value=\"", "\"");

    let rename = async |factor: &str, name: &str| {
        browser.post(&format!("{PAGE}/rename"), &[("factor", factor), ("name", name)]).await
    };
    rename(&app, "Tablet").await.is(422).shows("has this name already");
    rename(&app, "").await.is(400).shows("1 to 255 characters");
    rename(&app, "Phone <b>").await.leads_to(&format!("{PAGE}?done=saved"));
    rename("authmfa_01JABCDEFGHJKMNPQRSTVWXYZ0", "Phone").await.is(404);
    admin.post(&format!("{PAGE}/rename"), &[("factor", &app), ("name", "Mine")]).await.is(404);
    browser.get("/app/profile").await.shows("Phone &#60;b&#62;</span>").shows(">Tablet</span>");
    admin
        .get(&format!("/app/users/{user}?tab=security"))
        .await
        .shows("Phone &#60;b&#62;</span>")
        .shows(">Tablet</span>");

    let remove = async |factor: &str| browser.post(&format!("{PAGE}/disable"), &[("factor", factor)]).await;
    remove(&app).await.leads_to(&format!("{PAGE}?done=factor-disabled"));
    browser.get(PAGE).await.hides("Phone").shows(">Tablet</span>");
    let half = site.browser();
    half.post("/app/login", &[("email", "grace@example.com"), ("password", PASSWORD)]).await.is(303);
    site.clock.advance(Duration::from_secs(30));
    half.post("/app/login/factor", &[("code", &code(&secret, &site.clock))]).await.leads_to("/app");
    remove(&tablet).await.leads_to(&format!("{PAGE}?done=factor-disabled"));
    browser.get(PAGE).await.shows("shows a new code every thirty seconds");
}

async fn a_user_who_must_have_a_factor_reaches_enrolment_only(site: Site) {
    let browser = site.limited(&["user:read"]).await;
    let held = site.flows.rbac().list_rbac_roles(&vestibule_core::Filter::everything(), &Default::default()).await;
    let role = held.unwrap().into_iter().find(|role| role.name == "Limited").unwrap().id;
    let update = UpdateRole { requires_mfa: Some(true), ..UpdateRole::new(role) };
    site.flows.update_role(&update, &vestibule_flows::Context::operator()).await.unwrap();
    for path in ["/app/users", "/app/profile"] {
        browser.get(path).await.leads_to("/app/profile/second-factor");
    }
    browser.get("/app").await.leads_to("/app/profile/second-factor");
    browser.get("/app/profile/second-factor").await.is(200).shows("requires a second factor");
    crate::matrix::enrol_factor(&site, "limited@example.com").await;
    // By the session that has proved the factor.
    browser.get("/app/users").await.is(303);
}

async fn a_user_ends_their_sessions(site: Site) {
    let browser = site.admin().await;
    let (one, two) = (site.signed_in("ada@example.com").await, site.signed_in("ada@example.com").await);
    let page = browser.get("/app/profile").await;
    page.shows("this one").shows("End all others");
    browser.post("/app/profile/sessions", &[]).await.leads_to("/app/profile?done=sessions-ended");
    one.get("/app/profile").await.is(303);
    two.get("/app/profile").await.is(303);
    let own = browser.get("/app/profile").await.between("action=\"/app/profile/sessions/", "\"");
    browser.post(&format!("/app/profile/sessions/{own}"), &[]).await.leads_to("/app/login?done=signed-out");
    browser.get("/app/profile").await.is(303);
}
