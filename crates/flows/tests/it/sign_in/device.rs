//! Signing in from a new device.

use serde_json::{Value as Json, json};
use totp_rs::{Builder, Secret};
use vestibule_auth::StartAuthMfa;
use vestibule_auth::identities::ClaimError;
use vestibule_database::transaction;
use vestibule_flows::{Client, Context, Credential, Flows, SignIn};
use vestibule_testing::on_both_engines;

use crate::support::{
    ADA, DAY, HOUR, OTHER_PASSWORD, PASSWORD, ROOT, Site, accept, credentials, device, refusal, session, wrong_password,
};

on_both_engines!(
    a_new_device_is_reported_once,
    a_refused_sign_in_reports_no_device,
    the_device_of_a_challenge_is_reported_when_it_is_passed,
    accepting_with_a_registration_makes_the_first_device,
    accepting_with_a_password_makes_the_first_device,
    a_customer_is_notified_as_well,
    a_removed_user_leaves_no_device,
    a_refreshed_token_reports_nothing,
);
on_both_engines!(4 threads: of_sixty_four_sign_ins_from_one_new_device_one_is_reported);

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const NEWER_FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0.1";

fn at_home() -> Client {
    device(FIREFOX, "192.0.2.7")
}

fn elsewhere() -> Client {
    device(FIREFOX, "198.51.100.7")
}

async fn sign_in(flows: &Flows, client: &Client) -> SignIn {
    flows.sign_in("user", "emailpass", &credentials(ADA, PASSWORD), client).await.unwrap()
}

/// The notifications so far, oldest first.
async fn notified(site: &Site) -> Vec<Json> {
    let mut events = vestibule_outbox::newest(&site.database, 10_000).await.unwrap();
    events.reverse();
    events.into_iter().filter(|event| event.name == "auth.new_device").map(|event| event.data).collect()
}

async fn a_new_device_is_reported_once(site: Site) {
    let ada = site.user(ADA).await;
    site.sign_in(ADA, PASSWORD).await.unwrap();
    for client in [at_home(), at_home(), device(NEWER_FIREFOX, "192.0.2.8"), Client::default()] {
        session(sign_in(&site.flows, &client).await);
        assert_eq!((notified(&site).await.len(), site.count("auth_devices").await), (0, 1), "{client:?}");
    }
    site.clock.advance(HOUR);
    for _ in 0..2 {
        session(sign_in(&site.flows, &elsewhere()).await);
    }
    let identity = site.identities_of(ada.id).await.remove(0);
    let expected = json!({
        "auth_identity_id": identity.id, "actor_type": "user", "actor_id": ada.id, "device": "Firefox on Linux",
        "address": "198.51.100.7", "at": "2026-11-22T10:30:00.000Z", "origin": "sign_in",
    });
    assert_eq!(notified(&site).await, [expected]);
    session(sign_in(&site.flows, &device("curl/8.5.0", "198.51.100.7")).await);
    assert_eq!(notified(&site).await.len(), 2);
}

async fn a_refused_sign_in_reports_no_device(site: Site) {
    site.user(ROOT).await;
    let ada = site.user(ADA).await;
    session(sign_in(&site.flows, &at_home()).await);
    let input = credentials(ADA, OTHER_PASSWORD);
    assert_eq!(refusal(site.flows.sign_in("user", "emailpass", &input, &elsewhere()).await), wrong_password());
    site.flows.lock_user(ada.id, &Context::operator()).await.unwrap();
    site.flows.sign_in("user", "emailpass", &credentials(ADA, PASSWORD), &elsewhere()).await.unwrap_err();
    assert_eq!((notified(&site).await, site.count("auth_devices").await), (vec![], 1));
}

/// security.md 18: a half session is no sign-in.
async fn the_device_of_a_challenge_is_reported_when_it_is_passed(site: Site) {
    let ada = site.user(ADA).await;
    session(sign_in(&site.flows, &at_home()).await);
    let identity = site.identities_of(ada.id).await.remove(0);
    let auth = site.flows.auth();
    let started = auth.start_auth_mfa(&StartAuthMfa::new(identity.id, "totp")).await.unwrap();
    let secret = Secret::try_from_base32(started.enrolment["secret"].as_str().unwrap()).unwrap();
    let seconds = site.flows.environment().now().as_seconds();
    let code =
        Builder::new().with_secret(secret).build().unwrap().generate(u64::try_from(seconds).unwrap()).to_string();
    auth.verify_auth_mfa(identity.id, started.mfa_factor.id, &code).await.unwrap();
    let codes = auth.generate_auth_mfa_recovery_codes(identity.id, 2).await.unwrap().into_vec();

    for (code, client, expected) in [(&codes[0], elsewhere(), 1), (&codes[1], at_home(), 1)] {
        let before = notified(&site).await.len();
        let SignIn::Challenge { token, challenge } = sign_in(&site.flows, &client).await else {
            panic!("no challenge");
        };
        assert_eq!(notified(&site).await.len(), before, "a half session is no sign-in");
        let caller = site.bearer(&token).await.unwrap();
        let verified =
            site.flows.verify_mfa_challenge(&caller, &client, challenge.id, "recovery_code", code).await.unwrap();
        session(verified);
        assert_eq!(notified(&site).await.len(), expected);
    }
    assert_eq!(notified(&site).await[0]["address"], "198.51.100.7");
}

async fn accepting_with_a_registration_makes_the_first_device(site: Site) {
    let invite = site.invite(ADA).await;
    let registered =
        site.flows.register("user", "emailpass", &credentials(ADA, PASSWORD), &elsewhere()).await.map(session).unwrap();
    assert_eq!(site.count("auth_devices").await, 0, "no owner");
    let identity = registered.auth_identity_id.parse().unwrap();
    site.flows.accept_invite(&accept(&invite), identity, &at_home()).await.unwrap();
    session(sign_in(&site.flows, &at_home()).await);
    assert_eq!((notified(&site).await.len(), site.count("auth_devices").await), (0, 1));
    session(sign_in(&site.flows, &elsewhere()).await);
    assert_eq!(notified(&site).await.len(), 1);
}

async fn accepting_with_a_password_makes_the_first_device(site: Site) {
    let invite = site.invite(ADA).await;
    let accept = accept(&invite);
    let (_, identity) = site.flows.accept_invite_with_password(&accept, PASSWORD, &at_home()).await.unwrap();
    session(site.flows.begin_first_session(identity, &at_home()).await.unwrap());
    assert_eq!((notified(&site).await.len(), site.count("auth_devices").await), (0, 1));
    session(sign_in(&site.flows, &elsewhere()).await);
    assert_eq!(notified(&site).await.len(), 1);
}

async fn a_customer_is_notified_as_well(site: Site) {
    let identity = site.register(ADA, PASSWORD).await.auth_identity_id.parse().unwrap();
    let claimed: Result<(), ClaimError> = async {
        transaction!(site.database, |transaction| {
            site.flows.auth().claim_identity_within(transaction, identity, "customer", "cus_1").await
        })
    }
    .await;
    claimed.unwrap();
    for client in [at_home(), elsewhere(), at_home()] {
        let input = credentials(ADA, PASSWORD);
        session(site.flows.sign_in("customer", "emailpass", &input, &client).await.unwrap());
        // As a user, unknown.
        session(sign_in(&site.flows, &client).await);
    }
    let notified = notified(&site).await;
    assert_eq!(notified.len(), 1);
    assert_eq!((&notified[0]["actor_type"], &notified[0]["actor_id"]), (&json!("customer"), &json!("cus_1")));
    assert_eq!(site.count("auth_devices WHERE actor_type = 'customer'").await, 2);
    assert_eq!(site.count("auth_devices").await, 2);
}

/// security.md 28
async fn a_removed_user_leaves_no_device(site: Site) {
    site.user(ROOT).await;
    let ada = site.user(ADA).await;
    session(sign_in(&site.flows, &at_home()).await);
    session(sign_in(&site.flows, &elsewhere()).await);
    site.flows.remove_user_account(ada.id, &Context::operator()).await.unwrap();
    assert_eq!(site.count("auth_devices").await, 0);
    site.user(ADA).await;
    session(sign_in(&site.flows, &elsewhere()).await);
    assert_eq!(notified(&site).await.len(), 1, "a new user of the address has a first device again");
}

async fn a_refreshed_token_reports_nothing(site: Site) {
    site.user(ADA).await;
    session(sign_in(&site.flows, &device("curl/8.5.0", "192.0.2.7")).await);
    let token = session(sign_in(&site.flows, &at_home()).await);
    assert_eq!(notified(&site).await.len(), 1);
    site.clock.advance(HOUR);
    let caller = site.flows.identify(Credential::Bearer(&token.token), elsewhere).await.unwrap().unwrap();
    session(site.flows.refresh(&caller).await.unwrap().unwrap());
    assert_eq!((notified(&site).await.len(), site.count("auth_devices").await), (1, 2));
}

async fn of_sixty_four_sign_ins_from_one_new_device_one_is_reported(site: Site) {
    site.user(ADA).await;
    session(sign_in(&site.flows, &at_home()).await);
    site.clock.advance(DAY);
    site.sixty_four(|flows, _| async move { session(sign_in(&flows, &elsewhere()).await) }).await;
    assert_eq!((notified(&site).await.len(), site.count("auth_devices").await), (1, 2));
    assert_eq!(site.count("auth_sessions").await, 65);
}
