//! Listing sessions of an owner.

use serde_json::json;
use vestibule_auth::{AuthIdentity, SecondFactor, Session, SessionId, SessionsOf, StartSession};
use vestibule_database::{Error, transaction};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, DAY, HOUR, MICROSECOND, Module, START};

on_both_engines!(
    an_owner_sees_their_sessions_last_used_first,
    ended_unused_and_half_sessions_are_not_listed,
    they_are_paged,
    a_session_is_listed_with_its_device_name,
);

const USER_1: SessionsOf<'static> = SessionsOf::Actor { actor_type: "user", actor_id: "user_1" };

async fn found(module: &Module, of: SessionsOf<'_>) -> Vec<String> {
    let (sessions, count) = module.service.list_and_count_sessions(of, 0, 100).await.unwrap();
    assert_eq!(sessions.len() as u64, count);
    sessions.into_iter().map(|session| session.id.to_string()).collect()
}

async fn start(module: &Module, start: StartSession<'_>) -> Session {
    let session: Result<Session, Error> = async {
        transaction!(module.database, |transaction| module.service.start_session_within(transaction, &start).await)
    }
    .await;
    session.unwrap()
}

async fn an_owner_sees_their_sessions_last_used_first(module: Module) {
    let (identity, bob) = (module.owned(ADA, "user_1").await, module.owned("bob@example.com", "user_2").await);
    let second = module.owned("ada@home.example", "user_1").await;
    let mut sids = Vec::new();
    for (identity, actor_type) in [(&identity, "user"), (&second, "user"), (&identity, "customer"), (&bob, "user")] {
        module.clock.advance(HOUR);
        sids.push(module.session(identity, actor_type).await.sid);
    }
    assert_eq!(found(&module, USER_1).await, [sids[1].as_str(), &sids[0]], "by whichever identity");
    assert_eq!(found(&module, SessionsOf::Identity(identity.id)).await, [sids[2].as_str(), &sids[0]]);
    assert_eq!(found(&module, SessionsOf::Actor { actor_type: "customer", actor_id: "user_1" }).await, [""; 0]);

    module.clock.advance(HOUR);
    let id: SessionId = sids[0].parse().unwrap();
    module.service.touch_session(id, START, None, None).await;
    assert_eq!(found(&module, USER_1).await, [sids[0].as_str(), &sids[1]]);
}

/// security.md 18 and 23
async fn ended_unused_and_half_sessions_are_not_listed(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let half = StartSession { second_factor: SecondFactor::Due, ..StartSession::new(&identity, "user", "emailpass") };
    start(&module, half).await;
    let (rested, used) = (module.session(&identity, "user").await, module.session(&identity, "user").await);
    assert_eq!(found(&module, USER_1).await.len(), 2);
    let used: SessionId = used.sid.parse().unwrap();
    for day in [6, 12, 18, 24, 29] {
        module.clock.set(START + day * DAY);
        module.service.touch_session(used, START, None, None).await;
    }
    assert!(!module.is_alive(&rested).await);
    module.clock.set(START + 30 * DAY - MICROSECOND);
    assert_eq!(found(&module, USER_1).await, [used.to_string()]);
    module.clock.set(START + 30 * DAY);
    assert_eq!(found(&module, USER_1).await, [""; 0], "however often it is used");
}

async fn they_are_paged(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let mut sids = Vec::new();
    for _ in 0..5 {
        module.clock.advance(MICROSECOND);
        sids.push(module.session(&identity, "user").await.sid);
    }
    sids.reverse();
    for of in [USER_1, SessionsOf::Identity(identity.id)] {
        for (skip, take, expected) in
            [(0, 2, &sids[..2]), (2, 2, &sids[2..4]), (4, 2, &sids[4..]), (5, 2, &[]), (0, 0, &[])]
        {
            let (sessions, count) = module.service.list_and_count_sessions(of, skip, take).await.unwrap();
            let ids: Vec<String> = sessions.into_iter().map(|session| session.id.to_string()).collect();
            assert_eq!((ids.as_slice(), count), (expected, 5));
        }
    }
}

async fn a_session_is_listed_with_its_device_name(module: Module) {
    let identity: AuthIdentity = module.owned(ADA, "user_1").await;
    let user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
    let session = start(
        &module,
        StartSession {
            second_factor: SecondFactor::Proved,
            address: Some("192.0.2.7"),
            user_agent: Some(user_agent),
            ..StartSession::new(&identity, "user", "emailpass")
        },
    )
    .await;
    let (sessions, _) = module.service.list_and_count_sessions(USER_1, 0, 1).await.unwrap();
    assert_eq!(sessions, std::slice::from_ref(&session));
    let now = START.to_string();
    let expected = json!({
        "id": session.id, "actor_type": "user", "provider": "emailpass",
        "device": "Firefox on Linux", "user_agent": user_agent, "address": "192.0.2.7",
        "created_at": now, "last_used_at": now, "expires_at": (START + 30 * DAY).to_string(),
        "mfa_completed_at": now, "current": true,
    });
    assert_eq!(serde_json::to_value(session.clone().view(Some(session.id))).unwrap(), expected);
    assert!(!session.clone().view(None).current && !session.view(Some(module.environment.id())).current);
}
