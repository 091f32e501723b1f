//! Finding an API key by its token.

use std::time::Duration;

use vestibule_auth::CreateApiKey;
use vestibule_testing::on_both_engines;

use crate::support::{DAY, HOUR, MICROSECOND, Module, START};

on_both_engines!(a_key_works_until_it_expires, what_is_no_key_finds_none, the_last_use_is_known_to_the_minute,);

impl Module {
    async fn opens(&self, token: &str) -> bool {
        self.service.find_api_key_by_token(&self.database, token).await.unwrap().is_some()
    }
}

/// security.md 3 and 21
async fn a_key_works_until_it_expires(module: Module) {
    let create = CreateApiKey { expires_at: Some(START + DAY), ..CreateApiKey::default() };
    let expiring = module.service.create_api_key(&create).await.unwrap();
    let (revoked, later, lasting) = (module.api_key("a").await, module.api_key("b").await, module.api_key("c").await);
    for made in [&expiring, &revoked, &later, &lasting] {
        let found = module.service.find_api_key_by_token(&module.database, made.token.reveal()).await.unwrap();
        assert_eq!(found.as_ref(), Some(&made.key));
    }
    module.service.revoke_api_key(revoked.key.id, Duration::ZERO, None).await.unwrap();
    module.service.revoke_api_key(later.key.id, HOUR, None).await.unwrap();
    let elsewhere = module.another_process().await;
    let found = elsewhere.find_api_key_by_token(&module.database, revoked.token.reveal()).await.unwrap();
    assert_eq!(found, None, "at once, everywhere");
    module.clock.set(START + HOUR - MICROSECOND);
    assert!(module.opens(later.token.reveal()).await);
    module.clock.set(START + HOUR);
    assert!(!module.opens(later.token.reveal()).await);
    module.clock.set(START + DAY - MICROSECOND);
    assert!(module.opens(expiring.token.reveal()).await);
    module.clock.set(START + DAY);
    assert!(!module.opens(expiring.token.reveal()).await && module.opens(lasting.token.reveal()).await);
}

/// security.md 4
async fn what_is_no_key_finds_none(module: Module) {
    let made = module.api_key("a").await;
    let token = made.token.reveal();
    let other = if token.ends_with('0') { "1" } else { "0" };
    for text in [
        "",
        "sk_",
        token.trim_start_matches("sk_"),
        &token.to_uppercase(),
        &format!("{token} "),
        &format!("{}{other}", token.split_at(66).0),
        &made.key.redacted,
        &made.key.id.to_string(),
    ] {
        assert!(!module.opens(text).await, "{text}");
    }
    assert!(module.opens(token).await);
}

async fn the_last_use_is_known_to_the_minute(module: Module) {
    let id = module.api_key("a").await.key.id;
    let minute = Duration::from_secs(60);
    let last_use = async || module.service.retrieve_api_key(id).await.unwrap().last_used_at;
    module.service.touch_api_key(id, None).await;
    assert_eq!(last_use().await, Some(START), "the first use counts");
    for after in [MICROSECOND, minute - MICROSECOND] {
        module.clock.set(START + after);
        module.service.touch_api_key(id, Some(START)).await;
        // A caller who does not know of the last use.
        module.service.touch_api_key(id, None).await;
        assert_eq!(last_use().await, Some(START));
    }
    module.clock.set(START + minute);
    module.service.touch_api_key(id, Some(START)).await;
    assert_eq!(last_use().await, Some(START + minute));
    assert_eq!(module.service.retrieve_api_key(id).await.unwrap().updated_at, START, "a use is no change");
    module.service.touch_api_key(module.environment.id(), None).await;
}
