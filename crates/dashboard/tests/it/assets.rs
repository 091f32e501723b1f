//! The stylesheet, the script and the icon.

use vestibule_testing::on_both_engines;

use crate::support::Site;

on_both_engines!(assets_are_small_and_cached_permanently, a_chosen_language_is_remembered);

async fn assets_are_small_and_cached_permanently(site: Site) {
    let browser = site.browser();
    let page = browser.get("/app/login").await;
    for (before, kind, most) in [
        ("rel=\"stylesheet\" href=\"", "text/css; charset=utf-8", 30_000),
        ("<script src=\"", "text/javascript; charset=utf-8", 12_000),
        ("rel=\"icon\" href=\"", "image/svg+xml", 2_000),
    ] {
        let path = page.between(before, "\"");
        let asset = browser.get(&path).await;
        assert_eq!((asset.status, asset.headers["content-type"].as_str()), (200, kind));
        assert_eq!(asset.headers["cache-control"], "public, max-age=31536000, immutable");
        assert!(asset.text.len() < most, "{path} has {} bytes", asset.text.len());
        browser.get(&path.replace('-', "-0")).await.is(404);
    }
}

async fn a_chosen_language_is_remembered(site: Site) {
    let mut browser = site.browser();
    browser.get("/app/login").await.shows("<html lang=\"en\">").shows("Forgot your password?");
    browser.language = "de-AT,en;q=0.5";
    browser.get("/app/login").await.shows("<html lang=\"de\">").shows("Passwort vergessen?");
    let next = [("language", "en"), ("next", "/app/login?next=%2Fapp%2Fusers")];
    browser.post("/app/language", &next).await.leads_to("/app/login?next=%2Fapp%2Fusers");
    browser.get("/app/login").await.shows("Forgot your password?");
    browser.post("/app/language", &[("language", "xx"), ("next", "")]).await.is(400);
    let elsewhere = [("language", "de"), ("next", "https://evil.example")];
    browser.post("/app/language", &elsewhere).await.leads_to("/app");
}
