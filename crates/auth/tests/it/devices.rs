//! The devices from which users sign in.

use serde_json::{Value as Json, json};
use vestibule_auth::{AuthIdentity, AuthModule, SecondFactor, StartSession};
use vestibule_database::{Database, Error, transaction};
use vestibule_outbox::Event;
use vestibule_testing::on_both_engines;

use crate::support::{ADA, DAY, HOUR, MICROSECOND, Module, PASSWORD, START, belonging_to, object, part};

on_both_engines!(
    a_new_device_is_reported_once,
    the_first_device_is_not_reported,
    a_new_version_or_neighbour_is_no_new_device,
    each_actor_has_their_own_devices,
    an_actor_has_the_same_devices_for_every_identity,
    unknown_owners_and_devices_are_not_recorded,
    a_half_session_notes_nothing,
    it_is_noted_once_a_day_that_a_device_was_seen,
    a_device_that_was_not_seen_for_four_hundred_days_is_new,
    devices_go_with_their_owner,
    devices_go_with_the_last_identity,
);
on_both_engines!(
    4 threads: of_sixty_four_from_one_new_device_one_is_reported,
    a_user_removed_during_a_sign_in_leaves_no_device,
);

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const NEWER_FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0.1";
const CURL: &str = "curl/8.5.0";
const HOME: &str = "192.0.2.7";
const ELSEWHERE: &str = "198.51.100.7";

fn reports() -> &'static str {
    "outbox_events WHERE name = 'auth.new_device'"
}

async fn start(service: &AuthModule, database: &Database, start: StartSession<'_>) -> Result<(), Error> {
    transaction!(database, |transaction| service.start_session_within(transaction, &start).await.map(drop))
}

/// A session of this identity, from this device.
fn from<'a>(identity: &'a AuthIdentity, actor_type: &'a str, device: (&'a str, &'a str)) -> StartSession<'a> {
    let (user_agent, address) = device;
    StartSession {
        user_agent: Some(user_agent),
        address: Some(address),
        ..StartSession::new(identity, actor_type, "emailpass")
    }
}

impl Module {
    async fn comes_from(&self, identity: &AuthIdentity, actor_type: &str, device: (&str, &str)) {
        start(&self.service, &self.database, from(identity, actor_type, device)).await.unwrap();
    }

    /// How many devices were reported so far.
    async fn reported(&self) -> i64 {
        self.count(reports()).await
    }

    async fn newest_device(&self) -> Event {
        vestibule_outbox::newest(&self.database, 1).await.unwrap().remove(0)
    }
}

async fn a_new_device_is_reported_once(module: Module) {
    let ada = module.owned(ADA, "user_1").await;
    module.comes_from(&ada, "user", (FIREFOX, HOME)).await;
    module.clock.advance(DAY);
    module.comes_from(&ada, "user", (CURL, "::ffff:192.0.2.7")).await;
    let event = module.newest_device().await;
    assert_eq!((event.name.as_str(), &event.subject), ("auth.new_device", &ada.id.to_string()));
    let data: Json = json!({
        "auth_identity_id": ada.id, "actor_type": "user", "actor_id": "user_1",
        "device": "curl", "address": HOME, "at": "2026-11-23T09:30:00.000Z", "origin": "sign_in",
    });
    assert_eq!(event.data, data);
    for device in [(CURL, HOME), (FIREFOX, HOME), (CURL, HOME)] {
        module.comes_from(&ada, "user", device).await;
    }
    assert_eq!(module.reported().await, 1);

    module.comes_from(&ada, "user", (FIREFOX, ELSEWHERE)).await;
    assert_eq!(module.reported().await, 2, "another network");
    let data = module.newest_device().await.data;
    assert_eq!((&data["device"], &data["address"]), (&json!("Firefox on Linux"), &json!(ELSEWHERE)));
    let nowhere = StartSession { user_agent: Some("ΩΩΩ"), ..StartSession::new(&ada, "user", "emailpass") };
    start(&module.service, &module.database, nowhere).await.unwrap();
    let data = module.newest_device().await.data;
    assert_eq!((&data["device"], &data["address"]), (&json!("unknown"), &json!(null)));
    let unknown = StartSession { address: Some("no address"), ..nowhere };
    start(&module.service, &module.database, unknown).await.unwrap();
    assert_eq!((module.reported().await, module.count("auth_devices").await), (3, 4));
}

async fn the_first_device_is_not_reported(module: Module) {
    let ada = module.owned(ADA, "user_1").await;
    // Signed in before devices were recorded.
    module.session(&ada, "user").await;
    module.comes_from(&ada, "user", (FIREFOX, HOME)).await;
    module.comes_from(&ada, "user", (FIREFOX, HOME)).await;
    assert_eq!((module.reported().await, module.count("auth_devices").await), (0, 1));
    let bob = module.owned("bob@example.com", "user_2").await;
    module.comes_from(&bob, "user", (CURL, HOME)).await;
    assert_eq!(
        (module.reported().await, module.count("auth_devices").await),
        (0, 2),
        "the devices of others are theirs"
    );
}

async fn a_new_version_or_neighbour_is_no_new_device(module: Module) {
    let ada = module.owned(ADA, "user_1").await;
    for device in [
        (FIREFOX, HOME),
        (NEWER_FIREFOX, HOME),
        (FIREFOX, "192.0.2.200"),
        (FIREFOX, "::ffff:192.0.2.1"),
        (&FIREFOX.replace(' ', "  "), HOME),
    ] {
        module.comes_from(&ada, "user", device).await;
        assert_eq!((module.reported().await, module.count("auth_devices").await), (0, 1), "{device:?}");
    }
    module.comes_from(&ada, "user", (FIREFOX, "2001:db8:1:2::3")).await;
    module.comes_from(&ada, "user", (NEWER_FIREFOX, "2001:db8:1:ffff::1")).await;
    assert_eq!(module.reported().await, 1);
    module.comes_from(&ada, "user", (NEWER_FIREFOX, "2001:db8:2::3")).await;
    assert_eq!(module.reported().await, 2);
}

async fn each_actor_has_their_own_devices(module: Module) {
    let identity = vestibule_auth::CreateAuthIdentity {
        id: None,
        provider_identities: vec![part("emailpass", ADA)],
        app_metadata: object(json!({ "user_id": "user_1", "customer_id": "cus_1" })),
    };
    let both = module.service.create_auth_identities(identity).await.unwrap();
    module.comes_from(&both, "user", (FIREFOX, HOME)).await;
    module.comes_from(&both, "customer", (CURL, HOME)).await;
    assert_eq!((module.reported().await, module.count("auth_devices").await), (0, 2));
    module.comes_from(&both, "customer", (FIREFOX, HOME)).await;
    let data = module.newest_device().await.data;
    assert_eq!((&data["actor_type"], &data["actor_id"]), (&json!("customer"), &json!("cus_1")));
    module.comes_from(&both, "customer", (CURL, HOME)).await;
    assert_eq!(module.reported().await, 1);
}

async fn an_actor_has_the_same_devices_for_every_identity(module: Module) {
    let (one, two) = (module.owned(ADA, "user_1").await, module.owned("work@example.com", "user_1").await);
    module.comes_from(&one, "user", (FIREFOX, HOME)).await;
    module.comes_from(&two, "user", (FIREFOX, HOME)).await;
    assert_eq!(module.reported().await, 0);
    module.comes_from(&two, "user", (CURL, HOME)).await;
    module.comes_from(&one, "user", (CURL, HOME)).await;
    assert_eq!((module.reported().await, module.newest_device().await.subject), (1, two.id.to_string()));
}

async fn unknown_owners_and_devices_are_not_recorded(module: Module) {
    let waiting = module.register("eve@example.com", PASSWORD).await.unwrap();
    let ada = module.owned(ADA, "user_1").await;
    for device in [(FIREFOX, HOME), (CURL, ELSEWHERE)] {
        module.comes_from(&waiting, "user", device).await;
        module.comes_from(&ada, "customer", device).await;
    }
    module.session(&ada, "user").await;
    module.comes_from(&ada, "user", ("", "no address")).await;
    assert_eq!((module.reported().await, module.count("auth_devices").await), (0, 0));
}

/// security.md 18: a half session is no sign-in; a passed challenge is.
async fn a_half_session_notes_nothing(module: Module) {
    let ada = module.owned(ADA, "user_1").await;
    module.comes_from(&ada, "user", (FIREFOX, HOME)).await;
    for (second_factor, expected) in [(SecondFactor::Due, 0), (SecondFactor::Proved, 1), (SecondFactor::Due, 1)] {
        let half = StartSession { second_factor, ..from(&ada, "user", (CURL, ELSEWHERE)) };
        start(&module.service, &module.database, half).await.unwrap();
        assert_eq!(module.reported().await, expected, "{second_factor:?}");
    }
}

async fn it_is_noted_once_a_day_that_a_device_was_seen(module: Module) {
    let ada = module.owned(ADA, "user_1").await;
    let seen_since = async |time, column: &str| {
        let text = format!("SELECT 1 AS one FROM auth_devices WHERE {column} = $1");
        module.database.query::<()>(text, vestibule_database::values![time]).await.unwrap().len() == 1
    };
    module.comes_from(&ada, "user", (FIREFOX, HOME)).await;
    for (after, noted_at) in [(HOUR, START), (DAY - MICROSECOND, START), (DAY, START + DAY)] {
        module.clock.set(START + after);
        module.comes_from(&ada, "user", (FIREFOX, HOME)).await;
        assert!(seen_since(noted_at, "last_seen_at").await, "{after:?}");
        assert!(seen_since(START, "first_seen_at").await, "{after:?}");
    }
    assert_eq!((module.reported().await, module.count("auth_devices").await), (0, 1));
}

/// With a cleanup or without one.
async fn a_device_that_was_not_seen_for_four_hundred_days_is_new(module: Module) {
    let ada = module.owned(ADA, "user_1").await;
    module.comes_from(&ada, "user", (FIREFOX, HOME)).await;
    module.comes_from(&ada, "user", (CURL, HOME)).await;
    assert_eq!(module.reported().await, 1);
    module.clock.set(START + 200 * DAY);
    module.comes_from(&ada, "user", (CURL, HOME)).await;

    module.clock.set(START + 400 * DAY - MICROSECOND);
    module.service.delete_expired().await.unwrap();
    assert_eq!(module.count("auth_devices").await, 2);
    module.clock.set(START + 400 * DAY);
    module.comes_from(&ada, "user", (FIREFOX, HOME)).await;
    module.comes_from(&ada, "user", (FIREFOX, HOME)).await;
    assert_eq!((module.reported().await, module.count("auth_devices").await), (2, 2), "without a cleanup");

    module.clock.set(START + 600 * DAY);
    assert_eq!(
        module.service.delete_expired().await.unwrap(),
        2 + 1 + 1,
        "with two sessions, which are over, and the count of notices"
    );
    assert_eq!(module.count("auth_devices").await, 1);
    module.comes_from(&ada, "user", (CURL, HOME)).await;
    assert_eq!(module.reported().await, 3);

    module.clock.set(START + 1_000 * DAY);
    module.comes_from(&ada, "user", (CURL, ELSEWHERE)).await;
    assert_eq!(module.reported().await, 3, "after such a time the next device is a first one again");
}

/// security.md 28
async fn devices_go_with_their_owner(module: Module) {
    let (ada, bob) = (module.owned(ADA, "user_1").await, module.owned("bob@example.com", "user_2").await);
    for identity in [&ada, &bob] {
        module.comes_from(identity, "user", (FIREFOX, HOME)).await;
        module.comes_from(identity, "user", (CURL, HOME)).await;
    }
    module.remove_actor("user", "user_1").await;
    assert_eq!(module.count("auth_devices WHERE actor_id = 'user_1'").await, 0);
    module.remove_actor("customer", "user_2").await;
    assert_eq!(module.count("auth_devices WHERE actor_id = 'user_2'").await, 2);
}

async fn devices_go_with_the_last_identity(module: Module) {
    let (one, two) = (module.owned(ADA, "user_1").await, module.owned("work@example.com", "user_1").await);
    let bob = module.owned("bob@example.com", "user_2").await;
    for identity in [&one, &bob] {
        module.comes_from(identity, "user", (FIREFOX, HOME)).await;
    }
    module.service.delete_auth_identities(one.id).await.unwrap();
    assert_eq!(module.count("auth_devices WHERE actor_id = 'user_1'").await, 1);
    module.service.delete_auth_identities(two.id).await.unwrap();
    assert_eq!(module.count("auth_devices WHERE actor_id = 'user_1'").await, 0);
    assert_eq!(module.count("auth_devices").await, 1);
}

/// By two identities, so that no task waits for another but at the device itself.
async fn of_sixty_four_from_one_new_device_one_is_reported(module: Module) {
    let identities = [module.owned(ADA, "user_1").await, module.owned("work@example.com", "user_1").await];
    let at_once = async |device: (&'static str, &'static str)| {
        // The other process begins with its own randomness.
        module.clock.advance(HOUR);
        let database = module.database.clone();
        let began = module
            .sixty_four(|service, caller| {
                let (database, identity) = (database.clone(), identities[caller / 2 % 2].clone());
                async move { start(&service, &database, from(&identity, "user", device)).await }
            })
            .await;
        began.into_iter().for_each(|began| began.unwrap());
    };
    at_once((FIREFOX, HOME)).await;
    assert_eq!((module.reported().await, module.count("auth_devices").await), (0, 1));
    at_once((CURL, HOME)).await;
    assert_eq!((module.reported().await, module.count("auth_devices").await), (1, 2));
    module.clock.advance(DAY);
    at_once((FIREFOX, HOME)).await;
    module.clock.advance(400 * DAY);
    at_once((CURL, HOME)).await;
    assert_eq!((module.reported().await, module.count("auth_sessions").await), (1, 256), "all devices were forgotten");
}

async fn a_user_removed_during_a_sign_in_leaves_no_device(module: Module) {
    for round in 0..4 {
        let user = format!("user_{round}");
        let identity = belonging_to(&user, [part("emailpass", &format!("{user}@example.com"))]);
        let identity = module.service.create_auth_identities(identity).await.unwrap();
        let database = module.database.clone();
        module
            .sixty_four(|service, caller| {
                let (database, identity, user) = (database.clone(), identity.clone(), user.clone());
                async move {
                    if caller == 20 {
                        let removed: Result<(), Error> = async {
                            transaction!(database, |transaction| {
                                service.remove_actor_within(transaction, "user", &user).await
                            })
                        }
                        .await;
                        removed.unwrap();
                    } else {
                        match start(&service, &database, from(&identity, "user", (FIREFOX, HOME))).await {
                            Ok(()) | Err(Error::ForeignKey(_)) => {}
                            Err(error) => panic!("{error:?}"),
                        }
                    }
                }
            })
            .await;
        assert_eq!(module.count("auth_devices").await, 0);
    }
}
