//! Identifying the caller of a request.

use serde_json::{Value as Json, json};
use vestibule_auth::identities::ClaimError;
use vestibule_auth::{AuthModule, AuthOptions, SessionToken};
use vestibule_core::{Patch, SigningKey};
use vestibule_database::transaction;
use vestibule_flows::{Client, Credential, Flows, SessionCaller};
use vestibule_testing::on_both_engines;
use vestibule_user::{UpdateUser, User};

use crate::support::{ADA, BOB, DAY, HOUR, MICROSECOND, PASSWORD, SECRET, START, Site, credentials, session};

on_both_engines!(
    by_bearer_and_by_cookie,
    what_is_known_is_read_at_each_request,
    a_forged_credential_identifies_no_one,
    a_token_has_its_day_and_a_session_its_month,
    a_cookie_lasts_as_long_as_its_session,
    a_cookie_ends_with_the_secret,
    signing_out_ends_token_and_cookie,
    a_caller_who_is_no_user_is_identified,
    a_cookie_belongs_to_the_present_owner,
    a_token_of_another_owner_is_invalid,
);

async fn a_cookie_ends_with_the_secret(site: Site) {
    site.user(ADA).await;
    let token = site.sign_in(ADA, PASSWORD).await.unwrap();
    let value = cookie(&site, &token).await;
    let environment = site.flows.environment().clone();
    let options = AuthOptions::new(SigningKey::new(b"another secret, since the first one got out"));
    let auth = AuthModule::new(site.database.clone(), environment.clone(), options, site.passwords.clone());
    let flows = Flows::new(site.database.clone(), environment, site.flows.users().clone(), auth);
    assert!(by_cookie(&site, &value).await.is_some());
    assert_eq!(flows.identify(Credential::Cookie(&value), Client::default).await.unwrap(), None);
    assert_eq!(flows.identify(Credential::Bearer(&token.token), Client::default).await.unwrap(), None);
}

async fn by_cookie(site: &Site, value: &str) -> Option<SessionCaller> {
    site.flows.identify(Credential::Cookie(value), Client::default).await.unwrap()
}

async fn cookie(site: &Site, token: &SessionToken) -> String {
    site.flows.auth().give_cookie(token.sid.parse().unwrap()).await.unwrap().unwrap().value
}

async fn by_bearer_and_by_cookie(site: Site) {
    let (user, _) = (site.user(ADA).await, site.user(BOB).await);
    let token = site.sign_in(ADA, PASSWORD).await.unwrap();
    let caller = site.bearer(&token).await.unwrap();
    assert_eq!(caller.session_id.to_string(), token.sid);
    assert_eq!(caller.auth_identity_id.to_string(), token.auth_identity_id);
    let seen = User { last_seen_at: Some(site.flows.environment().now()), ..user.clone() };
    assert_eq!((caller.actor_type.as_str(), caller.user.as_ref()), ("user", Some(&seen)));
    assert!(caller.is_user_type());
    let (first, second) = (cookie(&site, &token).await, cookie(&site, &token).await);
    for value in [first, second] {
        assert_eq!(by_cookie(&site, &value).await.as_ref(), Some(&caller));
    }
    let elsewhere = site.another_process().await;
    assert_eq!(elsewhere.identify(Credential::Bearer(&token.token), Client::default).await.unwrap(), Some(caller));
}

/// architecture.md, "Requests"
async fn what_is_known_is_read_at_each_request(site: Site) {
    let user = site.user(ADA).await;
    let token = site.sign_in(ADA, PASSWORD).await.unwrap();
    let mut update = UpdateUser::new(user.id);
    (update.first_name, update.email) = (Patch::Set("Ada".to_owned()), Some("new@example.com".parse().unwrap()));
    site.flows.users().update_users(update).await.unwrap();
    let found = site.bearer(&token).await.unwrap().user.unwrap();
    assert_eq!((found.first_name.as_deref(), found.email.as_str()), (Some("Ada"), "new@example.com"));
    site.flows.users().soft_delete_users(user.id).await.unwrap();
    assert_eq!(site.user_of(&token).await, None, "security.md 21");
    site.flows.users().restore_users(user.id).await.unwrap();
    assert_eq!(site.user_of(&token).await, Some(user.id));
}

/// security.md 4 and 22
async fn a_forged_credential_identifies_no_one(site: Site) {
    site.user(ADA).await;
    let invite = site.invite(BOB).await;
    let token = site.sign_in(ADA, PASSWORD).await.unwrap();
    let value = cookie(&site, &token).await;
    let key = SigningKey::new(SECRET);
    let claims: Json = key.read(&token.token).unwrap();
    let forged = |field: &str, value: Json| {
        let mut claims = claims.clone();
        claims[field] = value;
        key.sign(&claims)
    };
    let unsigned = token.token.rsplit_once('.').unwrap().0;
    for text in [
        "",
        "x",
        &token.sid,
        unsigned,
        &format!("{unsigned}."),
        &value,
        invite.token.as_deref().unwrap(),
        &SigningKey::new(b"another secret of thirty-two byt").sign(&claims),
        &forged("purpose", json!("invite")),
        &forged("sid", json!("sess_00000000000000000000000000")),
        &forged("sid", json!("user_00000000000000000000000000")),
        &forged("sid", json!("")),
        &forged("sid", json!("sess_' OR 1=1 --\0")),
        &forged("exp", json!(START.as_seconds())),
        &forged("actor_id", json!("user_00000000000000000000000000")),
    ] {
        assert_eq!(site.flows.identify(Credential::Bearer(text), Client::default).await.unwrap(), None, "{text}");
    }
    let upper = value.to_uppercase();
    for text in ["", "x", &token.token, &token.sid, &format!("x{value}"), &format!("{value} "), &upper, "\0"] {
        assert_eq!(by_cookie(&site, text).await, None, "{text}");
    }
    assert!(by_cookie(&site, &value).await.is_some() && site.bearer(&token).await.is_some());
}

/// security.md 23
async fn a_token_has_its_day_and_a_session_its_month(site: Site) {
    let user = site.user(ADA).await;
    let mut token = site.sign_in(ADA, PASSWORD).await.unwrap();
    let second = std::time::Duration::from_secs(1);
    site.clock.set(START + DAY - second);
    assert_eq!(site.user_of(&token).await, Some(user.id));
    let older = token.clone();
    token = site.refresh(&token).await.unwrap();
    assert_eq!(site.user_of(&older).await, Some(user.id), "a refreshed token does not kill the one before");
    site.clock.set(START + DAY);
    assert_eq!((site.bearer(&older).await, site.user_of(&token).await), (None, Some(user.id)));
    for day in 2..30 {
        site.clock.set(START + day * DAY - HOUR);
        token = site.refresh(&token).await.unwrap();
    }
    site.clock.set(START + 30 * DAY - HOUR);
    token = site.refresh(&token).await.unwrap();
    assert_eq!(token.exp, (START + 30 * DAY).as_seconds(), "no token outlives its session");
    site.clock.set(START + 30 * DAY - MICROSECOND);
    assert_eq!(site.user_of(&token).await, Some(user.id));
    site.clock.set(START + 30 * DAY);
    assert_eq!((site.bearer(&token).await, site.refresh(&token).await), (None, None));
}

/// security.md 23
/// A cookie lasts as long as its session: 30 days, and 7 without use, whatever the lifetime of a token.
async fn a_cookie_lasts_as_long_as_its_session(site: Site) {
    let user = site.user(ADA).await;
    let token = site.sign_in(ADA, PASSWORD).await.unwrap();
    let first = cookie(&site, &token).await;
    site.clock.set(START + HOUR);
    let second = cookie(&site, &token).await;
    let user_by = async |value: &str| by_cookie(&site, value).await.and_then(|caller| caller.user).map(|user| user.id);
    for day in [6, 12, 18, 24, 29] {
        site.clock.set(START + day * DAY);
        assert_eq!((user_by(&first).await, user_by(&second).await), (Some(user.id), Some(user.id)), "{day}");
    }
    site.clock.set(START + 30 * DAY - MICROSECOND);
    assert_eq!(user_by(&first).await, Some(user.id));
    site.clock.set(START + 30 * DAY);
    assert_eq!((user_by(&first).await, user_by(&second).await), (None, None));
    let token = site.sign_in(ADA, PASSWORD).await.unwrap();
    let rests = cookie(&site, &token).await;
    site.clock.set(START + 37 * DAY - MICROSECOND);
    assert_eq!(user_by(&rests).await, Some(user.id));
    site.clock.set(START + 44 * DAY - MICROSECOND);
    assert_eq!(user_by(&rests).await, None, "seven days without use");
    site.clock.set(START + 44 * DAY);
    // A session of two hours.
    let mut options = AuthOptions::new(SigningKey::new(SECRET));
    options.session_lifetime = 2 * HOUR;
    let environment = site.flows.environment().clone();
    let auth = AuthModule::new(site.database.clone(), environment.clone(), options, site.passwords.clone());
    let flows = Flows::new(site.database.clone(), environment, site.flows.users().clone(), auth);
    let short =
        session(flows.sign_in("user", "emailpass", &credentials(ADA, PASSWORD), &Client::default()).await.unwrap());
    let short = cookie(&site, &short).await;
    site.clock.set(START + 44 * DAY + 2 * HOUR - MICROSECOND);
    assert_eq!(user_by(&short).await, Some(user.id));
    site.clock.set(START + 44 * DAY + 2 * HOUR);
    assert_eq!(user_by(&short).await, None);
}

/// security.md 21
async fn signing_out_ends_token_and_cookie(site: Site) {
    let user = site.user(ADA).await;
    let (token, other) = (site.sign_in(ADA, PASSWORD).await.unwrap(), site.sign_in(ADA, PASSWORD).await.unwrap());
    let refreshed = site.refresh(&token).await.unwrap();
    let cookies = [cookie(&site, &token).await, cookie(&site, &token).await];
    site.another_process().await.auth().end_session(token.sid.parse().unwrap()).await.unwrap();
    for token in [&token, &refreshed] {
        assert_eq!((site.bearer(token).await, site.refresh(token).await), (None, None));
    }
    for value in &cookies {
        assert_eq!(by_cookie(&site, value).await, None);
    }
    assert_eq!(site.user_of(&other).await, Some(user.id));
}

async fn a_caller_who_is_no_user_is_identified(site: Site) {
    let registered = site.register(ADA, PASSWORD).await;
    let caller = site.bearer(&registered).await.unwrap();
    assert_eq!((caller.actor_type.as_str(), caller.user.clone(), caller.is_user_type()), ("user", None, true));
    site.clock.set(START + DAY - MICROSECOND);
    let refreshed = site.refresh(&registered).await.unwrap();
    assert_eq!(refreshed.exp, (START + DAY).as_seconds(), "a registration's session ends with it");
    site.clock.set(START + DAY);
    assert_eq!((site.bearer(&registered).await, site.refresh(&registered).await), (None, None), "security.md 6");

    let user = site.user(BOB).await;
    let customer =
        site.flows.sign_in("customer", "emailpass", &credentials(BOB, PASSWORD), &Client::default()).await.unwrap();
    let customer = session(customer);
    let caller = site.bearer(&customer).await.unwrap();
    assert_eq!((caller.actor_type.as_str(), caller.user.is_none(), caller.is_user_type()), ("customer", true, false));
    let customers_cookie = cookie(&site, &customer).await;
    assert_eq!(
        by_cookie(&site, &customers_cookie).await.unwrap().user,
        None,
        "though the identity is a user's: {user:?}"
    );
}

/// Unlike a token, a cookie names no owner: it is the user's from the moment of the claim.
async fn a_cookie_belongs_to_the_present_owner(site: Site) {
    let invite = site.invite(ADA).await;
    let registered = site.register(ADA, PASSWORD).await;
    let value = cookie(&site, &registered).await;
    assert_eq!(by_cookie(&site, &value).await.unwrap().user, None);
    let user = site.accept(&invite, &registered).await.unwrap();
    assert_eq!(by_cookie(&site, &value).await.unwrap().user, Some(user));
    assert_eq!(site.bearer(&registered).await.unwrap().user, None);
}

/// An identity that changed hands, as a customer's can who stops being a user and becomes another one.
async fn a_token_of_another_owner_is_invalid(site: Site) {
    let (ada, bob) = (site.user(ADA).await, site.user(BOB).await);
    let token = site.sign_in(ADA, PASSWORD).await.unwrap();
    let claims: Json = SigningKey::new(SECRET).read(&token.token).unwrap();
    let id = token.auth_identity_id.parse().unwrap();
    let auth = site.flows.auth();
    let changed: Result<(), ClaimError> = async {
        transaction!(site.database, |transaction| {
            auth.claim_identity_within(transaction, id, "customer", "cus_1").await?;
            auth.remove_actor_within(transaction, "user", &ada.id.to_string()).await?;
            auth.claim_identity_within(transaction, id, "user", &bob.id.to_string()).await
        })
    }
    .await;
    changed.unwrap();
    let bobs = site.sign_in(ADA, PASSWORD).await.unwrap();
    assert_eq!(site.user_of(&bobs).await, Some(bob.id));
    // The session went with the actor; had it remained, the token would still not be Bob's.
    assert_eq!(site.bearer(&token).await, None);
    let mut claims = claims;
    claims["sid"] = json!(bobs.sid);
    let mixed = SigningKey::new(SECRET).sign(&claims);
    assert_eq!(site.flows.identify(Credential::Bearer(&mixed), Client::default).await.unwrap(), None);
}
