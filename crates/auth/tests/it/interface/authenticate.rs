//! Signing in by a provider. Each test is named after its method.

use serde_json::json;
use vestibule_auth::{AuthInput, AuthenticateError, AuthenticationResponse, ProviderMethod};
use vestibule_core::ErrorKind;
use vestibule_testing::on_both_engines;

use crate::support::providers::{Elsewhere, Header};
use crate::support::{ADA, Module, OTHER_PASSWORD, PASSWORD, credentials, refusal};

on_both_engines!(
    authenticate,
    list_auth_providers,
    register,
    validate_callback,
    validate_auth_identity,
    update_provider,
    call_provider,
);

/// The identity in a response that asks for nothing else.
fn identity_of(response: AuthenticationResponse) -> vestibule_auth::AuthIdentity {
    response.identity().unwrap()
}

fn challenge_of(response: AuthenticationResponse) -> vestibule_auth::MfaChallenge {
    match response {
        AuthenticationResponse::MfaRequired(challenge) => *challenge,
        other => panic!("{other:?}"),
    }
}

/// security.md 18
async fn authenticate(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let input = credentials(ADA, PASSWORD);
    assert_eq!(identity_of(module.service.authenticate("emailpass", &input).await.unwrap()).id, identity.id);

    let enrolled = module.enrol(identity.clone()).await;
    let challenge = challenge_of(module.service.authenticate("emailpass", &input).await.unwrap());
    assert_eq!((challenge.auth_identity_id, challenge.auth_provider.as_deref()), (identity.id, Some("emailpass")));
    assert_eq!((challenge.methods.as_slice(), challenge.session_id), (["totp".to_owned()].as_slice(), None));
    let error = module.service.authenticate("emailpass", &input).await.unwrap().identity().unwrap_err();
    assert!(matches!(&error, AuthenticateError::MfaRequired(challenge) if challenge.auth_identity_id == identity.id));
    let message = "This account has a second factor. Answer the challenge with a code to continue.".to_owned();
    assert_eq!(crate::support::refusal_of(&error), (ErrorKind::Unauthorized, Some("mfa_required"), message));

    // How a program continues.
    let code = module.next_code(&enrolled.secret);
    let verified = module.service.verify_auth_mfa_challenge(challenge.id, challenge.auth_identity_id, "totp", &code);
    let verified = verified.await.unwrap().challenge;
    let again = module.service.retrieve_auth_identity(verified.auth_identity_id).await.unwrap();
    assert_eq!(again.actor("user"), Some("user_1"));

    // Another identity of the same user is asked for the same factor; a wrong password does not reveal it.
    let other = module.service.clone().with_provider(Header);
    let header = AuthInput::body([("x-remote-user", "ada")]);
    let registered = identity_of(other.authenticate("header", &header).await.unwrap());
    module.claim(registered.id, "user_1").await.unwrap();
    let challenge = challenge_of(other.authenticate("header", &header).await.unwrap());
    assert_eq!((challenge.auth_identity_id, challenge.auth_provider.as_deref()), (registered.id, Some("header")));
    let wrong = module.service.authenticate("emailpass", &credentials(ADA, OTHER_PASSWORD)).await;
    assert_eq!(refusal(wrong), crate::support::wrong_password());
}

async fn list_auth_providers(module: Module) {
    let service = module.service.clone().with_provider(Header).with_provider(Elsewhere);
    let listed = |ids: Option<&[&str]>| serde_json::to_value(service.list_auth_providers(ids)).unwrap();
    let emailpass = json!({
        "id": "emailpass", "identifier": "emailpass", "display_name": "Email/Password Authentication",
        "flow": "credentials",
    });
    let header =
        json!({ "id": "header", "identifier": "header", "display_name": "Single sign-on", "flow": "credentials" });
    let elsewhere =
        json!({ "id": "elsewhere", "identifier": "elsewhere", "display_name": "Elsewhere", "flow": "redirect" });
    assert_eq!(listed(None), json!([emailpass, header, elsewhere]));
    assert_eq!(listed(Some(&["elsewhere", "emailpass", "nosuch"])), json!([emailpass, elsewhere]));
    assert_eq!(listed(Some(&["header"])), json!([header]));
    assert_eq!(listed(Some(&[])), json!([]));
}

async fn register(module: Module) {
    let input = credentials(ADA, PASSWORD);
    let registered = identity_of(module.service.register("emailpass", &input).await.unwrap());
    assert!(!registered.is_claimed());
    assert_eq!(identity_of(module.service.register("emailpass", &input).await.unwrap()).id, registered.id);
    // A registration with a second factor is asked for it too.
    module.enrol(registered.clone()).await;
    let challenge = challenge_of(module.service.register("emailpass", &input).await.unwrap());
    assert_eq!(challenge.auth_identity_id, registered.id);
}

async fn validate_callback(module: Module) {
    let service = module.service.clone().with_provider(Elsewhere);
    let callback = AuthInput {
        query: [("code".to_owned(), "code of ada@example.com".into())].into_iter().collect(),
        ..AuthInput::default()
    };
    let identity = identity_of(service.validate_callback("elsewhere", &callback).await.unwrap());
    let enrolled = module.enrol(identity).await;
    let challenge = challenge_of(service.validate_callback("elsewhere", &callback).await.unwrap());
    assert_eq!(challenge.auth_identity_id, enrolled.identity.id);
    assert_eq!(challenge.auth_provider.as_deref(), Some("elsewhere"));
}

async fn validate_auth_identity(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let validated = module.service.validate_auth_identity(identity.id, "sso").await.unwrap();
    assert_eq!(identity_of(validated), identity);
    module.enrol(identity.clone()).await;
    let challenge = challenge_of(module.service.validate_auth_identity(identity.id, "sso").await.unwrap());
    assert_eq!((challenge.auth_identity_id, challenge.auth_provider.as_deref()), (identity.id, Some("sso")));
    module.service.delete_auth_identities(identity.id).await.unwrap();
    let message = format!("AuthIdentity with id: {} was not found", identity.id);
    let refused = refusal(module.service.validate_auth_identity(identity.id, "sso").await);
    assert_eq!(refused, (ErrorKind::Unauthorized, None, message));
}

async fn update_provider(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    module.enrol(identity.clone()).await;
    let input = AuthInput::body([("password", OTHER_PASSWORD)]);
    // This is no sign-in: the second factor is not asked for.
    let updated = module.service.update_provider("emailpass", ADA, &input).await.unwrap();
    assert_eq!(identity_of(updated).id, identity.id);
    challenge_of(module.service.authenticate("emailpass", &credentials(ADA, OTHER_PASSWORD)).await.unwrap());
}

/// For the flows, which ask for the second factor by the session. Not a method of the reference.
async fn call_provider(module: Module) {
    let enrolled = module.enrolled().await;
    let input = credentials(ADA, PASSWORD);
    let result = module.service.call_provider(ProviderMethod::Authenticate, "emailpass", &input).await.unwrap();
    assert!(
        matches!(result, vestibule_auth::Authentication::Authenticated(identity) if identity.id == enrolled.identity.id)
    );
    assert_eq!(module.count("auth_mfa_challenges").await, 0);
}
