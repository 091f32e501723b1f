//! The stylesheet, the script, the font and the icon.

use vestibule_testing::on_both_engines;

use crate::support::Site;

on_both_engines!(
    assets_are_small_and_cached_permanently,
    a_chosen_language_is_remembered,
    a_chosen_theme_is_remembered
);

async fn assets_are_small_and_cached_permanently(site: Site) {
    let browser = site.browser();
    let page = browser.get("/app/login").await;
    for (before, kind, most) in [
        ("rel=\"stylesheet\" href=\"", "text/css; charset=utf-8", 40_000),
        ("<script src=\"", "text/javascript; charset=utf-8", 30_000),
        ("rel=\"icon\" href=\"", "image/svg+xml", 2_000),
    ] {
        let path = page.between(before, "\"");
        let asset = browser.get(&path).await;
        assert_eq!((asset.status, asset.headers["content-type"].as_str()), (200, kind));
        assert_eq!(asset.headers["cache-control"], "public, max-age=31536000, immutable");
        assert!(asset.text.len() < most, "{path} has {} bytes", asset.text.len());
        browser.get(&path.replace('-', "-0")).await.is(404);
    }
    let font = browser.open(&page.between("rel=\"preload\" href=\"", "\"")).await;
    assert_eq!((font.status().as_u16(), font.headers()["content-type"].to_str().unwrap()), (200, "font/woff2"));
    let font = axum::body::to_bytes(font.into_body(), 60_000).await.unwrap();
    assert!(font.starts_with(b"wOF2") && font.len() > 20_000, "{} bytes", font.len());
    let style = browser.get(&page.between("rel=\"stylesheet\" href=\"", "\"")).await.text;
    assert!(style.contains("url(\"inter-"), "the font is beside the stylesheet");
}

async fn a_chosen_theme_is_remembered(site: Site) {
    let browser = site.admin().await;
    browser.get("/app/users").await.hides("data-theme");
    let dark = [("theme", "dark"), ("next", "/app/users?q=a")];
    browser.post("/app/theme", &dark).await.leads_to("/app/users?q=a");
    // Also where a page is cached.
    browser.get("/app/users").await.shows("<html lang=\"en\" data-theme=\"dark\">");
    browser.post("/app/theme", &[("theme", ""), ("next", "https://evil.example")]).await.leads_to("/app");
    browser.get("/app/users").await.hides("data-theme");
    browser.post("/app/theme", &[("theme", "pink"), ("next", "")]).await.is(400);
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
