//! Listing and ending sessions.

use serde_json::json;
use vestibule_core::ErrorKind;
use vestibule_flows::{Client, Context};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, BOB, PASSWORD, Site, refusal};

on_both_engines!(
    users_list_and_end_their_own,
    all_the_others_end_at_once,
    sessions_of_a_user_are_listed_and_ended,
    changes_are_audited,
);

/// security.md 21
async fn users_list_and_end_their_own(site: Site) {
    site.user(ADA).await;
    site.user(BOB).await;
    let (one, other) = (site.sign_in(ADA, PASSWORD).await.unwrap(), site.sign_in(ADA, PASSWORD).await.unwrap());
    let bobs = site.sign_in(BOB, PASSWORD).await.unwrap();
    let caller = site.bearer(&one).await.unwrap();
    let (sessions, count) = site.flows.list_own_sessions(&caller, 0, 10).await.unwrap();
    let seen: Vec<_> = sessions.iter().map(|session| (session.id.to_string(), session.current)).collect();
    assert_eq!((seen, count), (vec![(other.sid.clone(), false), (one.sid.clone(), true)], 2));

    let context = caller.context(Client::default());
    let end = async |sid: &str| site.flows.end_own_session(&caller, sid.parse().unwrap(), &context).await;
    let message = format!("Session with id: {} was not found", bobs.sid);
    assert_eq!(refusal(end(&bobs.sid).await), (ErrorKind::NotFound, None, message));
    end(&other.sid).await.unwrap();
    assert_eq!(refusal(end(&other.sid).await).0, ErrorKind::NotFound);
    assert!(site.bearer(&other).await.is_none() && site.bearer(&bobs).await.is_some());
    end(&one.sid).await.expect("also the caller's own");
    assert!(site.bearer(&one).await.is_none());
}

async fn all_the_others_end_at_once(site: Site) {
    site.user(ADA).await;
    let current = site.sign_in(ADA, PASSWORD).await.unwrap();
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(site.sign_in(ADA, PASSWORD).await.unwrap());
    }
    let caller = site.bearer(&current).await.unwrap();
    let context = caller.context(Client::default());
    assert_eq!(site.flows.end_other_sessions(&caller, &context).await.unwrap(), 3);
    assert_eq!(site.flows.end_other_sessions(&caller, &context).await.unwrap(), 0);
    for other in &others {
        assert!(site.bearer(other).await.is_none());
    }
    assert!(site.bearer(&current).await.is_some());
}

async fn sessions_of_a_user_are_listed_and_ended(site: Site) {
    let (ada, bob) = (site.user(ADA).await, site.user(BOB).await);
    let (one, other) = (site.sign_in(ADA, PASSWORD).await.unwrap(), site.sign_in(ADA, PASSWORD).await.unwrap());
    let bobs = site.sign_in(BOB, PASSWORD).await.unwrap();
    let context = Context::user(bob.id);
    let asking = Some(bobs.sid.parse().unwrap());
    let (sessions, count) = site.flows.list_sessions_of_user(ada.id, asking, 0, 10).await.unwrap();
    assert_eq!((sessions.iter().any(|session| session.current), count), (false, 2));
    assert!(site.flows.list_sessions_of_user(bob.id, asking, 0, 10).await.unwrap().0[0].current);

    // A session of another user is not ended as this user's.
    let sid = one.sid.parse().unwrap();
    assert_eq!(refusal(site.flows.end_session_of_user(bob.id, sid, &context).await).0, ErrorKind::NotFound);
    site.flows.end_session_of_user(ada.id, sid, &context).await.unwrap();
    assert!(site.bearer(&one).await.is_none() && site.bearer(&other).await.is_some());
    assert_eq!(site.flows.end_sessions_of_user(ada.id, &context).await.unwrap(), 1);
    assert!(site.bearer(&other).await.is_none() && site.bearer(&bobs).await.is_some());

    let missing = site.flows.environment().id();
    for refused in [
        refusal(site.flows.list_sessions_of_user(missing, None, 0, 1).await),
        refusal(site.flows.end_session_of_user(missing, sid, &context).await),
        refusal(site.flows.end_sessions_of_user(missing, &context).await),
    ] {
        assert_eq!(refused, (ErrorKind::NotFound, None, format!("User with id: {missing} was not found")));
    }
}

async fn changes_are_audited(site: Site) {
    let (ada, bob) = (site.user(ADA).await, site.user(BOB).await);
    let session = site.sign_in(ADA, PASSWORD).await.unwrap();
    site.sign_in(ADA, PASSWORD).await.unwrap();
    site.flows.end_session_of_user(ada.id, session.sid.parse().unwrap(), &Context::user(bob.id)).await.unwrap();
    site.flows.end_sessions_of_user(ada.id, &Context::operator()).await.unwrap();
    site.flows.end_sessions_of_user(ada.id, &Context::operator()).await.unwrap();
    assert_eq!(
        site.audited("session.ended").await,
        [
            json!(["user", bob.id, "session", session.sid, { "actor_type": "user", "actor_id": ada.id }, null]),
            json!(["operator", null, "user", ada.id, { "actor_type": "user", "sessions": 1 }, null]),
        ]
    );
}
