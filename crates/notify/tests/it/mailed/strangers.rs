//! Mails caused by callers without a session are spaced, and delay no others.

use std::time::Duration;

use vestibule_auth::{AuthInput, RequestPasswordReset, RequestVerification};
use vestibule_flows::{Client, Context, FreshProof, NewInvite, SignIn};
use vestibule_notify::MailOptions;
use vestibule_testing::on_both_engines;
use vestibule_user::UpdateUser;

use crate::letter::Letter;
use crate::scene::{ADA, BOB, OTHER_PASSWORD, PASSWORD, Scene, email, mail_options};

on_both_engines!(
    the_first_reset_leaves_at_once_and_its_link_stays_good,
    a_reset_that_waits_has_a_link_that_is_good_when_it_leaves,
    what_an_administrator_or_the_owner_has_sent_does_not_wait,
    throw_away_registrations_send_few_mails,
    no_link_is_made_of_a_name,
);

const MINUTE: Duration = Duration::from_secs(60);

impl Scene {
    async fn stranger_asks_for_reset(&self, address: &str) {
        let request = RequestPasswordReset { provider: "emailpass", entity_id: address, actor_type: "user" };
        let context = Context::anonymous(Client::default());
        self.flows.request_password_reset(request, None, &context).await.unwrap();
    }

    /// Registers an address and asks for its verification.
    async fn stranger_registers(&self, address: &str, password: &str) {
        let input = AuthInput::body([("email", address), ("password", password)]);
        let begun = self.flows.register("user", "emailpass", &input, &Client::default()).await.unwrap();
        let SignIn::Session(token) = begun else { panic!("{begun:?}") };
        let request = RequestVerification {
            auth_identity_id: token.auth_identity_id.parse().unwrap(),
            entity_type: "email",
            entity_id: address,
            code_provider: None,
            metadata: None,
        };
        self.flows.request_verification(&request, &Context::anonymous(Client::default())).await.unwrap();
    }
}

fn token(letter: &Letter) -> &str {
    letter.link().split_once("token=").unwrap().1
}

async fn the_first_reset_leaves_at_once_and_its_link_stays_good(scene: Scene) {
    scene.user(ADA).await;
    for _ in 0..10 {
        scene.stranger_asks_for_reset(ADA).await;
    }
    let first = scene.only_mail().await;
    scene.clock.advance(MINUTE - Duration::from_secs(1));
    scene.stranger_asks_for_reset(ADA).await;
    assert!(scene.mail().await.is_empty());
    scene.redeem(token(&first), OTHER_PASSWORD).await;
    scene.mail().await;
    // A day of requests.
    let mut mails = 0;
    for _ in 0..24 * 6 {
        scene.clock.advance(MINUTE * 10);
        scene.stranger_asks_for_reset(ADA).await;
        mails += scene.mail().await.len();
    }
    assert!((20..=30).contains(&mails), "{mails}");
}

async fn a_reset_that_waits_has_a_link_that_is_good_when_it_leaves(scene: Scene) {
    scene.user(ADA).await;
    // At once, after a minute, after four more, and after sixteen more.
    for wait in [0, 1, 4, 16] {
        scene.clock.advance(MINUTE * wait);
        scene.stranger_asks_for_reset(ADA).await;
        scene.only_mail().await;
    }
    // Now an hour is due. The last link is dead by then, so another one is made for it.
    scene.clock.advance(MINUTE * 20);
    for _ in 0..3 {
        scene.stranger_asks_for_reset(ADA).await;
    }
    assert!(scene.mail().await.is_empty());
    let waiting = scene.last_delivery().await;
    assert_eq!((waiting.state.as_str(), waiting.origin.as_str()), ("queued", "stranger"));
    assert_eq!((waiting.attempts, waiting.next_try_at), (0, Some(scene.environment().now() + MINUTE * 40)));
    scene.clock.advance(MINUTE * 40);
    let letter = scene.only_mail().await;
    scene.clock.advance(MINUTE * 14);
    scene.redeem(token(&letter), OTHER_PASSWORD).await;
}

async fn what_an_administrator_or_the_owner_has_sent_does_not_wait(scene: Scene) {
    let ada = scene.user(ADA).await;
    let relay = scene.mailing_by(&scene.flows, MailOptions { per_address: 3, ..mail_options() });
    for wait in [0, 1, 4, 16] {
        scene.clock.advance(MINUTE * wait);
        scene.stranger_asks_for_reset(ADA).await;
        relay.pass().await.unwrap();
    }
    assert_eq!(scene.letters().len(), 4, "counted apart");
    scene.clock.advance(MINUTE * 20);
    scene.stranger_asks_for_reset(ADA).await;
    // While that mail waits, others of the same account are sent.
    let caller = scene.caller(ADA).await;
    scene
        .flows
        .change_password(&caller, PASSWORD, OTHER_PASSWORD, &FreshProof::default(), &Context::user(ada.id))
        .await
        .unwrap();
    relay.pass().await.unwrap();
    assert_eq!(
        scene.letters().iter().map(Letter::subject).collect::<Vec<_>>(),
        ["Your password for Vestibule was changed"]
    );
    // In a browser in which Ada signed in before, she need not wait either.
    let devices = scene.flows.remember_device(caller.auth_identity_id, &Client::default()).await.unwrap().unwrap();
    let at_home = Context::anonymous(Client { devices, ..Client::default() });
    let request = RequestPasswordReset { provider: "emailpass", entity_id: ADA, actor_type: "user" };
    scene.flows.request_password_reset(request, None, &at_home).await.unwrap();
    relay.pass().await.unwrap();
    assert_eq!(scene.letters().len(), 1);
    for _ in 0..4 {
        scene.flows.send_password_reset(ada.id, &Context::operator()).await.unwrap();
        relay.pass().await.unwrap();
        // The last one exceeds the limit of the hour, and would expire after it.
        assert_eq!(scene.letters().len(), 1);
    }
    scene.flows.request_password_reset(request, None, &Context::user(ada.id)).await.unwrap();
    relay.pass().await.unwrap();
    let letters = scene.letters();
    assert_eq!(letters.len(), 1);
    scene.redeem(token(&letters[0]), PASSWORD).await;
}

async fn throw_away_registrations_send_few_mails(scene: Scene) {
    for number in 0..12 {
        scene.stranger_registers(BOB, &format!("Lantern-trombone-{number}")).await;
    }
    assert_eq!(scene.mail().await.len(), 1);
    let mut later = 0;
    for _ in 0..24 * 2 {
        scene.clock.advance(MINUTE * 30);
        scene.stranger_registers(BOB, PASSWORD).await;
        later += scene.mail().await.len();
    }
    assert!(later <= 30, "{later}");
    // An invite is an administrator's.
    scene.invite(BOB).await;
    assert_eq!(scene.mail().await.len(), 1);
}

async fn no_link_is_made_of_a_name(scene: Scene) {
    let ada = scene.user(ADA).await;
    let mut update = UpdateUser::new(ada.id);
    update.first_name = vestibule_core::Patch::Set("http://evil.example/x".to_owned());
    update.last_name = vestibule_core::Patch::Set("www.evil\u{3002}example a@evil.example".to_owned());
    scene.flows.users().update_users(update).await.unwrap();
    scene.invite_by(NewInvite::new(email(BOB)), &Context::user(ada.id)).await;
    let letter = scene.only_mail().await;
    let written = "http: evil. example/x www. evil\u{3002} example a@evil. example";
    assert_eq!(letter.subject(), format!("{written} invites you to Vestibule"));
    assert!(letter.text.contains(written) && letter.html.contains(written), "{}", letter.text);
}
