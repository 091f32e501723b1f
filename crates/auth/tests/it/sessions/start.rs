//! Starting sessions, and refreshing them.

use serde_json::json;
use vestibule_auth::identities::UpdateAuthIdentity;
use vestibule_database::Error;
use vestibule_testing::on_both_engines;

use crate::support::{ADA, DAY, HOUR, MICROSECOND, Module, PASSWORD, START, belonging_to, object, part};

on_both_engines!(
    each_sign_in_is_a_session_of_its_own,
    a_session_is_over_at_the_very_moment,
    a_refreshed_token_has_the_present_claims,
    a_registrations_session_ends_with_it,
    an_identity_that_went_away_starts_no_session,
);

/// security.md 23: a new id at each sign-in.
async fn each_sign_in_is_a_session_of_its_own(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let (one, other) = (module.session(&identity, "user").await, module.session(&identity, "user").await);
    assert!(one.sid.starts_with("sess_") && one.sid != other.sid && one.token != other.token);
    assert_eq!(module.count("auth_sessions").await, 2);
    module.service.end_session(one.sid.parse().unwrap()).await.unwrap();
    assert!(!module.is_alive(&one).await && module.is_alive(&other).await);
}

async fn a_session_is_over_at_the_very_moment(module: Module) {
    let service = module.with_options(|options| options.session_lifetime = 2 * DAY);
    let identity = module.owned(ADA, "user_1").await;
    let session = service.start_session(&identity, "user", "emailpass").await.unwrap();
    let id = session.sid.parse().unwrap();
    let expires = |after| (START + after).as_seconds();
    assert_eq!(session.exp, expires(DAY), "a token's day");
    module.clock.set(START + DAY + HOUR);
    let refreshed = service.refresh_session(id).await.unwrap().unwrap();
    assert_eq!((refreshed.sid, refreshed.exp), (session.sid, expires(2 * DAY)), "never longer than its session");
    module.clock.set(START + 2 * DAY - MICROSECOND);
    assert!(service.refresh_session(id).await.unwrap().is_some());
    module.clock.set(START + 2 * DAY);
    assert!(service.refresh_session(id).await.unwrap().is_none());
    assert!(service.give_cookie(id).await.unwrap().is_none());
    assert!(service.refresh_session(module.environment.id()).await.unwrap().is_none());
}

async fn a_refreshed_token_has_the_present_claims(module: Module) {
    let identity = module.register(ADA, PASSWORD).await.unwrap();
    let session = module.session(&identity, "user").await;
    assert_eq!((session.actor_id.as_str(), session.app_metadata.len()), ("", 0));
    module.claim(identity.id, "user_1").await.unwrap();
    let app_metadata = object(json!({ "roles": ["a"] }));
    module.service.update_auth_identities(UpdateAuthIdentity { id: identity.id, app_metadata }).await.unwrap();
    module.clock.advance(HOUR);
    let refreshed = module.service.refresh_session(session.sid.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((refreshed.actor_id.as_str(), &refreshed.sid), ("user_1", &session.sid));
    assert_eq!(refreshed.app_metadata, object(json!({ "roles": ["a"], "user_id": "user_1" })));
    assert_eq!(refreshed.iat, (START + HOUR).as_seconds());
}

/// security.md 6: the session of a registration also expires, before any cleanup. After the claim it does not live
/// longer: the next sign-in has a new one.
async fn a_registrations_session_ends_with_it(module: Module) {
    let waiting = module.register(ADA, PASSWORD).await.unwrap();
    let claimed = module.register("bob@example.com", PASSWORD).await.unwrap();
    let (one, other) = (module.session(&waiting, "user").await, module.session(&claimed, "user").await);
    module.claim(claimed.id, "user_1").await.unwrap();
    module.clock.set(START + DAY - MICROSECOND);
    assert!(module.is_alive(&one).await && module.is_alive(&other).await);
    module.clock.set(START + DAY);
    assert!(!module.is_alive(&one).await && !module.is_alive(&other).await);
    assert_eq!(module.count("auth_sessions").await, 2, "though nothing has cleaned up yet");
    let signed_in = module.sign_in("bob@example.com", PASSWORD).await.unwrap();
    let session = module.session(&signed_in, "user").await;
    let text = "SELECT max(expires_at) FROM auth_sessions";
    let longest = module.database.query_scalar::<vestibule_core::Timestamp>(text, &[]).await;
    assert_eq!(longest.unwrap(), START + 31 * DAY);
    assert!(module.is_alive(&session).await);
}

async fn an_identity_that_went_away_starts_no_session(module: Module) {
    let identity = module.service.create_auth_identities(belonging_to("user_1", [part("p", "a")])).await.unwrap();
    module.service.delete_auth_identities(identity.id).await.unwrap();
    let error = module.service.start_session(&identity, "user", "p").await.unwrap_err();
    assert!(matches!(error, Error::ForeignKey(_)), "{error:?}");
    assert_eq!(module.count("auth_sessions").await, 0);
}
