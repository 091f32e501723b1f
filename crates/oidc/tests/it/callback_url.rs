//! Where the provider sends the browser back: the code goes there.

use serde_json::{Value as Json, json};
use vestibule_auth::{AuthInput, AuthenticateError};
use vestibule_testing::on_both_engines;

use crate::support::{Begun, CALLBACK, Key, Site, begin, code, identity, input};

on_both_engines!(
    a_callback_url_must_be_on_the_list,
    a_parameter_of_that_name_is_ignored,
    the_configured_url_comes_before_that_of_the_api,
);

const OURS: &str = "https://shop.example/callback?from=a b";

async fn begin_with(site: &Site, callback_url: Json) -> Result<Begun, AuthenticateError> {
    let mut input = input([]);
    input.body.insert("callback_url".to_owned(), callback_url);
    begin(&site.module, "company", input).await
}

/// security.md 41
async fn a_callback_url_must_be_on_the_list(mut site: Site) {
    assert_eq!(code(begin_with(&site, OURS.into()).await), "callback_url_not_allowed");
    site.set(|options| options.allowed_callback_urls = vec![OURS.to_owned()]);
    let begun = begin_with(&site, OURS.into()).await.unwrap();
    assert_eq!(begun.parameter("redirect_uri"), OURS);
    identity(site.finish_with(&begun, &Key::Ed.token(&site.claims(&begun))).await);
    for url in [
        json!("https://shop.example/callback"),
        json!("https://shop.example/callback?from=a b&x"),
        json!("https://shop.example/callback?from=a%20b"),
        json!("HTTPS://shop.example/callback?from=a b"),
        json!("https://shop.example.evil.example/callback"),
        json!("https://shop.example@evil.example/callback"),
        json!("/callback"),
        json!(""),
        json!(7),
        json!(true),
        json!([OURS]),
        json!({ "url": OURS }),
    ] {
        let refusal = crate::support::refusal(begin_with(&site, url.clone()).await);
        assert_eq!(refusal.to_string(), "The provided callback URL is not allowed", "{url}");
    }
    assert_eq!(begin_with(&site, CALLBACK.into()).await.unwrap().parameter("redirect_uri"), CALLBACK);
    assert_eq!(begin_with(&site, Json::Null).await.unwrap().parameter("redirect_uri"), CALLBACK);
    for provider in ["google", "github"] {
        let mut input = input([]);
        input.body.insert("callback_url".to_owned(), OURS.into());
        assert_eq!(code(begin(&site.module, provider, input).await), "callback_url_not_allowed", "{provider}");
    }
}

/// A link to the start of a sign-in must not choose where the code goes.
async fn a_parameter_of_that_name_is_ignored(site: Site) {
    let begun = begin(&site.module, "company", input([("callback_url", "https://evil.example/")])).await.unwrap();
    assert_eq!(begun.parameter("redirect_uri"), CALLBACK);
    assert!(!begun.location.as_str().contains("evil"));
}

async fn the_configured_url_comes_before_that_of_the_api(mut site: Site) {
    site.set(|options| options.callback_url = Some("https://shop.example/back".to_owned()));
    assert_eq!(site.begin("company").await.parameter("redirect_uri"), "https://shop.example/back");
    let page = AuthInput { callback_url: Some("https://people.example/page".to_owned()), ..input([]) };
    let begun = begin(&site.module, "company", page).await.unwrap();
    assert_eq!(begun.parameter("redirect_uri"), "https://people.example/page", "that of the pages");
}
