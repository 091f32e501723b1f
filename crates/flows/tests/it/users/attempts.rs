//! Failed tries: how many there are, and forgetting them.

use serde_json::json;
use vestibule_core::ErrorKind;
use vestibule_flows::Context;
use vestibule_testing::on_both_engines;

use crate::support::{ADA, BOB, Site, refusal};

on_both_engines!(failed_tries_are_told_and_forgotten, a_user_who_is_not_there_has_none);

/// security.md 11
async fn failed_tries_are_told_and_forgotten(site: Site) {
    let (ada, bob) = (site.user(ADA).await, site.user(BOB).await);
    let told = async |id| {
        let attempts = site.flows.attempts_of_user(id).await.unwrap();
        (attempts.failed, attempts.blocked, attempts.forgotten_at.is_some())
    };
    assert_eq!(told(ada.id).await, (0, false, false));
    for _ in 0..3 {
        drop(site.flows.auth().take_try(ADA).await.unwrap());
    }
    assert_eq!(told(ada.id).await, (3, false, true));
    for _ in 3..10 {
        drop(site.flows.auth().take_try(ADA).await.unwrap());
    }
    assert_eq!(told(ada.id).await, (10, true, true));
    assert_eq!(told(bob.id).await, (0, false, false));
    assert!(site.flows.auth().take_try(ADA).await.is_err());

    site.flows.clear_attempts_of_user(ada.id, &Context::user(bob.id)).await.unwrap();
    assert_eq!(told(ada.id).await, (0, false, false));
    drop(site.flows.auth().take_try(ADA).await.expect("the next one is evaluated"));
    assert_eq!(
        site.audited("user.attempts_cleared").await,
        [json!(["user", bob.id, "user", ada.id, { "failed": 10 }, null])]
    );
}

async fn a_user_who_is_not_there_has_none(site: Site) {
    let nobody = site.flows.environment().id();
    for refused in [
        refusal(site.flows.attempts_of_user(nobody).await),
        refusal(site.flows.clear_attempts_of_user(nobody, &Context::operator()).await),
    ] {
        assert_eq!(refused, (ErrorKind::NotFound, None, format!("User with id: {nobody} was not found")));
    }
}
