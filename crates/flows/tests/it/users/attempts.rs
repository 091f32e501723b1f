//! Failed attempts: counted and cleared.

use serde_json::json;
use vestibule_core::ErrorKind;
use vestibule_flows::Context;
use vestibule_testing::on_both_engines;

use crate::support::{ADA, BOB, Site, refusal};

on_both_engines!(failed_attempts_are_counted_and_cleared, a_missing_user_has_none);

/// security.md 11
async fn failed_attempts_are_counted_and_cleared(site: Site) {
    let (ada, bob) = (site.user(ADA).await, site.user(BOB).await);
    let attempts = async |id| {
        let attempts = site.flows.attempts_of_user(id).await.unwrap();
        (attempts.failed, attempts.blocked, attempts.forgotten_at.is_some())
    };
    assert_eq!(attempts(ada.id).await, (0, false, false));
    for _ in 0..3 {
        drop(site.flows.auth().count_attempt(ADA).await.unwrap());
    }
    assert_eq!(attempts(ada.id).await, (3, false, true));
    for _ in 3..10 {
        drop(site.flows.auth().count_attempt(ADA).await.unwrap());
    }
    assert_eq!(attempts(ada.id).await, (10, true, true));
    assert_eq!(attempts(bob.id).await, (0, false, false));
    assert!(site.flows.auth().count_attempt(ADA).await.is_err());

    site.flows.clear_attempts_of_user(ada.id, &Context::user(bob.id)).await.unwrap();
    assert_eq!(attempts(ada.id).await, (0, false, false));
    drop(site.flows.auth().count_attempt(ADA).await.expect("the next one is evaluated"));
    assert_eq!(
        site.audited("user.attempts_cleared").await,
        [json!(["user", bob.id, "user", ada.id, { "failed": 10 }, null])]
    );
}

async fn a_missing_user_has_none(site: Site) {
    let missing = site.flows.environment().id();
    for refused in [
        refusal(site.flows.attempts_of_user(missing).await),
        refusal(site.flows.clear_attempts_of_user(missing, &Context::operator()).await),
    ] {
        assert_eq!(refused, (ErrorKind::NotFound, None, format!("User with id: {missing} was not found")));
    }
}
