//! No mailbox is flooded, and nothing is lost.

use std::time::Duration;

use vestibule_flows::Context;
use vestibule_notify::{DeliveryState, MailOptions};
use vestibule_testing::on_both_engines;

use crate::letter::Letter;
use crate::scene::{ADA, BOB, Scene, mail_options};
use crate::support::HOUR;

on_both_engines!(what_is_too_much_for_an_address_waits_an_hour, what_is_sent_bit_by_bit_counts_as_well);
on_both_engines!(4 threads: two_processes_do_not_exceed_it_together);

const MOST: u32 = 3;
/// One address, however it is written.
const SPELLINGS: [&str; 5] =
    ["ada@example.com", "Ada@example.com", "ADA@example.com", "aDa@example.com", "adA@example.com"];

fn limited() -> MailOptions {
    MailOptions { per_address: MOST, ..mail_options() }
}

/// Invites an address again and again, each time by another invite.
async fn invite_all(scene: &Scene) {
    for address in SPELLINGS {
        let invite = scene.invite(address).await;
        // Only one invite of an address is pending. What counts here is the mails.
        scene
            .execute("UPDATE invites SET email_canonical = id WHERE id = $1", vestibule_database::values![invite.id])
            .await;
    }
}

async fn what_is_too_much_for_an_address_waits_an_hour(scene: Scene) {
    let relay = scene.mailing_by(&scene.flows, limited());
    invite_all(&scene).await;
    scene.invite(BOB).await;
    relay.pass().await.unwrap();
    let letters = scene.letters();
    assert_eq!(letters.len(), MOST as usize + 1);
    assert_eq!(letters.iter().filter(|letter| letter.to() == BOB).count(), 1, "others go on");
    let began = scene.environment().now();
    let waiting: Vec<_> =
        scene.deliveries().await.into_iter().filter(|one| one.state == DeliveryState::Queued).collect();
    assert_eq!(waiting.len(), 2);
    for delivery in &waiting {
        assert_eq!((delivery.attempts, delivery.next_try_at), (0, Some(began + HOUR)));
        let reason = delivery.reason.as_ref().unwrap().to_string().to_lowercase();
        assert_eq!(reason, "ada@example.com was sent 3 mails within an hour, which is the most");
    }
    scene.clock.advance(HOUR - Duration::from_secs(1));
    assert_eq!(relay.pass().await.unwrap(), 0);
    scene.clock.advance(Duration::from_secs(1));
    relay.pass().await.unwrap();
    assert_eq!(scene.letters().len(), 2, "nothing is lost");
    let deliveries = scene.deliveries().await;
    assert!(deliveries.iter().all(|one| one.state == DeliveryState::Sent && one.attempts == 1 && one.reason.is_none()));
}

async fn what_is_sent_bit_by_bit_counts_as_well(scene: Scene) {
    let relay = scene.mailing_by(&scene.flows, limited());
    let invite = scene.invite(ADA).await;
    for _ in 0..MOST {
        relay.pass().await.unwrap();
        assert_eq!(scene.letters().len(), 1);
        scene.clock.advance(Duration::from_secs(60));
        scene.flows.resend_invite(invite.id, &Context::operator()).await.unwrap();
    }
    scene.invite(BOB).await;
    relay.pass().await.unwrap();
    let letters = scene.letters();
    assert_eq!(letters.iter().map(Letter::to).collect::<Vec<_>>(), [BOB], "others go on");
    let waits = scene.deliveries().await.into_iter().find(|one| one.state == DeliveryState::Queued).unwrap();
    assert_eq!((waits.attempts, waits.reason.unwrap().to_string().contains("3 mails within an hour")), (0, true));
    scene.clock.advance(HOUR);
    relay.pass().await.unwrap();
    assert_eq!(scene.letters().iter().map(Letter::to).collect::<Vec<_>>(), [ADA], "and nothing is lost");
}

async fn two_processes_do_not_exceed_it_together(scene: Scene) {
    let other = scene.another_process().await;
    let relays = [scene.mailing_by(&scene.flows, limited()), scene.mailing_by(&other, limited())];
    for _ in 0..4 {
        invite_all(&scene).await;
    }
    let passes = relays.clone().map(|relay| tokio::spawn(async move { relay.pass().await.unwrap() }));
    for pass in passes {
        pass.await.unwrap();
    }
    assert_eq!(scene.letters().len(), MOST as usize);
    let mut sent = MOST as usize;
    for _ in 0..6 {
        scene.clock.advance(HOUR);
        for relay in &relays {
            relay.pass().await.unwrap();
        }
        let letters = scene.letters().len();
        assert!(letters <= MOST as usize, "{letters} in an hour");
        sent += letters;
    }
    assert_eq!(sent, SPELLINGS.len() * 4, "nothing is lost");
}
