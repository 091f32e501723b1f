//! 25: access to each page. Every line of the table of pages is requested by every kind of visitor; the responses are
//! recorded in docs/pages.md.
//!
//! With UPDATE_SNAPSHOTS=1 the document is written again.

use std::fmt::Write as _;

use vestibule_dashboard::pages::PAGES;
use vestibule_rbac::{CreateRole, RoleId};
use vestibule_testing::on_both_engines;
use vestibule_web::access::Route;

use crate::support::{Browser, PASSWORD, Page, Site, code};

on_both_engines!(every_page_admits_the_visitors_of_the_table);

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/pages.md");

const HEAD: &str = "# Access to each page

Written by `crates/dashboard/tests/it/matrix.rs`, which requests each page as each of these visitors, on both databases.
*yes*: admitted, whatever the page then shows. *sign in*, *second factor*, *enrol*: redirected there first. *no*: a policy is
missing, and the page names it.

| Page | anonymous | half signed in | must enrol | no role | read-only | super admin |
|---|---|---|---|---|---|---|
";

fn outcome(page: &Page) -> &'static str {
    match (page.status, page.location.as_str()) {
        (303, "/app/login/factor") => "second factor",
        (303, "/app/profile/second-factor") => "enrol",
        (303, location) if location.starts_with("/app/login?next=") => "sign in",
        (403, _) if page.text.contains("You lack: ") => "no",
        _ => "yes",
    }
}

/// The path of a line, with ids that match nothing.
fn path(line: &Route) -> String {
    line.path
        .replace("/users/{id}", "/users/user_01ARZ3NDEKTSV4RRFFQ69G5FAV")
        .replace("/invites/{id}", "/invites/invite_01ARZ3NDEKTSV4RRFFQ69G5FAV")
        .replace("/import/{id}", "/import/upload_01ARZ3NDEKTSV4RRFFQ69G5FAV")
        .replace("/roles/{id}", "/roles/role_nosuch")
        .replace("/api-keys/{id}", "/api-keys/apk_01ARZ3NDEKTSV4RRFFQ69G5FAV")
        .replace("/webhooks/{id}", "/webhooks/whep_01ARZ3NDEKTSV4RRFFQ69G5FAV")
        .replace("/deliveries/{id}", "/deliveries/dlv_01ARZ3NDEKTSV4RRFFQ69G5FAV")
        .replace("{delivery}", "dlv_01ARZ3NDEKTSV4RRFFQ69G5FAV")
        .replace("{factor}", "authmfa_01ARZ3NDEKTSV4RRFFQ69G5FAV")
        .replace("{session}", "sess_01ARZ3NDEKTSV4RRFFQ69G5FAV")
        .replace("/sessions/{id}", "/sessions/sess_01ARZ3NDEKTSV4RRFFQ69G5FAV")
        .replace("{file}", "nosuch")
        .replace("{provider}", "nosuch")
}

async fn every_page_admits_the_visitors_of_the_table(site: Site) {
    let mut enrol = CreateRole::new("Guarded");
    enrol.requires_mfa = true;
    let enrol = site.flows.rbac().create_rbac_roles(enrol).await.unwrap().id;
    let read: Vec<String> = vestibule_rbac::builtin::keys().into_iter().filter(|key| key.ends_with(":read")).collect();
    let read: Vec<&str> = read.iter().map(String::as_str).collect();
    let read = site.role("Reader", &read).await;
    let visitors: [(&str, Option<Vec<RoleId>>); 5] = [
        ("half@example.com", None),
        ("enrol@example.com", Some(vec![enrol])),
        ("none@example.com", Some(vec![])),
        ("read@example.com", Some(vec![read])),
        ("all@example.com", None),
    ];
    for (email, roles) in visitors.clone() {
        site.create_user(email, roles).await;
    }
    enrol_factor(&site, "half@example.com").await;

    let mut table = HEAD.to_owned();
    for line in PAGES {
        let mut outcomes = Vec::new();
        for visitor in [None].into_iter().chain(visitors.iter().map(|(email, _)| Some(*email))) {
            // A new session for each request: some pages end it.
            let browser = match visitor {
                Some(email) => site.signed_in(email).await,
                None => site.browser(),
            };
            outcomes.push(outcome(&ask(&browser, line).await));
        }
        check(line, &outcomes);
        writeln!(table, "| `{} {}` | {} |", line.method, line.path, outcomes.join(" | ")).unwrap();
    }
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(DOCUMENT, &table).unwrap();
    }
    assert_eq!(table, std::fs::read_to_string(DOCUMENT).unwrap(), "UPDATE_SNAPSHOTS=1 writes {DOCUMENT} again");
}

async fn ask(browser: &Browser, line: &Route) -> Page {
    match line.method {
        "GET" => browser.get(&path(line)).await,
        _ => browser.post(&path(line), &[]).await,
    }
}

/// The outcome that follows from the table alone.
fn check(line: &Route, outcomes: &[&str]) {
    use vestibule_web::access::Access;
    let expected: [&str; 6] = match line.access {
        // It redirects each visitor to the page where they can continue.
        Access::Public if line.path == "/app" => ["yes", "second factor", "enrol", "yes", "yes", "yes"],
        Access::Public => ["yes"; 6],
        Access::Challenge => ["sign in", "yes", "yes", "yes", "yes", "yes"],
        Access::Enrolment => ["sign in", "second factor", "yes", "yes", "yes", "yes"],
        Access::User | Access::Known => ["sign in", "second factor", "enrol", "yes", "yes", "yes"],
        Access::Policies(policies) => {
            let may_read = policies.iter().all(|policy| policy.ends_with(":read"));
            ["sign in", "second factor", "enrol", "no", if may_read { "yes" } else { "no" }, "yes"]
        }
        other => panic!("no page requires {other:?}"),
    };
    assert_eq!(outcomes, expected, "{} {}", line.method, line.path);
}

/// Enrols a second factor as the user does it.
pub(crate) async fn enrol_factor(site: &Site, email: &str) -> Browser {
    let browser = site.browser();
    browser.post("/app/login", &[("email", email), ("password", PASSWORD)]).await.is(303);
    let page = browser.post("/app/profile/second-factor/start", &[]).await;
    let (factor, secret) =
        (page.between("name=\"factor\" value=\"", "\""), page.between("name=\"secret\" value=\"", "\""));
    let fields = [("factor", factor.as_str()), ("code", &code(&secret, &site.clock))];
    browser.post("/app/profile/second-factor/verify", &fields).await.is(200).shows("Recovery codes");
    browser
}
