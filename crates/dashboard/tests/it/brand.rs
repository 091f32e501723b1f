//! The service's own name, logo and colour.

use std::sync::Arc;

use vestibule_dashboard::{Brand, Logo};
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::Site;

on_both_engines!(the_brand_is_on_every_page);

async fn the_brand_is_on_every_page(place: Arc<TestDatabase>) {
    let brand = Brand {
        name: "Acme <People>".to_owned(),
        logo: Some(Logo::new(b"\x89PNG\r\n\x1a\nrest".to_vec()).unwrap()),
        accent: Some("#ffcc00".parse().unwrap()),
        support: Some("help@acme.example".to_owned()),
        terms: Some("https://acme.example/terms?a=1&b=2".to_owned()),
        privacy: None,
    };
    let site = Site::branded(place, brand).await;
    let page = site.browser().get("/app/login").await;
    page.is(200).shows("· Acme &#60;People&#62;</title>").hides("Vestibule");
    page.shows("href=\"mailto:help@acme.example\"").shows("href=\"https://acme.example/terms?a=1&#38;b=2\"");
    page.hides(">Privacy<");
    let icon = site.browser().get(&page.between("rel=\"icon\" href=\"", "\"")).await;
    assert_eq!((icon.status, icon.headers["content-type"].as_str()), (200, "image/png"));
    let style = site.browser().get(&page.between("rel=\"stylesheet\" href=\"", "\"")).await.text;
    // Yellow is darkened on light pages, and stays on dark ones.
    assert!(style.contains("--accent:light-dark(#806600,#ffcc00)"), "{}", &style[style.len() - 200..]);
    site.admin().await.get("/app").await.is(200).shows("<span>Acme &#60;People&#62;</span>").hides("Vestibule");
}
