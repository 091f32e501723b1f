//! Which event is told to whom by mail, and what is not told any more.

use std::time::Duration;

use serde_json::json;
use vestibule_auth::{AuthInput, RequestPasswordReset};
use vestibule_core::Metadata;
use vestibule_flows::{AcceptInvite, By, Client, NewInvite};
use vestibule_notify::{DeliveryState, MAIL};
use vestibule_testing::on_both_engines;
use vestibule_user::Invite;

use crate::house::{House, PASSWORD, URL};
use crate::support::HOUR;

on_both_engines!(
    an_invite_comes_by_mail_and_its_link_lets_in,
    a_reset_comes_by_mail_and_its_link_sets_a_password,
    of_what_was_sent_again_only_the_newer_goes_out,
    what_is_over_is_not_mailed,
    others_than_users_are_told_by_webhooks_alone,
    an_address_is_sent_so_many_an_hour,
    a_language_is_chosen_by_metadata,
    names_are_text_and_nothing_else,
    a_folder_that_cannot_be_written_is_tried_again,
    a_password_that_was_changed_is_told_to_its_owner,
);

async fn invite(house: &House, email: &str) -> Invite {
    house.flows.invite(&NewInvite::new(email.parse().unwrap()), &By::operator()).await.unwrap()
}

async fn ask_for_reset(house: &House, email: &str, actor_type: &str) {
    let request = RequestPasswordReset { provider: "emailpass", entity_id: email, actor_type };
    house.flows.request_password_reset(request, None, &By::operator()).await.unwrap();
}

/// security.md 7
async fn an_invite_comes_by_mail_and_its_link_lets_in(house: House) {
    invite(&house, "Ada@Example.com").await;
    let letter = house.letter().await;
    assert_eq!(letter.header("to"), ["Ada@example.com"]);
    assert_eq!(letter.header("subject"), ["You are invited to Vestibule"]);
    let id = house.deliveries(MAIL).await[0].id;
    assert_eq!(letter.header("message-id"), [format!("<{id}@example.com>")]);
    let token = letter.after(&format!("\n{URL}/app/invite?token="));
    let accept = AcceptInvite { token, ..AcceptInvite::default() };
    house.flows.accept_invite_with_password(&accept, PASSWORD, &Client::default()).await.unwrap();
    let delivery = house.deliveries(MAIL).await.remove(0);
    assert_eq!((delivery.state, delivery.recipient.as_deref()), (DeliveryState::Sent, Some("Ada@Example.com")));
}

/// security.md 7 and 15
async fn a_reset_comes_by_mail_and_its_link_sets_a_password(house: House) {
    house.user("ada@example.com").await;
    // Whatever is typed, it goes to the address that is stored.
    ask_for_reset(&house, "ADA@EXAMPLE.COM", "user").await;
    ask_for_reset(&house, "nobody@example.com", "user").await;
    let letter = house.letter().await;
    assert_eq!(letter.header("to"), ["ada@example.com"]);
    let token = letter.after(&format!("\n{URL}/app/reset-password?token="));
    let pending = house.flows.find_password_reset(&token, "user", "emailpass").await.unwrap();
    house.flows.reset_password(&pending, "Other-harbour-77x", &By::operator()).await.unwrap();
    let told = house.letter().await;
    assert_eq!((told.header("to"), told.header("subject").len()), (vec!["ada@example.com"], 1));
    let input = AuthInput::body([("email", "ada@example.com"), ("password", "Other-harbour-77x")]);
    house.flows.sign_in("user", "emailpass", &input, &Client::default()).await.unwrap();
    // What opens a door is in no delivery.
    let kept = format!("{:?}", house.deliveries(MAIL).await);
    assert!(!kept.contains(&token), "{kept}");
}

async fn of_what_was_sent_again_only_the_newer_goes_out(house: House) {
    let made = invite(&house, "ada@example.com").await;
    house.clock.advance(Duration::from_secs(1));
    house.flows.resend_invite(made.id, &By::operator()).await.unwrap();
    let letter = house.letter().await;
    let token = letter.after(&format!("\n{URL}/app/invite?token="));
    assert_ne!(Some(token), made.token);
    let states: Vec<_> = house.deliveries(MAIL).await.into_iter().map(|delivery| delivery.state).collect();
    assert_eq!(states, [DeliveryState::Superseded, DeliveryState::Sent]);

    house.user("bob@example.com").await;
    ask_for_reset(&house, "bob@example.com", "user").await;
    house.clock.advance(Duration::from_secs(1));
    ask_for_reset(&house, "bob@example.com", "user").await;
    let letter = house.letter().await;
    let token = letter.after("/app/reset-password?token=");
    house.flows.find_password_reset(&token, "user", "emailpass").await.unwrap();
}

async fn what_is_over_is_not_mailed(house: House) {
    let revoked = invite(&house, "revoked@example.com").await;
    house.flows.revoke_invite(revoked.id, &By::operator()).await.unwrap();
    let accepted = invite(&house, "accepted@example.com").await;
    let accept = AcceptInvite { token: accepted.token.unwrap(), ..AcceptInvite::default() };
    house.flows.accept_invite_with_password(&accept, PASSWORD, &Client::default()).await.unwrap();
    invite(&house, "expired@example.com").await;
    house.user("bob@example.com").await;
    ask_for_reset(&house, "bob@example.com", "user").await;
    house.clock.advance(HOUR * 25);
    assert!(house.letters().await.is_empty());
    let deliveries = house.deliveries(MAIL).await;
    let reasons: Vec<_> = deliveries.iter().map(|delivery| delivery.reason.clone().unwrap()).collect();
    assert_eq!(
        reasons,
        [
            "the invite was taken back",
            "the invite was accepted meanwhile",
            "the invite expired before it could be sent",
            "the link expired before it could be sent",
        ]
    );
    assert!(deliveries.iter().all(|delivery| delivery.state == DeliveryState::Superseded));
}

async fn others_than_users_are_told_by_webhooks_alone(house: House) {
    let input = AuthInput::body([("email", "customer@example.com"), ("password", PASSWORD)]);
    let client = Client::default();
    house.flows.register("customer", "emailpass", &input, &client).await.unwrap();
    ask_for_reset(&house, "customer@example.com", "customer").await;
    assert!(house.letters().await.is_empty());
}

async fn an_address_is_sent_so_many_an_hour(mut house: House) {
    house.per_address = 3;
    let made = invite(&house, "ada@example.com").await;
    for _ in 0..3 {
        assert_eq!(house.letters().await.len(), 1);
        house.clock.advance(Duration::from_secs(60));
        house.flows.resend_invite(made.id, &By::operator()).await.unwrap();
    }
    invite(&house, "other@example.com").await;
    let letter = house.letter().await;
    assert_eq!(letter.header("to"), ["other@example.com"], "others go on");
    let waits = house.deliveries(MAIL).await.into_iter().find(|one| one.state == DeliveryState::Queued).unwrap();
    assert_eq!((waits.attempts, waits.reason.unwrap().contains("3 mails within an hour")), (0, true));
    house.clock.advance(HOUR);
    assert_eq!(house.letter().await.header("to"), ["ada@example.com"], "and nothing is lost");
}

async fn a_language_is_chosen_by_metadata(house: House) {
    for (email, language) in [("ada@example.com", "de"), ("bob@example.com", "xx")] {
        let mut new = NewInvite::new(email.parse().unwrap());
        let metadata = json!({ "language": language });
        new.metadata = Some(Metadata::new(metadata.as_object().unwrap().clone()).unwrap());
        house.flows.invite(&new, &By::operator()).await.unwrap();
    }
    let mut letters = house.letters().await;
    letters.sort_by_key(|letter| letter.header("to")[0].to_owned());
    assert_eq!(
        (letters[0].header("content-language"), letters[1].header("content-language")),
        (vec!["de"], vec!["en"])
    );
    assert!(letters[0].body.contains("/app/invite?token=") && letters[1].header("subject")[0].contains("invited"));
}

/// security.md 16
async fn names_are_text_and_nothing_else(house: House) {
    let name = format!("Ève <b>Bold</b> {{{{ 7*7 }}}} {}", "x".repeat(150));
    let eve = house.user_named("eve@example.com", Some(&name)).await;
    let new = NewInvite::new("ada@example.com".parse().unwrap());
    house.flows.invite(&new, &By::user(eve.id)).await.unwrap();
    let letter = house.letter().await;
    assert_eq!(
        (letter.header("to"), letter.header("bcc").len(), letter.header("cc").len()),
        (vec!["ada@example.com"], 0, 0)
    );
    assert_eq!(letter.header("subject").len(), 1);
    let (text, html) = letter.body.split_once("text/html").unwrap();
    assert!(text.contains("<b>Bold</b> {{ 7*7 }}"), "{text}");
    assert!(html.contains("&lt;b&gt;Bold") && !html.contains("<b>Bold"), "{html}");
    // Whoever has a line break in his address, or two addresses, is invited nowhere.
    for address in ["ada@example.com\r\nBcc: eve@example.com", "ada@example.com, eve@example.com", "a\0@example.com"] {
        assert!(address.parse::<vestibule_core::EmailAddress>().is_err(), "{address:?}");
    }
}

async fn a_folder_that_cannot_be_written_is_tried_again(house: House) {
    std::fs::write(house.folder.path().join("mail"), "in the way").unwrap();
    invite(&house, "ada@example.com").await;
    house.relay().pass().await.unwrap();
    let waits = house.deliveries(MAIL).await.remove(0);
    assert_eq!((waits.state, waits.attempts), (DeliveryState::Queued, 1));
    assert!(waits.reason.is_some());
    std::fs::remove_file(house.folder.path().join("mail")).unwrap();
    house.clock.advance(Duration::from_secs(10));
    assert_eq!(house.letter().await.header("to"), ["ada@example.com"]);
}

async fn a_password_that_was_changed_is_told_to_its_owner(house: House) {
    house.user("ada@example.com").await;
    let input = AuthInput::body([("email", "ada@example.com"), ("password", PASSWORD)]);
    let signed_in = house.flows.sign_in("user", "emailpass", &input, &Client::default()).await.unwrap();
    let vestibule_flows::SignIn::Session(session) = signed_in else { panic!("no session") };
    let bearer = vestibule_flows::Credential::Bearer(&session.token);
    let caller = house.flows.identify(bearer, Client::default).await.unwrap().unwrap();
    house.flows.change_password(&caller, PASSWORD, "Other-harbour-77x", &By::operator()).await.unwrap();
    let letter = house.letter().await;
    assert_eq!(letter.header("to"), ["ada@example.com"]);
    assert!(letter.body.contains(&format!("{URL}/app/forgot")), "what to do if it was not her");
}
