//! What a provider may read and change, tested by one that follows commands.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::json;
use vestibule_auth::providers::Registration;
use vestibule_auth::{
    AuthIdentity, AuthInput, AuthModule, AuthProvider, AuthenticateError, Authentication, Flow, ProviderContext,
    ProviderIdentity,
};
use vestibule_core::{ErrorKind, Metadata};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, DAY, HOUR, MICROSECOND, Module, PASSWORD, START, claim, object, refusal};

on_both_engines!(
    a_provider_finds_only_its_own,
    registrations_of_one_entity_are_distinguished_by_their_keys,
    a_concurrent_change_is_not_overwritten,
    a_clock_that_goes_back_loses_no_change,
    another_providers_part_is_not_changed,
    an_identity_that_went_away_is_no_fault,
);

/// Finds and registers the given `name` and `key`, and changes the stored `part`.
#[derive(Clone)]
struct Hand {
    identifier: &'static str,
    part: Arc<Mutex<Option<ProviderIdentity>>>,
}

impl Hand {
    fn new(identifier: &'static str) -> Self {
        Self { identifier, part: Arc::default() }
    }

    fn take(&self, part: &ProviderIdentity) {
        *self.part.lock().unwrap() = Some(part.clone());
    }

    fn part(&self) -> ProviderIdentity {
        self.part.lock().unwrap().clone().unwrap()
    }
}

fn registration(input: &AuthInput) -> Registration {
    let text = |field| input.text(field).unwrap_or_default().to_owned();
    Registration {
        entity_id: text("name"),
        entity_canonical: text("name").to_lowercase(),
        registration_key: text("key"),
        user_metadata: Metadata::new(object(json!({ "name": text("name") }))).ok(),
        provider_metadata: object(json!({ "key": text("key") })),
    }
}

fn authenticated(identity: AuthIdentity) -> Result<Authentication, AuthenticateError> {
    Ok(Authentication::Authenticated(Box::new(identity)))
}

#[async_trait]
impl AuthProvider for Hand {
    fn identifier(&self) -> &str {
        self.identifier
    }

    fn display_name(&self) -> &str {
        self.identifier
    }

    fn flow(&self) -> Flow {
        Flow::Credentials
    }

    async fn authenticate(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let identities = context.identities();
        let Registration { entity_canonical, registration_key, .. } = registration(input);
        let part = match identities.find_claimed(&entity_canonical).await? {
            Some(part) => Some(part),
            None => identities.find_registered(&entity_canonical, &registration_key).await?,
        };
        let part = part.ok_or_else(|| AuthenticateError::Refused("unknown".into()))?;
        authenticated(identities.identity(&part).await?)
    }

    async fn register(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let identities = context.identities();
        authenticated(identities.register(&registration(input)).await?)
    }

    async fn validate_callback(
        &self,
        _: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let identities = context.identities();
        authenticated(identities.identity(&self.part()).await?)
    }

    async fn update(
        &self,
        _: &str,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let identities = context.identities();
        if !identities.replace_metadata(&self.part(), input.body.clone()).await? {
            return Err(AuthenticateError::Refused("changed in the meantime".into()));
        }
        authenticated(identities.identity(&self.part()).await?)
    }
}

fn named(name: &str, key: &str) -> AuthInput {
    AuthInput::body([("name", name), ("key", key)])
}

async fn register(service: &AuthModule, name: &str, key: &str) -> AuthIdentity {
    service.register("hand", &named(name, key)).await.unwrap().identity().unwrap()
}

/// Replaces the metadata of the stored part, and stores the result. Returns whether that worked.
async fn replace(service: &AuthModule, hand: &Hand, value: &str) -> bool {
    match service.update_provider(hand.identifier, "", &AuthInput::body([("value", value)])).await {
        Ok(updated) => {
            hand.take(&updated.identity().unwrap().provider_identities[0]);
            true
        }
        Err(error) => {
            assert_eq!(error.to_string(), "changed in the meantime");
            false
        }
    }
}

async fn a_provider_finds_only_its_own(module: Module) {
    let service = module.service.clone().with_provider(Hand::new("hand")).with_provider(Hand::new("other"));
    let waiting = register(&service, "Waiting", "k").await;
    let owned = register(&service, "Owned", "k").await;
    claim(&service, &module.database, owned.id, "user", "user_1").await.unwrap();
    module.owned(ADA, "user_2").await;
    let find = async |provider: &str, name: &str, key: &str| {
        service.authenticate(provider, &named(name, key)).await.map(|found| found.identity().unwrap().id)
    };
    assert_eq!(find("hand", "waiting", "k").await.unwrap(), waiting.id);
    assert_eq!(find("hand", "owned", "another").await.unwrap(), owned.id, "the key is for what waits");
    for (provider, name, key) in [
        ("hand", "waiting", ""),
        ("hand", "waiting", "K"),
        ("hand", ADA, ""),
        ("other", "waiting", "k"),
        ("other", "owned", "k"),
    ] {
        assert_eq!(refusal(find(provider, name, key).await).2, "unknown", "{provider} {name} {key}");
    }
    module.clock.set(START + DAY);
    assert_eq!(refusal(find("hand", "waiting", "k").await).2, "unknown");
    assert_eq!(find("hand", "owned", "k").await.unwrap(), owned.id);
}

async fn registrations_of_one_entity_are_distinguished_by_their_keys(module: Module) {
    let service = module.service.clone().with_provider(Hand::new("hand"));
    let (one, other, nameless) = (
        register(&service, "Ada", "1").await,
        register(&service, "ADA", "2").await,
        register(&service, "ada", "").await,
    );
    assert!(one.id != other.id && nameless.id != one.id && nameless.id != other.id);
    module.clock.advance(HOUR);
    let again = register(&service, "ada", "1").await;
    assert_eq!((again.id, again.entity_id(), again.expires_at), (one.id, "Ada", Some(START + HOUR + DAY)));
    let part = &one.provider_identities[0];
    assert_eq!((part.provider.as_str(), part.entity_canonical.as_str()), ("hand", "ada"));
    assert_eq!(part.user_metadata.as_ref().unwrap().as_object(), &object(json!({ "name": "Ada" })));
    assert_eq!(part.provider_metadata, object(json!({ "key": "1" })));
}

async fn a_concurrent_change_is_not_overwritten(module: Module) {
    let (hand, slow) = (Hand::new("hand"), Hand::new("slow"));
    let service = module.service.clone().with_provider(hand.clone());
    let part = register(&service, "Ada", "").await.provider_identities.remove(0);
    hand.take(&part);
    // All in one microsecond, by a clock that stands still.
    for value in ["first", "second", "third"] {
        assert!(replace(&service, &hand, value).await, "{value}");
    }
    let newest = hand.part();
    assert_eq!(newest.provider_metadata, object(json!({ "value": "third" })));
    assert_eq!(newest.updated_at, START + 3 * MICROSECOND);
    slow.take(&part);
    let service = module.service.clone().with_provider(Hand { identifier: "hand", ..slow.clone() });
    assert!(!replace(&service, &Hand { identifier: "hand", ..slow }, "what the slow one read").await);
    assert_eq!(module.service.retrieve_provider_identity(part.id).await.unwrap(), newest);
}

/// A moment before the epoch, too, and one with an odd microsecond: both engines store them exactly.
async fn a_clock_that_goes_back_loses_no_change(module: Module) {
    let hand = Hand::new("hand");
    let service = module.service.clone().with_provider(hand.clone());
    module.clock.set(START + 123_457 * MICROSECOND);
    let part = register(&service, "Ada", "").await.provider_identities.remove(0);
    assert_eq!(part.updated_at, START + 123_457 * MICROSECOND);
    hand.take(&part);
    for moment in [START, vestibule_core::Timestamp::from_microseconds(-1), START - DAY] {
        module.clock.set(moment);
        let before = hand.part().updated_at;
        assert!(replace(&service, &hand, "changed").await);
        assert_eq!(hand.part().updated_at, before + MICROSECOND, "never earlier than the change before");
        assert_eq!(module.service.retrieve_provider_identity(part.id).await.unwrap(), hand.part());
    }
}

async fn another_providers_part_is_not_changed(module: Module) {
    let hand = Hand::new("hand");
    let service = module.service.clone().with_provider(hand.clone());
    let owned = module.owned(ADA, "user_1").await;
    hand.take(&owned.provider_identities[0]);
    assert!(!replace(&service, &hand, "not ours").await);
    assert_eq!(module.sign_in(ADA, PASSWORD).await.unwrap(), owned);
}

/// A sign-in during the removal of the user is refused.
async fn an_identity_that_went_away_is_no_fault(module: Module) {
    let hand = Hand::new("hand");
    let service = module.service.clone().with_provider(hand.clone());
    let identity = register(&service, "Ada", "").await;
    hand.take(&identity.provider_identities[0]);
    service.delete_auth_identities(identity.id).await.unwrap();
    let (kind, ..) = refusal(service.validate_callback("hand", &AuthInput::default()).await);
    assert_eq!(kind, ErrorKind::Unauthorized);
    assert!(!replace(&service, &hand, "gone").await);
}
