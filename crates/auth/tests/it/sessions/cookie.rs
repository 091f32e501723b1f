//! The cookies of a session.

use std::collections::BTreeSet;

use vestibule_testing::on_both_engines;

use crate::support::{ADA, DAY, HOUR, MICROSECOND, Module, PASSWORD, START};

on_both_engines!(
    a_cookie_is_random_and_stored_as_a_hash,
    each_browser_has_its_own_and_the_oldest_make_way,
    a_cookie_does_not_outlive_its_session,
    a_session_that_is_over_gets_none,
);

/// security.md 1 and 23
async fn a_cookie_is_random_and_stored_as_a_hash(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let mut values = BTreeSet::new();
    for _ in 0..8 {
        let session = module.session(&identity, "user").await;
        let cookie = module.service.give_cookie(session.sid.parse().unwrap()).await.unwrap().unwrap();
        assert_eq!((cookie.expires_at, cookie.max_age), (START + 30 * DAY, 30 * DAY));
        assert_eq!(cookie.value.len(), 43, "256 bits, six a character");
        assert!(cookie.value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        let row = "SELECT count(*) AS number FROM auth_session_cookies WHERE hash = $1 AND session_id = $2";
        let values_of_it = vestibule_database::values![module.service.cookie_hash(&cookie.value), session.sid.as_str()];
        let found: i64 = module.database.query_scalar(row, values_of_it).await.unwrap();
        assert_eq!(found, 1);
        values.insert(cookie.value);
    }
    assert_eq!(values.len(), 8);
    assert_ne!(module.service.cookie_hash("a"), module.service.cookie_hash("A"));
}

async fn each_browser_has_its_own_and_the_oldest_make_way(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let (session, other) = (module.session(&identity, "user").await, module.session(&identity, "user").await);
    let id = session.sid.parse().unwrap();
    module.service.give_cookie(other.sid.parse().unwrap()).await.unwrap().unwrap();
    let mut cookies = Vec::new();
    for _ in 0..20 {
        module.clock.advance(MICROSECOND);
        cookies.push(module.service.give_cookie(id).await.unwrap().unwrap().value);
    }
    for (number, cookie) in cookies.iter().enumerate() {
        let text = "SELECT count(*) AS number FROM auth_session_cookies WHERE hash = $1";
        let stored: i64 = module
            .database
            .query_scalar(text, vestibule_database::values![module.service.cookie_hash(cookie)])
            .await
            .unwrap();
        assert_eq!(stored, i64::from(number >= 4), "the newest sixteen: {number}");
    }
    assert_eq!(module.count("auth_session_cookies").await, 17, "another session's is left alone");
}

async fn a_cookie_does_not_outlive_its_session(module: Module) {
    let service = module.with_options(|options| options.session_lifetime = DAY + HOUR);
    let owned = module.owned(ADA, "user_1").await;
    let session = service.start_session(&owned, "user", "emailpass").await.unwrap();
    let waiting = module.register("waiting@example.com", PASSWORD).await.unwrap();
    module.clock.advance(HOUR);
    let waitings = module.session(&waiting, "user").await;
    for (after, sid, expires_at) in [
        (HOUR, &session.sid, START + DAY + HOUR),
        (2 * HOUR, &session.sid, START + DAY + HOUR),
        (2 * HOUR, &waitings.sid, START + DAY),
    ] {
        module.clock.set(START + after);
        let cookie = service.give_cookie(sid.parse().unwrap()).await.unwrap().unwrap();
        assert_eq!(cookie.expires_at, expires_at);
    }
}

async fn a_session_that_is_over_gets_none(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let session = module.session(&identity, "user").await;
    let id = session.sid.parse().unwrap();
    module.service.give_cookie(id).await.unwrap().unwrap();
    module.service.end_session(id).await.unwrap();
    assert!(module.service.give_cookie(id).await.unwrap().is_none());
    assert!(module.service.give_cookie(module.environment.id()).await.unwrap().is_none());
    assert_eq!(module.count("auth_session_cookies").await, 0);
}
