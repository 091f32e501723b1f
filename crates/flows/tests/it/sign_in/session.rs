//! Registering and signing in.

use async_trait::async_trait;
use vestibule_auth::{
    AuthIdentity, AuthInput, AuthModule, AuthOptions, AuthProvider, AuthenticateError, Authentication, Flow,
    ProviderContext,
};
use vestibule_core::{ErrorKind, SigningKey};
use vestibule_flows::{Client, Context, Flows, SignIn};
use vestibule_testing::on_both_engines;

use crate::support::gate::{callback, header};
use crate::support::{
    ADA, DAY, OTHER_PASSWORD, PASSWORD, ROOT, SECRET, START, Site, credentials, refusal, session, wrong_password,
};

on_both_engines!(
    a_session_begins,
    a_registration_is_a_session_without_an_owner,
    a_redirect_begins_none_and_its_callback_does,
    a_refused_sign_in_begins_none,
    a_user_removed_between_password_and_session_is_refused,
);
on_both_engines!(4 threads: sixty_four_registrations_at_once_are_one);

async fn a_session_begins(site: Site) {
    let user = site.user(ADA).await;
    let as_user = site.sign_in("ADA@example.com", PASSWORD).await.unwrap();
    assert_eq!((as_user.actor_id, as_user.actor_type.as_str()), (user.id.to_string(), "user"));
    assert_eq!((as_user.auth_provider.as_str(), as_user.exp), ("emailpass", (START + DAY).as_seconds()));
    let as_customer =
        site.flows.sign_in("customer", "emailpass", &credentials(ADA, PASSWORD), &Client::default()).await;
    let as_customer = session(as_customer.unwrap());
    assert_eq!((as_customer.actor_id.as_str(), as_customer.actor_type.as_str()), ("", "customer"));
    assert_ne!(as_customer.sid, as_user.sid);
    assert_eq!(site.count("auth_sessions").await, 2);
}

async fn a_registration_is_a_session_without_an_owner(site: Site) {
    let registered = site.register(ADA, PASSWORD).await;
    assert_eq!((registered.actor_id.as_str(), registered.actor_type.as_str()), ("", "user"));
    let again = site.register(ADA, PASSWORD).await;
    assert_eq!(again.auth_identity_id, registered.auth_identity_id);
    assert_ne!(again.sid, registered.sid);
    let signed_in = site.sign_in(ADA, PASSWORD).await.unwrap();
    assert_eq!((&signed_in.auth_identity_id, signed_in.actor_id.as_str()), (&registered.auth_identity_id, ""));
}

async fn a_redirect_begins_none_and_its_callback_does(site: Site) {
    let away = site.flows.sign_in("user", "gate", &AuthInput::default(), &Client::default()).await.unwrap();
    assert_eq!(away, SignIn::Redirect { location: "https://gate.example/".to_owned() });
    assert_eq!(site.count("auth_sessions").await, 0);
    let back = site.flows.sign_in_by_callback("user", "gate", &callback("octocat"), &Client::default()).await.unwrap();
    let back = session(back.sign_in);
    assert_eq!((back.actor_id.as_str(), back.auth_provider.as_str()), ("", "gate"));
    assert!(site.bearer(&back).await.is_some());
    let by_header = session(site.flows.sign_in("user", "gate", &header("octocat"), &Client::default()).await.unwrap());
    assert_eq!(by_header.auth_identity_id, back.auth_identity_id);
}

async fn a_refused_sign_in_begins_none(site: Site) {
    site.user(ADA).await;
    let (flows, input) = (&site.flows, credentials(ADA, OTHER_PASSWORD));
    assert_eq!(refusal(flows.sign_in("user", "emailpass", &input, &Client::default()).await), wrong_password());
    let taken = (ErrorKind::Unauthorized, None, "Identity with email already exists".to_owned());
    assert_eq!(refusal(flows.register("user", "emailpass", &input, &Client::default()).await), taken);
    for result in [
        flows.sign_in("user", "github", &input, &Client::default()).await,
        flows.register("user", "github", &input, &Client::default()).await,
        flows.sign_in_by_callback("user", "github", &input, &Client::default()).await.map(|back| back.sign_in),
    ] {
        let unknown = (ErrorKind::NotAllowed, None, "There is no auth provider github".to_owned());
        assert_eq!(refusal(result), unknown);
    }
    let (_, _, message) = refusal(flows.sign_in_by_callback("user", "emailpass", &input, &Client::default()).await);
    assert_eq!(message, "Callback authentication not implemented for provider emailpass");
    let (_, _, message) = refusal(flows.register("user", "gate", &input, &Client::default()).await);
    assert_eq!(message, "Registration not implemented for provider gate");
    let (_, _, message) =
        refusal(flows.sign_in_by_callback("user", "gate", &AuthInput::default(), &Client::default()).await);
    assert_eq!(message, "The gate does not know who this is");
    assert_eq!(site.count("auth_sessions").await, 0);
}

/// Authenticates as a user who no longer exists.
struct Late(AuthIdentity);

#[async_trait]
impl AuthProvider for Late {
    fn identifier(&self) -> &str {
        "late"
    }

    fn display_name(&self) -> &str {
        "Late"
    }

    fn flow(&self) -> Flow {
        Flow::Credentials
    }

    async fn authenticate(&self, _: &AuthInput, _: &ProviderContext<'_>) -> Result<Authentication, AuthenticateError> {
        Ok(Authentication::Authenticated(Box::new(self.0.clone())))
    }
}

async fn a_user_removed_between_password_and_session_is_refused(site: Site) {
    site.user(ROOT).await;
    let user = site.user(ADA).await;
    let identity = site.identities_of(user.id).await.remove(0);
    let environment = site.flows.environment().clone();
    let options = AuthOptions::new(SigningKey::new(SECRET));
    let auth = AuthModule::new(site.database.clone(), environment.clone(), options, site.passwords.clone());
    let auth = auth.with_provider(Late(identity));
    let flows = Flows::new(site.database.clone(), environment, site.flows.users().clone(), auth);
    session(flows.sign_in("user", "late", &AuthInput::default(), &Client::default()).await.unwrap());
    site.flows.remove_user_account(user.id, &Context::operator()).await.unwrap();
    let refused = refusal(flows.sign_in("user", "late", &AuthInput::default(), &Client::default()).await);
    assert_eq!(refused, (ErrorKind::Unauthorized, None, "This sign-in is not valid any more".to_owned()));
    let (kind, ..) = refusal(flows.sign_in_or_create_user("late", &AuthInput::default()).await);
    assert_eq!(kind, ErrorKind::NotFound, "no user is created again");
    assert_eq!(site.count("users WHERE deleted_at IS NULL").await, 1);
}

async fn sixty_four_registrations_at_once_are_one(site: Site) {
    let results = site
        .sixty_four(|flows, _| async move {
            session(flows.register("user", "emailpass", &credentials(ADA, PASSWORD), &Client::default()).await.unwrap())
        })
        .await;
    let mut signed_in = 0;
    for registered in &results {
        assert_eq!(registered.auth_identity_id, results[0].auth_identity_id);
        signed_in += usize::from(site.bearer(registered).await.is_some());
    }
    // What no user owns keeps the newest few sessions, so that a stranger cannot fill the database with them.
    assert_eq!(signed_in, 5);
    assert_eq!((site.count("auth_identities").await, site.count("auth_sessions").await), (1, 5));
}
