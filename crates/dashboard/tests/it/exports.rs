//! Exports of lists: what the list shows, as a file, for as long as the reader may see it.

use axum::body::{Body, to_bytes};
use axum::http::Response;
use serde_json::Value as Json;
use vestibule_flows::{Context, NewInvite};
use vestibule_testing::on_both_engines;
use vestibule_user::CreateUser;

use crate::support::{Browser, Site};

on_both_engines!(
    exports_have_the_rows_of_their_lists,
    exports_of_many_users_have_each_once,
    a_reader_who_may_no_longer_read_gets_no_whole_file,
    a_slow_reader_keeps_nothing_locked,
    exports_have_no_secrets,
);

/// The ids of an export in either format.
async fn exported(browser: &Browser, path: &str, query: &str) -> Vec<String> {
    let csv = browser.get(&format!("{path}.csv?{query}")).await;
    csv.is(200);
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    let name = path.trim_start_matches("/app/");
    assert_eq!(csv.headers["content-disposition"], format!("attachment; filename=\"{name}.csv\""));
    assert_eq!(csv.headers["cache-control"], "no-store");
    let table = csv.text.strip_prefix("\u{feff}id,").unwrap().trim_end();
    let ids: Vec<String> = table.split("\r\n").skip(1).map(|line| line.split(',').next().unwrap().to_owned()).collect();
    let lines = browser.get(&format!("{path}.jsonl?{query}")).await;
    lines.is(200);
    assert_eq!(lines.headers["content-type"], "application/x-ndjson");
    let rows = lines.text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    assert_eq!(rows.map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>(), ids);
    ids
}

async fn exports_have_the_rows_of_their_lists(site: Site) {
    let browser = site.admin().await;
    for number in 0..4 {
        let user = site.create_user(&format!("person{number}@example.com"), Some(vec![])).await;
        let new = NewInvite::new(format!("i{number}@example.com").parse().unwrap());
        let invite = site.flows.invite(&new, &Context::operator()).await.unwrap();
        if number == 0 {
            site.flows.lock_user(user.id, &Context::operator()).await.unwrap();
            site.flows.revoke_invite(invite.id, &Context::operator()).await.unwrap();
        }
    }
    let shown = async |path: &str, query: &str, mark: &str| {
        let page = browser.get(&format!("{path}?rows=200&{query}")).await;
        let mut ids: Vec<String> =
            page.text.split(mark).skip(1).map(|rest| rest.split(['"', '/']).next().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    let sorted = |mut ids: Vec<String>| {
        ids.sort();
        ids
    };
    let user = "class=\"who whole\" href=\"/app/users/";
    for (query, count) in [
        ("", 5),
        ("q=person", 4),
        ("state=locked", 1),
        ("state=active&sort=name", 4),
        ("state=without", 5),
        ("role=role_super_admin&rows=1&after=x&page=9", 1),
    ] {
        let ids = sorted(exported(&browser, "/app/users", query).await);
        assert_eq!(ids.len(), count, "{query}");
        let list = query.split("&rows").next().unwrap();
        assert_eq!(ids, shown("/app/users", list, user).await, "{query}");
    }
    for (query, count) in [("", 3), ("state=revoked", 1), ("q=i1", 1), ("state=accepted", 0)] {
        assert_eq!(exported(&browser, "/app/invites", query).await.len(), count, "{query}");
    }
    let pending = "name=\"invite\" value=\"";
    let ids = sorted(exported(&browser, "/app/invites", "").await);
    assert_eq!(ids, shown("/app/invites", "", pending).await);
    for (query, count) in [("action=user.locked", 1), ("action=invite", 5), ("from=2000-01-01&until=2000-01-02", 0)] {
        assert_eq!(exported(&browser, "/app/audit", query).await.len(), count, "{query}");
    }
    let all = exported(&browser, "/app/audit", "").await;
    assert!(all.is_sorted() && all.len() >= 10, "oldest first");
    assert_eq!(exported(&browser, "/app/audit", "from=2000-01-01").await, all);
}

async fn exports_of_many_users_have_each_once(site: Site) {
    let browser = site.admin().await;
    let person = |number: u32| CreateUser::new(format!("many{number}@example.com").parse().unwrap());
    let created = site.flows.users().create_users((0..1_001).map(person).collect::<Vec<_>>()).await.unwrap();
    let mut expected: Vec<String> = created.iter().map(|user| user.id.to_string()).collect();
    expected.sort();
    assert_eq!(exported(&browser, "/app/users", "q=many&sort=name").await, expected);
}

/// Users enough for several batches.
async fn many(site: &Site) {
    let person = |number: u32| CreateUser::new(format!("many{number}@example.com").parse().unwrap());
    site.flows.users().create_users((0..600).map(person).collect::<Vec<_>>()).await.unwrap();
}

/// Reads a response to its end, or to where it breaks off.
async fn rest(response: Response<Body>) -> Result<String, axum::Error> {
    assert_eq!(response.status(), 200);
    Ok(String::from_utf8(to_bytes(response.into_body(), usize::MAX).await?.to_vec()).unwrap())
}

/// security.md 21
async fn a_reader_who_may_no_longer_read_gets_no_whole_file(site: Site) {
    many(&site).await;
    for path in ["/app/users.csv", "/app/users.jsonl"] {
        let role = site.role(path, &["user:read"]).await;
        let email = format!("reader{}@example.com", path.len());
        let user = site.create_user(&email, Some(vec![role.clone()])).await;
        let browser = site.signed_in(&email).await;
        let whole = rest(browser.open(path).await).await.unwrap();
        assert_eq!(whole.matches("@example.com").count(), 601 + usize::from(path.ends_with("jsonl")));

        let begun = browser.open(path).await;
        site.flows.remove_roles(user.id, std::slice::from_ref(&role), &Context::operator()).await.unwrap();
        assert!(rest(begun).await.is_err(), "the permission was taken away");
        browser.get(path).await.is(403);

        site.flows.assign_roles(user.id, &[role], &Context::operator()).await.unwrap();
        let begun = browser.open(path).await;
        browser.post("/app/logout", &[]).await.is(303);
        assert!(rest(begun).await.is_err(), "the session has ended");

        let browser = site.signed_in(&email).await;
        let begun = browser.open(path).await;
        site.flows.lock_user(user.id, &Context::operator()).await.unwrap();
        assert!(rest(begun).await.is_err(), "the user was locked");
    }
}

async fn a_slow_reader_keeps_nothing_locked(site: Site) {
    many(&site).await;
    let browser = site.admin().await;
    let begun = browser.open("/app/users.csv").await;
    // On PostgreSQL it waits for every transaction that has read the table.
    let mut transaction = site.flows.database().begin().await.unwrap();
    transaction.execute("ALTER TABLE users ADD COLUMN later text", &[]).await.unwrap();
    transaction.commit().await.unwrap();
    site.create_user("late@example.com", Some(vec![])).await;
    let text = rest(begun).await.unwrap();
    assert!(text.contains("many599@example.com") && text.lines().count() >= 602);
}

async fn exports_have_no_secrets(site: Site) {
    let browser = site.admin().await;
    let new = NewInvite::new("new@example.com".parse().unwrap());
    let invite = site.flows.invite(&new, &Context::operator()).await.unwrap();
    for path in ["/app/invites.csv", "/app/invites.jsonl", "/app/audit.csv", "/app/audit.jsonl"] {
        browser.get(path).await.is(200).shows(&invite.id.to_string()).hides(invite.token.as_deref().unwrap());
    }
}
