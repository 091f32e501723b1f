//! A mail that is obsolete when it is due is not sent (security.md 3).

use std::time::Duration;

use tokio::net::TcpListener;
use vestibule_auth::RequestVerification;
use vestibule_flows::{AcceptInvite, Client, Context, CreateUserAccount, FreshProof, SignInMethod};
use vestibule_notify::MailOptions;
use vestibule_testing::on_both_engines;
use vestibule_user::{CreateUser, Invite};

use crate::scene::{ADA, BOB, OTHER_PASSWORD, PASSWORD, Scene, email, mail_options};
use crate::support::HOUR;

on_both_engines!(
    of_an_invite_that_was_sent_again_only_the_newer_mail_leaves,
    an_invite_that_is_over_is_not_mailed,
    of_two_resets_only_the_newer_is_mailed,
    a_reset_that_works_no_more_is_not_mailed,
    of_two_codes_only_the_newer_is_mailed,
    what_is_overtaken_while_it_waits_is_over_at_once,
    what_is_overtaken_while_it_is_tried_is_over_when_that_fails,
);

fn superseded(reason: &str) -> (&'static str, Option<String>) {
    ("superseded", Some(reason.to_owned()))
}

fn sent() -> (&'static str, Option<String>) {
    ("sent", None)
}

async fn accept(scene: &Scene, invite: &Invite) {
    let accept = AcceptInvite { token: invite.token.clone().unwrap(), ..AcceptInvite::default() };
    scene.flows.accept_invite_with_password(&accept, PASSWORD, &Client::default()).await.unwrap();
}

async fn of_an_invite_that_was_sent_again_only_the_newer_mail_leaves(scene: Scene) {
    let invite = scene.invite(ADA).await;
    // By a clock that goes on, by one that stands still, and by one of another machine that is behind.
    for clock in [Duration::from_secs(1), Duration::ZERO] {
        scene.clock.advance(clock);
        scene.flows.resend_invite(invite.id, &Context::operator()).await.unwrap();
    }
    scene.clock.set(scene.environment().now() - Duration::from_secs(3));
    let newest = scene.flows.resend_invite(invite.id, &Context::operator()).await.unwrap();
    scene.clock.advance(Duration::from_secs(3));
    let letter = scene.only_mail().await;
    assert!(letter.link().ends_with(newest.token.as_deref().unwrap()));
    let older = superseded("it was sent again, with another link");
    assert_eq!(scene.outcomes().await, [older.clone(), older.clone(), older, sent()]);
    accept(&scene, &newest).await;
}

async fn an_invite_that_is_over_is_not_mailed(scene: Scene) {
    let users = scene.flows.users();
    let mut invites = Vec::new();
    for name in ["revoked", "accepted", "deleted", "erased", "expired"] {
        invites.push(scene.invite(&format!("{name}@example.com")).await);
    }
    scene.flows.revoke_invite(invites[0].id, &Context::operator()).await.unwrap();
    accept(&scene, &invites[1]).await;
    users.soft_delete_invites(invites[2].id).await.unwrap();
    users.delete_invites(invites[3].id).await.unwrap();
    scene.clock.advance(HOUR * 24);
    assert!(scene.mail().await.is_empty());
    assert_eq!(
        scene.outcomes().await,
        [
            superseded("the invite was taken back"),
            superseded("the invite was accepted in the meantime"),
            superseded("the invite was deleted"),
            superseded("the invite was deleted"),
            superseded("the invite expired before it could be sent"),
        ]
    );
    assert!(scene.deliveries().await.iter().all(|delivery| delivery.recipient.is_none()), "no mail was sent");
}

async fn of_two_resets_only_the_newer_is_mailed(scene: Scene) {
    scene.user(ADA).await;
    scene.ask_for_reset(ADA).await;
    // By a clock that stands still, and by one that goes on.
    for clock in [Duration::ZERO, Duration::from_secs(1)] {
        scene.clock.advance(clock);
        scene.ask_for_reset(ADA).await;
    }
    let letter = scene.only_mail().await;
    let older = superseded("a newer link was requested");
    assert_eq!(scene.outcomes().await, [older.clone(), older, sent()]);
    scene.redeem(letter.link().split_once("token=").unwrap().1, OTHER_PASSWORD).await;
}

async fn a_reset_that_works_no_more_is_not_mailed(scene: Scene) {
    let ada = scene.user(ADA).await;
    scene.ask_for_reset(ADA).await;
    scene.clock.advance(HOUR / 4);
    assert!(scene.mail().await.is_empty());
    let expired = superseded("the link expired before it could be sent");
    assert_eq!(scene.outcomes().await, std::slice::from_ref(&expired));
    // An administrator created one by hand.
    scene.clock.advance(HOUR);
    scene.ask_for_reset(ADA).await;
    scene.flows.issue_password_reset(ada.id, &Context::operator()).await.unwrap();
    assert!(scene.mail().await.is_empty());
    let dead = superseded("the link does not work any more");
    assert_eq!(scene.outcomes().await, [expired.clone(), dead.clone()]);
    // The user remembered the password, and chose another one.
    scene.clock.advance(HOUR);
    scene.ask_for_reset(ADA).await;
    let caller = scene.caller(ADA).await;
    scene
        .flows
        .change_password(&caller, PASSWORD, OTHER_PASSWORD, &FreshProof::default(), &Context::operator())
        .await
        .unwrap();
    let letter = scene.only_mail().await;
    assert_eq!((letter.to(), letter.subject()), (ADA, "Your password for Vestibule was changed"));
    assert!(letter.link().ends_with("/app/forgot"), "what to do if it was not her");
    assert_eq!(scene.outcomes().await, [expired, dead.clone(), dead, sent()]);
}

/// The older one was to be tried again in an hour: the newer one does not wait for it.
async fn what_is_overtaken_while_it_waits_is_over_at_once(scene: Scene) {
    let limited = scene.mailing_by(&scene.flows, MailOptions { per_address: 1, ..mail_options() });
    let invites = [scene.invite(ADA).await, scene.invite(BOB).await];
    limited.pass().await.unwrap();
    assert_eq!(scene.letters().len(), 2);
    for invite in &invites {
        scene.flows.resend_invite(invite.id, &Context::operator()).await.unwrap();
    }
    limited.pass().await.unwrap();
    let waiting = scene.deliveries().await;
    assert!(waiting[2..].iter().all(|one| one.next_try_at.unwrap() == scene.environment().now() + HOUR), "{waiting:?}");
    let newest = scene.flows.resend_invite(invites[1].id, &Context::operator()).await.unwrap();
    let letter = scene.only_mail().await;
    assert!(letter.link().ends_with(newest.token.as_deref().unwrap()));
    let older = superseded("it was sent again, with another link");
    let outcomes = scene.outcomes().await;
    assert_eq!([&outcomes[0], &outcomes[1], &outcomes[3], &outcomes[4]], [&sent(), &sent(), &older, &sent()]);
    // Another user has no newer event.
    assert_eq!(outcomes[2].0, "queued");
}

/// Otherwise the newer one would wait until the older one is tried again.
async fn what_is_overtaken_while_it_is_tried_is_over_when_that_fails(scene: Scene) {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let relay = scene.mailing_through(&silent.local_addr().unwrap());
    let invite = scene.invite(ADA).await;
    let interruption = async {
        let (connection, _) = silent.accept().await.unwrap();
        let newest = scene.flows.resend_invite(invite.id, &Context::operator()).await.unwrap();
        // The server hangs up, and is unreachable from then on.
        drop((connection, silent));
        newest
    };
    let (passed, newest) = tokio::join!(relay.pass(), interruption);
    assert_eq!(passed.unwrap(), 2);
    let outcomes = scene.outcomes().await;
    assert_eq!(outcomes[0], superseded("it was sent again, with another link"));
    assert_eq!((outcomes[1].0, outcomes.len()), ("queued", 2));
    scene.clock.advance(Duration::from_secs(10));
    assert!(scene.only_mail().await.link().ends_with(newest.token.as_deref().unwrap()));
}

async fn of_two_codes_only_the_newer_is_mailed(scene: Scene) {
    // The operator vouches for the users that they create, an administrator does not.
    let root = scene.user("root@example.com").await;
    let account = CreateUserAccount::new(CreateUser::new(email(ADA)), SignInMethod::Password(PASSWORD.to_owned()));
    scene.flows.create_user_account(&account, &Context::user(root.id)).await.unwrap();
    let request = RequestVerification {
        auth_identity_id: scene.caller(ADA).await.auth_identity_id,
        entity_type: "email",
        entity_id: ADA,
        code_provider: None,
        metadata: None,
    };
    for _ in 0..2 {
        scene.flows.request_verification(&request, &Context::operator()).await.unwrap();
    }
    let letter = scene.only_mail().await;
    let older = superseded("a newer link was requested");
    assert_eq!(scene.outcomes().await, [older.clone(), sent()]);
    scene.flows.request_verification(&request, &Context::operator()).await.unwrap();
    scene.clock.advance(HOUR);
    assert!(scene.mail().await.is_empty());
    let expired = superseded("the link expired before it could be sent");
    assert_eq!(scene.outcomes().await, [older, sent(), expired]);
    assert!(letter.link().contains("/app/verify?code="));
}
