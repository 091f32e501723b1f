//! The last use of a session, and fresh proofs.

use std::time::Duration;

use vestibule_auth::{SecondFactor, Session, SessionId, StartSession};
use vestibule_core::Timestamp;
use vestibule_database::{Error, transaction};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, DAY, HOUR, MICROSECOND, Module, START};

on_both_engines!(
    the_last_use_is_known_to_the_minute,
    a_session_that_has_rested_is_over_and_is_not_woken,
    a_fresh_proof_is_recorded_as_just_now,
    a_half_session_stays_half,
    a_use_that_cannot_be_written_yet_keeps_no_request_waiting,
);
on_both_engines!(4 threads: of_sixty_four_uses_one_is_written);

const MINUTE: Duration = Duration::from_secs(60);

async fn again(module: &Module, id: SessionId) -> Option<Session> {
    module.service.find_session(&module.database, id).await.unwrap().map(|(session, _)| session)
}

async fn prove(module: &Module, id: SessionId, mfa: bool) -> bool {
    let proved: Result<bool, Error> = async {
        transaction!(module.database, |transaction| module.service.prove_session_within(transaction, id, mfa).await)
    }
    .await;
    proved.unwrap()
}

async fn the_last_use_is_known_to_the_minute(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let id = module.session(&identity, "user").await.sid.parse().unwrap();
    module.clock.set(START + MINUTE - MICROSECOND);
    assert!(!module.service.is_touch_due(START));
    module.service.touch_session(id, START, Some("192.0.2.1"), Some("early")).await;
    assert_eq!(again(&module, id).await.unwrap().last_used_at, START, "nothing is written within a minute");

    module.clock.set(START + MINUTE);
    module.service.touch_session(id, START, Some("192.0.2.7"), Some("curl/8.5.0")).await;
    let used = again(&module, id).await.unwrap();
    assert_eq!(used.last_used_at, START + MINUTE);
    assert_eq!((used.address.as_deref(), used.user_agent.as_deref()), (Some("192.0.2.7"), Some("curl/8.5.0")));
    // A caller who knows an older use than the last one changes nothing.
    module.clock.advance(MICROSECOND);
    module.service.touch_session(id, START, None, None).await;
    assert_eq!(again(&module, id).await, Some(used));
    module.service.touch_session(module.environment.id(), START, None, None).await;
}

/// security.md 23
async fn a_session_that_has_rested_is_over_and_is_not_woken(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let session = module.session(&identity, "user").await;
    let id: SessionId = session.sid.parse().unwrap();
    module.clock.set(START + 7 * DAY - MICROSECOND);
    // Read in another way than by a refresh, which is a use.
    assert!(module.service.give_cookie(id).await.unwrap().is_some());
    module.clock.set(START + 7 * DAY);
    assert!(!module.is_alive(&session).await && module.service.give_cookie(id).await.unwrap().is_none());
    assert!(!prove(&module, id, false).await);
    module.service.touch_session(id, START, None, None).await;
    assert!(!module.is_alive(&session).await);
    assert_eq!(module.service.delete_expired().await.unwrap(), 1);
    assert_eq!(module.count("auth_sessions").await, 0);

    let service = module.with_options(|options| options.session_idle_lifetime = HOUR);
    let session = service.start_session(&identity, "user", "emailpass").await.unwrap();
    module.clock.advance(HOUR);
    assert!(service.refresh_session(session.sid.parse().unwrap()).await.unwrap().is_none());
}

async fn a_fresh_proof_is_recorded_as_just_now(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let id = module.session(&identity, "user").await.sid.parse().unwrap();
    let stands = async || {
        let session = again(&module, id).await.unwrap();
        (session.proved_at, session.mfa_completed_at)
    };
    assert_eq!(stands().await, (START, None));
    module.clock.advance(HOUR);
    assert!(prove(&module, id, false).await);
    assert_eq!(stands().await, (START + HOUR, None));
    module.clock.advance(HOUR);
    assert!(prove(&module, id, true).await);
    let then = START + 2 * HOUR;
    assert_eq!(stands().await, (then, Some(then)));
    module.clock.advance(HOUR);
    assert!(prove(&module, id, false).await);
    assert_eq!(stands().await, (then + HOUR, Some(then)), "by password afterwards");
    assert!(!prove(&module, module.environment.id(), true).await);
}

/// security.md 18
async fn a_half_session_stays_half(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let start = StartSession { second_factor: SecondFactor::Due, ..StartSession::new(&identity, "user", "emailpass") };
    let half: Result<Session, Error> = async {
        transaction!(module.database, |transaction| module.service.start_session_within(transaction, &start).await)
    }
    .await;
    let half = half.unwrap();
    for mfa in [false, true] {
        assert!(!prove(&module, half.id, mfa).await);
    }
    assert_eq!(again(&module, half.id).await, Some(half));
    module.clock.set(START + HOUR);
    assert_eq!(module.service.delete_expired().await.unwrap(), 1, "an hour at most");
}

/// As where a primary waits for its standby: reads go on.
async fn a_use_that_cannot_be_written_yet_keeps_no_request_waiting(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let id: SessionId = module.session(&identity, "user").await.sid.parse().unwrap();
    module.clock.advance(HOUR);
    // On PostgreSQL this holds the row, on SQLite the right to write.
    let mut other = module.database.begin().await.unwrap();
    let text = "UPDATE auth_sessions SET address = '192.0.2.9'";
    other.execute(text, &[]).await.unwrap();
    // The first one waits for a while, those that follow do not.
    for _ in 0..20 {
        module.service.touch_session(id, START, Some("192.0.2.7"), None).await;
    }
    other.commit().await.unwrap();
    let written = tokio::time::timeout(Duration::from_secs(60), async {
        while again(&module, id).await.unwrap().last_used_at != START + HOUR {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    written.await.expect("the use was not written");
    assert_eq!(again(&module, id).await.unwrap().address.as_deref(), Some("192.0.2.7"));
}

async fn of_sixty_four_uses_one_is_written(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let id: SessionId = module.session(&identity, "user").await.sid.parse().unwrap();
    module.clock.advance(HOUR);
    module
        .sixty_four(move |service, caller| async move {
            service.touch_session(id, START, Some(&format!("192.0.2.{caller}")), None).await;
        })
        .await;
    let used: Timestamp = again(&module, id).await.unwrap().last_used_at;
    assert_eq!(used, START + HOUR);
}
