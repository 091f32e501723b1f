//! Third-party providers: one that redirects, and one that trusts a header.

use serde_json::json;
use vestibule_auth::{AuthInput, AuthModule, AuthenticationResponse};
use vestibule_core::ErrorKind;
use vestibule_testing::on_both_engines;

use crate::support::providers::{Elsewhere, Header};
use crate::support::{ADA, DAY, Module, PASSWORD, START, claim, object, refusal};

on_both_engines!(
    users_are_redirected_and_return,
    a_callback_is_checked,
    a_trusted_name_is_the_same_identity_each_time,
    the_same_name_of_two_providers_is_two_identities,
    what_a_provider_keeps_it_changes_itself,
);

fn with_providers(module: &Module) -> AuthModule {
    module.service.clone().with_provider(Elsewhere).with_provider(Header)
}

fn query(fields: serde_json::Value) -> AuthInput {
    AuthInput { query: object(fields), ..AuthInput::default() }
}

async fn users_are_redirected_and_return(module: Module) {
    let service = with_providers(&module);
    let begun = service.authenticate("elsewhere", &query(json!({ "state": "x" }))).await.unwrap();
    let location = "https://elsewhere.example/authorize?state=x".to_owned();
    assert_eq!(begun, AuthenticationResponse::Redirect { location });
    assert_eq!(module.count("auth_identities").await, 0, "a redirect registers no one");

    let callback = query(json!({ "code": "code of Ada@Example.com" }));
    let back = service.validate_callback("elsewhere", &callback).await.unwrap().identity().unwrap();
    assert_eq!((back.is_claimed(), back.expires_at), (false, Some(START + DAY)));
    assert_eq!(back.entity_id(), "Ada@Example.com");
    let part = back.provider_identity("elsewhere").unwrap();
    assert_eq!(part.user_metadata.as_ref().unwrap().as_object(), &object(json!({ "name": "Ada" })));
    assert_eq!(part.provider_metadata, object(json!({ "refresh_token": "secret of elsewhere" })));

    claim(&service, &module.database, back.id, "user", "user_1").await.unwrap();
    let again = query(json!({ "code": "code of ada@example.com" }));
    let again = service.validate_callback("elsewhere", &again).await.unwrap().identity().unwrap();
    assert_eq!((again.id, again.actor("user")), (back.id, Some("user_1")));
    assert_eq!(module.count("auth_identities").await, 1);
}

async fn a_callback_is_checked(module: Module) {
    let service = with_providers(&module);
    for (callback, message) in [
        (json!({}), "There is no code"),
        (json!({ "code": 5 }), "There is no code"),
        (json!({ "code": "made up" }), "This code is not valid"),
        (json!({ "code": "unknown code" }), "This code is not valid"),
    ] {
        let refused = refusal(service.validate_callback("elsewhere", &query(callback)).await);
        assert_eq!(refused, (ErrorKind::Unauthorized, None, message.to_owned()));
    }
    assert_eq!(module.count("auth_identities").await, 0);
}

async fn a_trusted_name_is_the_same_identity_each_time(module: Module) {
    let service = with_providers(&module);
    let come = async |name: &str| {
        let input = AuthInput::body([("x-remote-user", name)]);
        service.authenticate("header", &input).await.map(|authentication| authentication.identity().unwrap())
    };
    let first = come("Ada").await.unwrap();
    assert_eq!((first.entity_id(), come("ADA").await.unwrap().id), ("Ada", first.id));
    assert_ne!(come("bob").await.unwrap().id, first.id);
    claim(&service, &module.database, first.id, "user", "user_1").await.unwrap();
    assert_eq!(come("ada").await.unwrap().actor("user"), Some("user_1"));
    let refused = refusal(service.authenticate("header", &AuthInput::default()).await);
    assert_eq!(refused.2, "The proxy names no user");
}

async fn the_same_name_of_two_providers_is_two_identities(module: Module) {
    let service = with_providers(&module);
    let by_password = module.owned(ADA, "user_1").await;
    let callback = query(json!({ "code": "code of ada@example.com" }));
    let elsewhere = service.validate_callback("elsewhere", &callback).await.unwrap().identity().unwrap();
    let header = AuthInput::body([("x-remote-user", ADA)]);
    let header = service.authenticate("header", &header).await.unwrap().identity().unwrap();
    assert!(elsewhere.id != by_password.id && header.id != by_password.id && header.id != elsewhere.id);
    claim(&service, &module.database, elsewhere.id, "user", "user_2").await.unwrap();
    assert_eq!(module.sign_in(ADA, PASSWORD).await.unwrap(), by_password);
    assert!(module.again(&header).await.is_some(), "no rival of another provider's");
}

async fn what_a_provider_keeps_it_changes_itself(module: Module) {
    let service = with_providers(&module);
    let callback = query(json!({ "code": "code of ada@example.com" }));
    let identity = service.validate_callback("elsewhere", &callback).await.unwrap().identity().unwrap();
    let input = AuthInput::body([("refresh_token", "a newer one")]);
    let refused = refusal(service.update_provider("elsewhere", ADA, &input).await);
    assert_eq!(refused.2, "This name is unknown", "while it is unclaimed");
    claim(&service, &module.database, identity.id, "user", "user_1").await.unwrap();
    let updated = service.update_provider("elsewhere", ADA, &input).await.unwrap().identity().unwrap();
    assert_eq!(updated.provider_identities[0].provider_metadata, object(json!({ "refresh_token": "a newer one" })));
}
