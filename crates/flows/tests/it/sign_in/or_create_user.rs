//! The seed document's last section: authenticate, and create the user if there is none.

use vestibule_auth::{AuthInput, AuthenticateError};
use vestibule_core::{DomainError, ErrorKind};
use vestibule_database::values;
use vestibule_flows::{SignInError, SignInMethod};
use vestibule_testing::on_both_engines;

use crate::support::gate::header;
use crate::support::{ADA, DAY, OTHER_PASSWORD, PASSWORD, START, Site, credentials, password, refusal, wrong_password};

on_both_engines!(
    a_new_user_is_created,
    a_known_user_is_found,
    a_user_with_a_second_factor_is_asked_for_it,
    an_address_alone_links_no_user,
    an_entity_id_that_is_no_address_creates_no_user,
    a_refused_sign_in_creates_no_user,
    a_deleted_user_is_not_restored,
);
on_both_engines!(4 threads: one_identity_at_once_is_one_user, sixty_four_registrations_of_one_address_are_one_user);

async fn a_new_user_is_created(site: Site) {
    let stranger = site.register(ADA, OTHER_PASSWORD).await;
    site.register("Ada@Example.com", PASSWORD).await;
    let (user, identity) = site.flows.sign_in_or_create_user("emailpass", &credentials(ADA, PASSWORD)).await.unwrap();
    assert_eq!((user.email.as_str(), user.first_name.as_deref()), ("Ada@Example.com", None));
    assert_eq!((identity.actor("user"), identity.is_claimed()), (Some(user.id.to_string().as_str()), true));
    assert_eq!(site.events().await, ["user.created"]);
    assert_eq!(site.user_of(&site.sign_in(ADA, PASSWORD).await.unwrap()).await, Some(user.id));
    assert_eq!(site.bearer(&stranger).await, None, "security.md 6");

    let (second, _) = site.flows.sign_in_or_create_user("gate", &header("bob@example.com")).await.unwrap();
    assert_eq!(second.email.as_str(), "bob@example.com");
    site.assert_consistent().await;
}

async fn a_known_user_is_found(site: Site) {
    let user = site.user(ADA).await;
    let before = site.everything().await;
    let (found, identity) = site.flows.sign_in_or_create_user("emailpass", &credentials(ADA, PASSWORD)).await.unwrap();
    assert_eq!((found, identity), (user.clone(), site.identities_of(user.id).await.remove(0)));
    assert_eq!(site.everything().await, before);
    let (created, _) = site.flows.sign_in_or_create_user("gate", &header("bob@example.com")).await.unwrap();
    let (again, _) = site.flows.sign_in_or_create_user("gate", &header("Bob@example.com")).await.unwrap();
    assert_eq!(again, created);
}

/// security.md 18
async fn a_user_with_a_second_factor_is_asked_for_it(site: Site) {
    let user = site.user(ADA).await;
    let identity = site.identities_of(user.id).await.remove(0);
    let text = "INSERT INTO auth_mfa_factors
                    (id, auth_identity_id, provider, status, last_step, created_at, updated_at)
                VALUES ('authmfa_01JABCDEFGHJKMNPQRSTVWXYZ0', $1, 'totp', 'enabled', 0, $2, $2)";
    let mut transaction = site.database.begin().await.unwrap();
    transaction.execute(text, values![identity.id, START]).await.unwrap();
    transaction.commit().await.unwrap();
    let error = site.flows.sign_in_or_create_user("emailpass", &credentials(ADA, PASSWORD)).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Unauthorized, Some("mfa_required")));
    let SignInError::Authenticate(AuthenticateError::MfaRequired(challenge)) = error else { panic!("{error}") };
    assert_eq!(challenge.auth_identity_id, identity.id);
}

/// The reference links by an address that the provider did not verify; here a stranger who knows it gains nothing.
async fn an_address_alone_links_no_user(site: Site) {
    site.user(ADA).await;
    site.create("bob@example.com", SignInMethod::None).await;
    site.register("bob@example.com", PASSWORD).await;
    let exists = (
        ErrorKind::Unauthorized,
        Some("user_exists"),
        "A user with this address exists already. Sign in the way you did before.".to_owned(),
    );
    for (provider, input) in [
        ("gate", header(ADA)),
        ("gate", header("ADA@Example.com")),
        ("gate", header("ａｄａ@example.com")),
        ("emailpass", credentials("bob@example.com", PASSWORD)),
    ] {
        assert_eq!(refusal(site.flows.sign_in_or_create_user(provider, &input).await), exists);
    }
    assert_eq!(site.count("auth_identities WHERE expires_at IS NULL").await, 1);
    assert_eq!(site.count("users").await, 2);
}

async fn an_entity_id_that_is_no_address_creates_no_user(site: Site) {
    for name in ["octocat", "12345", "ada@", "a b@example.com"] {
        let refused = refusal(site.flows.sign_in_or_create_user("gate", &header(name)).await);
        let message = "The provider gate does not supply an e-mail address".to_owned();
        assert_eq!(refused, (ErrorKind::Unauthorized, None, message), "{name}");
    }
    assert_eq!(site.count("users").await, 0);
}

async fn a_refused_sign_in_creates_no_user(site: Site) {
    site.register(ADA, PASSWORD).await;
    let flows = &site.flows;
    let wrong = flows.sign_in_or_create_user("emailpass", &credentials(ADA, OTHER_PASSWORD)).await;
    assert_eq!(refusal(wrong), wrong_password());
    let (kind, ..) = refusal(flows.sign_in_or_create_user("github", &AuthInput::default()).await);
    assert_eq!(kind, ErrorKind::NotAllowed);
    let (_, _, message) = refusal(flows.sign_in_or_create_user("gate", &AuthInput::default()).await);
    assert_eq!(message, "The provider asks for a redirect first");
    site.clock.set(START + DAY);
    let late = flows.sign_in_or_create_user("emailpass", &credentials(ADA, PASSWORD)).await;
    assert_eq!(refusal(late), wrong_password());
    assert_eq!(site.count("users").await, 0);
}

async fn a_deleted_user_is_not_restored(site: Site) {
    let user = site.create(ADA, password(PASSWORD)).await.user;
    site.flows.users().soft_delete_users(user.id).await.unwrap();
    let refused = refusal(site.flows.sign_in_or_create_user("emailpass", &credentials(ADA, PASSWORD)).await);
    assert_eq!(refused, (ErrorKind::NotFound, None, format!("User with id: {} was not found", user.id)));
}

/// Two windows, one user: both sign in.
async fn one_identity_at_once_is_one_user(site: Site) {
    site.register(ADA, PASSWORD).await;
    let results = site
        .sixty_four(|flows, _| async move {
            flows
                .sign_in_or_create_user("emailpass", &credentials(ADA, PASSWORD))
                .await
                .map_err(|error| error.to_string())
        })
        .await;
    let users: std::collections::BTreeSet<String> =
        results.into_iter().map(|result| result.unwrap().0.id.to_string()).collect();
    assert_eq!((users.len(), site.count("users").await), (1, 1));
    site.assert_consistent().await;
}

async fn sixty_four_registrations_of_one_address_are_one_user(site: Site) {
    for number in 0..64 {
        site.register(ADA, &format!("Password-number-{number}")).await;
    }
    let results = site
        .sixty_four(|flows, caller| async move {
            let input = credentials(ADA, &format!("Password-number-{caller}"));
            flows
                .sign_in_or_create_user("emailpass", &input)
                .await
                .map(|(user, _)| (caller, user))
                .map_err(|error| (DomainError::kind(&error), error.to_string()))
        })
        .await;
    let (created, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!((created.len(), refused.len()), (1, 63));
    for error in refused.into_iter().filter_map(Result::err) {
        // Those whose registrations died: wrong passwords, no more of which are examined than the limit.
        assert!([ErrorKind::Unauthorized, ErrorKind::TooManyRequests].contains(&error.0), "{}", error.1);
    }
    site.flows.auth().clear_attempts(ADA).await.unwrap();
    let (winner, user) = created.into_iter().flatten().next().unwrap();
    let signed_in = site.sign_in(ADA, &format!("Password-number-{winner}")).await.unwrap();
    assert_eq!(signed_in.actor_id, user.id.to_string());
    assert_eq!(site.count("auth_identities").await, 1);
    site.assert_consistent().await;
}
