//! Each event with a mail leads to one mail, whose link works.

use serde_json::json;
use vestibule_auth::mfa::DEFAULT_RECOVERY_CODES;
use vestibule_auth::{RequestVerification, StartAuthMfa};
use vestibule_flows::{AcceptInvite, Client, Context, FreshProof};
use vestibule_notify::DeliveryState;
use vestibule_testing::on_both_engines;

use crate::letter::Letter;
use crate::scene::{ADA, OTHER_PASSWORD, PASSWORD, PUBLIC_URL, Scene};

on_both_engines!(
    an_invite_is_accepted_by_its_mail,
    an_invite_that_was_sent_again_is_accepted_by_the_newer_mail,
    a_password_is_set_by_its_mail_and_its_owner_is_notified,
    an_address_is_confirmed_by_its_mail,
    a_change_of_address_is_confirmed_by_one_mail_and_reverted_by_another,
    the_owner_of_a_taken_address_is_notified,
    every_change_of_a_second_factor_is_mailed,
    a_new_device_is_mailed,
    other_events_are_not_mailed,
);

const INVITE: &str = "https://people.example.org/app/invite?token=";
const RESET: &str = "https://people.example.org/app/reset-password?token=";
const FORGOT: &str = "https://people.example.org/app/forgot";
const VERIFY: &str = "https://people.example.org/app/verify?code=";

/// Delivers one mail, to this address.
async fn delivered(scene: &Scene, to: &str, subject: &str) -> Letter {
    let letter = scene.only_mail().await;
    assert_eq!((letter.to(), letter.subject()), (to, subject));
    let urls = letter.text.split_whitespace().filter(|word| word.contains("://"));
    for url in urls.chain(letter.html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap())) {
        assert!(url.starts_with(PUBLIC_URL), "{url} leads elsewhere");
    }
    let delivery = scene.last_delivery().await;
    assert_eq!((delivery.state, delivery.attempts, delivery.reason), (DeliveryState::Sent, 1, None));
    // The delivery has the address as it is stored; the case of a domain does not matter.
    assert!(delivery.recipient.as_deref().unwrap().eq_ignore_ascii_case(to), "{:?}", delivery.recipient);
    assert_eq!(letter.header("message-id"), format!("<{}@example.org>", delivery.id));
    assert!(scene.mail().await.is_empty(), "it is sent once");
    letter
}

async fn accept(scene: &Scene, token: &str) {
    assert!(!scene.is_in_deliveries(token).await, "the token is stored needlessly");
    let accept = AcceptInvite { token: token.to_owned(), ..AcceptInvite::default() };
    scene.flows.accept_invite_with_password(&accept, PASSWORD, &Client::default()).await.unwrap();
}

/// security.md 7, 15, 16
async fn an_invite_is_accepted_by_its_mail(scene: Scene) {
    let inviter = scene
        .create("grace@example.com", |account| {
            account.user.first_name = Some("Grace".to_owned());
            account.user.last_name = Some("Hopper".to_owned());
        })
        .await;
    // As it is written, whatever form is compared.
    let invite = vestibule_flows::NewInvite::new(crate::scene::email("Ada.Lovelace@Example.com"));
    scene.invite_by(invite, &Context::user(inviter.user.id)).await;
    let letter = delivered(&scene, "Ada.Lovelace@example.com", "Grace Hopper invites you to Vestibule").await;
    assert!(letter.text.contains("23 November 2026, 09:30 UTC"), "{}", letter.text);
    assert_eq!(scene.last_delivery().await.recipient.as_deref(), Some("Ada.Lovelace@Example.com"));
    accept(&scene, letter.secret(INVITE)).await;
    scene.caller("ada.lovelace@example.com").await;
}

/// security.md 7
async fn an_invite_that_was_sent_again_is_accepted_by_the_newer_mail(scene: Scene) {
    let invite = scene.invite(ADA).await;
    let first = delivered(&scene, ADA, "You are invited to Vestibule").await;
    scene.clock.advance(std::time::Duration::from_secs(1));
    scene.flows.resend_invite(invite.id, &Context::operator()).await.unwrap();
    let again = delivered(&scene, ADA, "Your invitation to Vestibule (new link)").await;
    assert_ne!(first.link(), again.link());
    accept(&scene, again.secret(INVITE)).await;
}

/// security.md 7, 15
async fn a_password_is_set_by_its_mail_and_its_owner_is_notified(scene: Scene) {
    scene.user("Ada@example.com").await;
    // Any spelling in the request; the mail goes to the stored address.
    scene.ask_for_reset("  aDA@EXAMPLE.com ").await;
    scene.ask_for_reset("stranger@example.com").await;
    let letter = delivered(&scene, "Ada@example.com", "Choose a new password for Vestibule").await;
    let token = letter.secret(RESET);
    assert!(!scene.is_in_deliveries(token).await);
    scene.redeem(token, OTHER_PASSWORD).await;
    let letter = delivered(&scene, "Ada@example.com", "Your password for Vestibule was changed").await;
    assert!(!letter.text.contains(OTHER_PASSWORD) && !letter.html.contains(OTHER_PASSWORD));
    assert_eq!(letter.link(), FORGOT, "what to do if it was not her");
    scene.caller_by(ADA, OTHER_PASSWORD).await;
}

/// security.md 7
async fn an_address_is_confirmed_by_its_mail(scene: Scene) {
    scene.user(ADA).await;
    let caller = scene.caller(ADA).await;
    let request = RequestVerification {
        auth_identity_id: caller.auth_identity_id,
        entity_type: "email",
        entity_id: "countess@example.com",
        code_provider: None,
        metadata: None,
    };
    scene.flows.request_verification(&request, &Context::operator()).await.unwrap();
    let letter = delivered(&scene, "countess@example.com", "Confirm your address for Vestibule").await;
    let code = letter.secret(VERIFY);
    assert!(!scene.is_in_deliveries(code).await);
    let confirmed = scene.flows.confirm_verification(code, None, &Context::operator()).await.unwrap();
    assert_eq!(confirmed.entity_id, "countess@example.com");
}

/// Requests another address for Ada.
async fn change_email(scene: &Scene, new: &str) {
    let (caller, context, proof) = (scene.caller(ADA).await, Context::operator(), FreshProof::default());
    scene.flows.request_email_change(&caller, &crate::scene::email(new), &proof, &context).await.unwrap();
}

/// security.md 7, 45
async fn a_change_of_address_is_confirmed_by_one_mail_and_reverted_by_another(scene: Scene) {
    scene.user(ADA).await;
    let new = "countess@example.com";
    change_email(&scene, new).await;
    let letter = delivered(&scene, new, "Confirm your new address for Vestibule").await;
    assert!(!letter.text.contains(ADA) && !letter.html.contains(ADA), "a stranger may read it");
    let token = letter.secret("https://people.example.org/app/email?token=");
    assert!(!scene.is_in_deliveries(token).await);
    let caller = scene.caller(ADA).await;
    scene.flows.confirm_email_change(token, Some(&caller), &Context::operator()).await.unwrap();
    let letter = delivered(&scene, ADA, "Your address for Vestibule was changed").await;
    assert!(letter.text.contains(new) && letter.text.contains("29 November 2026, 09:30 UTC"), "{}", letter.text);
    let token = letter.secret("https://people.example.org/app/email/revert?token=");
    scene.flows.revert_email_change(token, &Context::operator()).await.unwrap();
    delivered(&scene, ADA, "Choose a new password for Vestibule").await;
}

/// security.md 45
async fn the_owner_of_a_taken_address_is_notified(scene: Scene) {
    scene.user(ADA).await;
    scene.user("grace@example.com").await;
    change_email(&scene, "grace@example.com").await;
    let letter = delivered(&scene, "grace@example.com", "Your address was entered at Vestibule").await;
    assert!(
        !letter.text.contains(ADA) && !letter.html.contains("<a href=\"https://people.example.org/app"),
        "{}",
        letter.html
    );
}

async fn every_change_of_a_second_factor_is_mailed(scene: Scene) {
    scene.user(ADA).await;
    let (caller, context, proof) = (scene.caller(ADA).await, Context::operator(), FreshProof::default());
    let start = StartAuthMfa::new(caller.auth_identity_id, "totp");
    let enabled = async |name: &str| {
        let start = StartAuthMfa { name: Some(name.to_owned()), ..start.clone() };
        let started = scene.flows.start_mfa(&caller, &start, &proof).await.unwrap();
        assert!(scene.mail().await.is_empty(), "no factor is required yet");
        let secret = totp_rs::Secret::try_from_base32(started.enrolment["secret"].as_str().unwrap()).unwrap();
        let now = u64::try_from(scene.environment().now().as_seconds()).unwrap();
        let code = totp_rs::Builder::new().with_secret(secret).build().unwrap().generate(now).to_string();
        scene.flows.verify_mfa(&caller, &context, started.mfa_factor.id, &code).await.unwrap()
    };
    let factor = enabled("Phone").await;
    let letter = delivered(&scene, ADA, "Two-step sign-in to Vestibule is on").await;
    assert!(letter.text.contains("Second factor: Phone\n"), "{}", letter.text);

    let codes = scene
        .flows
        .generate_mfa_recovery_codes(&caller, &context, (DEFAULT_RECOVERY_CODES, Default::default()), &proof)
        .await
        .unwrap();
    let letter = delivered(&scene, ADA, "New recovery codes for Vestibule").await;
    let is_mailed = |code: &String| letter.text.contains(code) || letter.html.contains(code);
    assert!(!codes.as_slice().is_empty() && !codes.as_slice().iter().any(is_mailed), "codes are not mailed");

    // Of two, one is left: the password alone is not enough.
    let tablet = enabled("Tablet").await;
    delivered(&scene, ADA, "Two-step sign-in to Vestibule is on").await;
    scene.flows.disable_mfa(&caller, &context, tablet.id, &proof).await.unwrap();
    let letter = delivered(&scene, ADA, "A second factor for Vestibule was removed").await;
    assert!(letter.text.contains("Removed: Tablet\n") && !letter.text.contains("password alone"), "{}", letter.text);
    scene.flows.disable_mfa(&caller, &context, factor.id, &proof).await.unwrap();
    let letter = delivered(&scene, ADA, "Two-step sign-in to Vestibule is off").await;
    assert!(letter.text.contains("the password alone is enough"), "{}", letter.text);
}

async fn a_new_device_is_mailed(scene: Scene) {
    let ada = scene.user(ADA).await;
    let identity = scene.caller(ADA).await.auth_identity_id.to_string();
    let data = json!({
        "auth_identity_id": identity,
        "actor_id": ada.id,
        "actor_type": "user",
        "device": "Firefox on Linux",
        "address": "203.0.113.7",
    });
    scene.happen("auth.new_device", &identity, data).await;
    let letter = delivered(&scene, ADA, "New sign-in to Vestibule").await;
    for known in ["Device: Firefox on Linux", "Address: 203.0.113.7", "22 November 2026, 09:30 UTC"] {
        assert!(letter.text.contains(known), "{known} is not in {}", letter.text);
    }
}

async fn other_events_are_not_mailed(scene: Scene) {
    let ada = scene.user(ADA).await;
    let caller = scene.caller(ADA).await;
    // No mail reports these.
    assert!(scene.mail().await.is_empty());
    assert_eq!(scene.outcomes().await, []);
    // A customer has other pages, to which a webhook can lead.
    let registered = vestibule_auth::AuthInput::body([("email", "eve@example.com"), ("password", PASSWORD)]);
    let signed_in = scene.flows.register("customer", "emailpass", &registered, &Client::default()).await.unwrap();
    let vestibule_flows::SignIn::Session(token) = signed_in else { panic!("{signed_in:?}") };
    scene.ask_for_reset_as("customer", "eve@example.com").await;
    assert!(scene.mail().await.is_empty());
    assert_eq!(
        scene.count("outbox_events WHERE name = 'auth.password_reset'").await,
        0,
        "the identity has no owner yet"
    );
    let identity = token.auth_identity_id.parse().unwrap();
    let mut transaction = scene.database.begin().await.unwrap();
    scene.flows.auth().claim_identity_within(&mut transaction, identity, "customer", "cus_1").await.unwrap();
    transaction.commit().await.unwrap();
    scene.ask_for_reset_as("customer", "eve@example.com").await;
    assert_eq!(scene.count("outbox_events WHERE name = 'auth.password_reset'").await, 1);
    assert!(scene.mail().await.is_empty());
    assert_eq!(scene.outcomes().await, []);
    // No e-mail address.
    let request = RequestVerification {
        auth_identity_id: caller.auth_identity_id,
        entity_type: "phone",
        entity_id: "+44 20 7946 0018",
        code_provider: None,
        metadata: None,
    };
    scene.flows.request_verification(&request, &Context::operator()).await.unwrap();
    // A deleted user gets no mail.
    let identity = caller.auth_identity_id.to_string();
    scene.happen("auth.mfa_enabled", &identity, json!({ "auth_identity_id": identity })).await;
    scene.create("root@example.com", |_| {}).await;
    scene.flows.remove_user_account(ada.id, &Context::operator()).await.unwrap();
    assert!(scene.mail().await.is_empty());
    let superseded = |reason: &str| ("superseded", Some(reason.to_owned()));
    assert_eq!(
        scene.outcomes().await,
        [
            superseded("it is no e-mail address that is to be confirmed"),
            superseded("the account is not a user's, or not there any more"),
        ]
    );
}
