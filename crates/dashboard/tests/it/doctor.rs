//! What years have left behind, on a page.

use vestibule_testing::on_both_engines;

use crate::support::Site;

on_both_engines!(findings_are_shown_to_those_who_may_read_everything);

async fn findings_are_shown_to_those_who_may_read_everything(site: Site) {
    // As the writing process does beside its work.
    site.flows.database().build_indexes(&vestibule_notify::ALL_MIGRATIONS).await.unwrap();
    let mut browser = site.admin().await;
    browser.get("/app/users").await.shows("href=\"/app/doctor\"");
    browser.get("/app/doctor").await.is(200).shows("Examine").hides("last_super_admin_unprotected");
    let page = browser.post("/app/doctor", &[]).await;
    page.is(200).shows("The only super admin has no second factor").shows("last_super_admin_unprotected");
    page.shows("href=\"/app/users/user_").hides("vestibule doctor --fix");
    browser.language = "de";
    browser.post("/app/doctor", &[]).await.shows("Der einzige Super-Admin hat keinen zweiten Faktor");
    browser.language = "en";
    site.create_user("grace@example.com", None).await;
    browser.post("/app/doctor", &[]).await.is(200).shows("Nothing was found.");

    let limited = site.limited(&["user:read", "audit:read"]).await;
    limited.get("/app/doctor").await.is(403);
    limited.post("/app/doctor", &[]).await.is(403);
    limited.get("/app/users").await.hides("/app/doctor");
}
