//! `server.dashboard_path`: the pages below another path than `/app`, which leaves `/app` to another dashboard.

use std::sync::Arc;

use vestibule_testing::TestDatabase;

use crate::support::{PASSWORD, Site};

#[tokio::test]
async fn every_link_form_and_file_is_below_the_configured_path() {
    let site = Site::below("/people/inside", Arc::new(TestDatabase::sqlite())).await;
    site.create_user("ada@example.com", None).await;
    let browser = site.browser();
    browser.get("/app/login").await.is(404);
    browser.get("/people/inside/users?q=a").await.leads_to("/people/inside/login?next=%2Fapp%2Fusers%3Fq%3Da");
    let login = browser.get("/people/inside/login?next=%2Fapp%2Fusers%3Fq%3Da").await;
    let token = login.between("name=\"form_token\" value=\"", "\"");
    let next = login.between("name=\"next\" value=\"", "\"");
    let fields =
        [("form_token", token.as_str()), ("email", "ada@example.com"), ("password", PASSWORD), ("next", next.as_str())];
    let path = login.between("<form method=\"post\" action=\"", "\"");
    browser.post_fields(&path, &fields).await.leads_to("/people/inside/users?q=a");
    for page in ["users", "users/", "invites", "invites/new", "roles", "api-keys", "webhooks", "audit", "profile"] {
        let page = browser.get(&format!("/people/inside/{page}")).await;
        page.is(200);
        for attribute in ["href", "action", "formaction", "src"] {
            assert!(!page.text.contains(&format!("{attribute}=\"/app")), "{}", page.text);
        }
        for (before, after) in [("rel=\"stylesheet\" href=\"", "\""), ("<script src=\"", "\"")] {
            browser.get(&page.between(before, after)).await.is(200);
        }
    }
    browser.get("/people/inside/nosuch").await.is(404);
}

#[tokio::test]
async fn links_to_accept_invites_are_below_the_configured_path() {
    let site = Site::below("/people", Arc::new(TestDatabase::sqlite())).await;
    site.create_user("ada@example.com", None).await;
    let browser = site.browser();
    let login = browser.get("/people/login").await;
    let token = login.between("name=\"form_token\" value=\"", "\"");
    let fields = [("form_token", token.as_str()), ("email", "ada@example.com"), ("password", PASSWORD)];
    browser.post_fields("/people/login", &fields).await.leads_to("/people");
    let form = browser.get("/people/invites/new").await;
    let token = form.between("name=\"form_token\" value=\"", "\"");
    let fields = [("form_token", token.as_str()), ("addresses", "grace@example.com"), ("role", "role_super_admin")];
    browser.post_fields("/people/invites/new", &fields).await.shows("http://localhost:9000/people/invite?token=");
}
