//! A mail that cannot be sent waits, with the reason; one that can never be sent fails.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use vestibule_notify::{DeliveryState, MailOptions, Reason};
use vestibule_testing::on_both_engines;

use crate::scene::{ADA, BOB, Scene, mail_options};

on_both_engines!(
    a_mail_waits_until_its_folder_can_be_written,
    what_was_sealed_with_another_secret_is_given_up,
    tries_that_failed_are_no_mails,
);

/// A file in the place of the folder: no one can write there, not even root.
fn block(scene: &Scene) {
    drop(std::fs::remove_dir_all(scene.folder()));
    std::fs::write(scene.folder(), "in the way").unwrap();
}

fn unblock(scene: &Scene) {
    std::fs::remove_file(scene.folder()).unwrap();
}

async fn a_mail_waits_until_its_folder_can_be_written(scene: Scene) {
    block(&scene);
    scene.invite(ADA).await;
    scene.invite(BOB).await;
    scene.mailing().pass().await.unwrap();
    let tried: Vec<_> = scene.deliveries().await;
    assert_eq!(tried.len(), 2);
    for delivery in &tried {
        let wait = delivery.next_try_at.unwrap().since(scene.environment().now());
        assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Queued, 1));
        assert!(wait >= Duration::from_secs(4) && wait <= Duration::from_secs(6), "{wait:?}");
        let reason = delivery.reason.as_ref().unwrap().to_string();
        let folder = scene.folder();
        assert!(reason.starts_with(&format!("the folder {} takes no mail: ", folder.display())), "{reason}");
        assert!([Some(ADA), Some(BOB)].contains(&delivery.recipient.as_deref()));
    }
    scene.clock.advance(Duration::from_secs(6));
    scene.mailing().pass().await.unwrap();
    assert!(scene.deliveries().await.iter().all(|one| one.state == DeliveryState::Queued && one.attempts == 2));
    unblock(&scene);
    scene.clock.advance(Duration::from_secs(24));
    let mut letters = scene.mail().await;
    letters.sort_by_key(|letter| letter.to().to_owned());
    assert_eq!(letters.iter().map(|letter| letter.to()).collect::<Vec<_>>(), [ADA, BOB]);
    assert_eq!(scene.outcomes().await, [("sent", None), ("sent", None)]);
    // Only its owner may look into it.
    let mode = std::fs::metadata(scene.folder()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

async fn what_was_sealed_with_another_secret_is_given_up(scene: Scene) {
    scene.user(ADA).await;
    scene.ask_for_reset(ADA).await;
    scene.mailing_by(&scene.with_another_secret(), mail_options()).pass().await.unwrap();
    assert!(scene.letters().is_empty());
    let delivery = scene.last_delivery().await;
    assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Failed, 1));
    assert_eq!((delivery.reason, delivery.recipient), (Some(Reason::LinkSealed), None));
}

/// Only sent mails count: a folder that is full for a while must not cost an address its mails.
async fn tries_that_failed_are_no_mails(scene: Scene) {
    block(&scene);
    let relay = scene.mailing_by(&scene.flows, MailOptions { per_address: 2, ..mail_options() });
    scene.invite(ADA).await;
    for _ in 0..4 {
        relay.pass().await.unwrap();
        let delivery = scene.last_delivery().await;
        assert!(delivery.reason.as_ref().unwrap().to_string().contains("takes no mail"), "{delivery:?}");
        scene.clock.advance(delivery.next_try_at.unwrap().since(scene.environment().now()));
    }
    unblock(&scene);
    relay.pass().await.unwrap();
    assert_eq!(scene.letters().len(), 1);
    assert_eq!(scene.last_delivery().await.attempts, 5);
}
