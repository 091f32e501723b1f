//! A list that is requested again is sent from the cache, and still always equals the page that would be rendered now.
//! It is not shown to users who lost the permission (security.md 21).

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use vestibule_core::{FindConfig, Patch};
use vestibule_database::values;
use vestibule_flows::{Context, UserOrder, UserQuery, UserSummary};
use vestibule_testing::on_both_engines;
use vestibule_user::UpdateUser;

use crate::support::{Browser, Page, Site};

on_both_engines!(
    each_change_is_shown_at_once,
    changes_by_other_processes_are_shown_at_once,
    relative_times_advance,
    pages_are_cached_for_each_session,
    pages_are_cached_for_each_language_and_query,
    cached_pages_are_hidden_after_losing_the_permission,
    completed_changes_are_visible_to_concurrent_readers,
);

impl Browser {
    /// Requests the list twice, so that the second response can come from the cache.
    async fn list(&self) -> Page {
        let first = self.get("/app/users").await;
        let second = self.get("/app/users").await;
        assert_eq!(first.text, second.text);
        // The id of the request differs, and the first page sets the cookies that a browser lacks.
        let headers = |page: &Page| {
            let mut headers = page.headers.clone();
            headers.remove("x-request-id");
            headers.remove("set-cookie");
            headers
        };
        assert_eq!(headers(&first), headers(&second));
        second
    }
}

async fn each_change_is_shown_at_once(site: Site) {
    let context = Context::operator();
    let browser = site.admin().await;
    browser.list().await.is(200).shows("ada@example.com").hides("grace@example.com");

    let grace = site.create_user("grace@example.com", Some(vec![])).await;
    browser.list().await.shows("grace@example.com").shows(">never<");

    let name = UpdateUser { first_name: Patch::Set("Grace B.".to_owned()), ..UpdateUser::new(grace.id) };
    site.flows.update_user_account(&name, &context).await.unwrap();
    browser.list().await.shows("Grace B.");

    let role = site.role("Readers", &["user:read"]).await;
    browser.list().await.shows(">Readers</option>").hides(">Readers</bdi>");
    site.flows.assign_roles(grace.id, &[role], &context).await.unwrap();
    browser.list().await.shows(">Readers</bdi>");

    let reader = site.signed_in("grace@example.com").await;
    browser.list().await.hides(">never<");

    site.flows.lock_user(grace.id, &context).await.unwrap();
    browser.list().await.shows(">Locked</span>");
    reader.get("/app/users").await.is(303);

    site.flows.remove_user_account(grace.id, &context).await.unwrap();
    browser.list().await.hides("grace@example.com").hides("Grace B.");
}

async fn changes_by_other_processes_are_shown_at_once(site: Site) {
    let browser = site.admin().await;
    let other = site.place.open().await;
    for name in ["Augusta", "Byron", "Augusta"] {
        let mut transaction = other.begin().await.unwrap();
        transaction.execute("UPDATE users SET first_name = $1", values![name]).await.unwrap();
        transaction.commit().await.unwrap();
        browser.list().await.shows(&format!(">{name}</bdi>"));
    }
}

async fn relative_times_advance(site: Site) {
    let browser = site.admin().await;
    for (seconds, since) in [
        (0, "just now"),
        (44, "just now"),
        (45, "45 seconds ago"),
        (46, "46 seconds ago"),
        (59, "59 seconds ago"),
        (60, "1 minute ago"),
        (119, "1 minute ago"),
        (120, "2 minutes ago"),
        (7_300, "2 hours ago"),
    ] {
        let later = site.clock.clone();
        let began = vestibule_core::Clock::now(&later);
        later.advance(Duration::from_secs(seconds));
        let page = browser.list().await;
        assert_eq!(page.between("data-label=\"Joined\"", "</time>").rsplit_once("\">").unwrap().1, since);
        // Back in time: what was cached later is not shown before its time.
        later.set(began);
        assert!(browser.list().await.between("data-label=\"Joined\"", "</time>").contains("just now"));
    }
}

async fn pages_are_cached_for_each_session(site: Site) {
    let admin = site.admin().await;
    let again = site.signed_in("ada@example.com").await;
    let reader = site.limited(&["user:read"]).await;
    for _ in 0..2 {
        let token = admin.form_token().await;
        admin.list().await.shows(&token).shows("class=\"selection\"");
        again.list().await.hides(&token).shows(&again.form_token().await).shows("class=\"selection\"");
        reader.list().await.hides(&token).shows(&reader.form_token().await).hides("class=\"selection\"");
        site.browser().get("/app/users").await.leads_to("/app/login?next=%2Fapp%2Fusers");
    }
}

async fn pages_are_cached_for_each_language_and_query(site: Site) {
    let mut browser = site.admin().await;
    for _ in 0..2 {
        browser.language = "en";
        browser.list().await.shows("<html lang=\"en\">").shows("ada@example.com");
        browser.language = "de";
        browser.list().await.shows("<html lang=\"de\">");
        browser.get("/app/users?q=unmatched").await.is(200).hides("<table");
        browser.get("/app/users?done=locked").await.shows("class=\"toast\"");
        browser.get("/app/users").await.hides("class=\"toast\"");
    }
}

async fn cached_pages_are_hidden_after_losing_the_permission(site: Site) {
    let reader = site.limited(&["user:read"]).await;
    reader.list().await.is(200);
    let find = FindConfig::default().page(0, 1).order_by(UserOrder::NEWEST_FIRST.0, UserOrder::NEWEST_FIRST.1);
    let users = site.flows.list_page_of_user_summaries(&UserQuery::default(), &find).await.unwrap();
    let UserSummary { user, roles, .. } = users.rows.first().unwrap();
    site.flows.remove_roles(user.id, roles, &Context::operator()).await.unwrap();
    reader.get("/app/users").await.is(403).hides("<table");

    let admin = site.admin().await;
    admin.list().await.is(200);
    let cookies = admin.cookies.lock().unwrap().clone();
    admin.post("/app/logout", &[]).await.is(303);
    *admin.cookies.lock().unwrap() = cookies;
    admin.get("/app/users").await.is(303);
}

async fn completed_changes_are_visible_to_concurrent_readers(site: Site) {
    const EACH: usize = 12;
    let site = Arc::new(site);
    site.create_user("ada@example.com", None).await;
    let mut tasks = JoinSet::new();
    for writer in 0..4 {
        let site = Arc::clone(&site);
        tasks.spawn(async move {
            let browser = site.signed_in("ada@example.com").await;
            for number in 0..EACH {
                let email = format!("person-{writer}-{number}@example.com");
                site.create_user(&email, Some(vec![])).await;
                for _ in 0..3 {
                    browser.get("/app/users?rows=200").await.is(200).shows(&email);
                }
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}
