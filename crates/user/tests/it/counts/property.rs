//! Random changes, counted at random times, on both engines.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use vestibule_core::{Clock, Filter, FindConfig, Timestamp};
use vestibule_testing::databases::{SetUp, TestDatabase};
use vestibule_user::{CreateInvite, CreateUser, Invite, UpdateInvite, User};

use super::{agree, fold};
use crate::support::{Module, email};

/// What happens: a kind of change, to which of the rows there are, and how much.
type Change = (u8, usize, u64);

async fn users(module: &Module) -> Vec<User> {
    let find = FindConfig { with_deleted: true, ..FindConfig::default() };
    module.service.list_users(&Filter::everything(), &find).await.unwrap()
}

async fn invites(module: &Module) -> Vec<Invite> {
    let find = FindConfig { with_deleted: true, ..FindConfig::default() };
    module.service.list_invites(&Filter::everything(), &find).await.unwrap()
}

async fn change(module: &Module, (kind, index, amount): Change, number: usize) {
    let service = &module.service;
    let (users, invites) = (users(module).await, invites(module).await);
    let user = users.get(index % users.len().max(1)).map(|user| user.id);
    let invite = invites.get(index % invites.len().max(1)).map(|invite| invite.id);
    let create = |place: u64| CreateUser::new(email(&format!("u{number}-{place}@example.com")));
    let invited = |place: u64| CreateInvite::new(email(&format!("i{number}-{place}@example.com")));
    match (kind % 16, user, invite) {
        (0 | 1, ..) => drop(service.create_users((0..amount % 4).map(create).collect::<Vec<_>>()).await.unwrap()),
        (2, Some(user), _) => service.lock_users(user).await.unwrap(),
        (3, Some(user), _) => service.unlock_users(user).await.unwrap(),
        (4, Some(user), _) => drop(service.soft_delete_users(user).await.unwrap()),
        (5, Some(user), _) => drop(service.restore_users(user).await.unwrap()),
        (6, Some(user), _) => service.delete_users(user).await.unwrap(),
        (7 | 8, ..) => drop(service.create_invites((0..amount % 4).map(invited).collect::<Vec<_>>()).await.unwrap()),
        // Some are over: they are refused, and nothing is counted.
        (9, _, Some(invite)) => {
            drop(service.update_invites(UpdateInvite { accepted: true, ..UpdateInvite::new(invite) }).await);
        }
        (10, _, Some(invite)) => service.revoke_invites(invite).await.unwrap(),
        (11, _, Some(invite)) => drop(service.refresh_invite_tokens(invite).await),
        (12, _, Some(invite)) => drop(service.soft_delete_invites(invite).await.unwrap()),
        (13, _, Some(invite)) => drop(service.restore_invites(invite).await.unwrap()),
        (14, _, Some(invite)) => service.delete_invites(invite).await.unwrap(),
        (15, ..) => fold(&module.database).await,
        _ => {}
    }
    // By seconds, minutes and hours: invites are good for a day.
    let unit = [0, 1, 60, 3_600][index % 4];
    module.clock.advance(Duration::from_micros(unit * (amount % 90) * 1_000_000 + amount % 3));
}

/// Now, and the moments at which one invite is over.
async fn moments(module: &Module, index: usize) -> Vec<Timestamp> {
    let mut moments = vec![module.clock.now()];
    let invites = invites(module).await;
    if let Some(invite) = invites.get(index % invites.len().max(1)) {
        let just = Duration::from_micros(1);
        moments.extend([invite.expires_at - just, invite.expires_at, invite.expires_at + just]);
        moments.push(invite.expires_at - Duration::from_secs(90));
        moments.push(invite.expires_at - Duration::from_secs(5_000));
    }
    moments
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_changes_are_counted_on_sqlite_and_postgres() {
    let sqlite = Module::set_up(TestDatabase::sqlite().into()).await;
    let postgres = Module::set_up(TestDatabase::postgres().await.into()).await;
    let modules = [sqlite, postgres];
    tokio::task::block_in_place(|| {
        // The same cases in every run: what fails, fails again.
        let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let config = Config { cases: 16, failure_persistence: None, max_shrink_iters: 0, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, random);
        let number = std::cell::Cell::new(0);
        // Rows stay from case to case.
        let result = runner.run(&vec((any::<u8>(), 0_usize..1_000, 0_u64..1_000), 1..20), |changes| {
            tokio::runtime::Handle::current().block_on(async {
                for module in &modules {
                    for (place, changed) in changes.iter().enumerate() {
                        change(module, *changed, number.get() + place).await;
                    }
                    for moment in moments(module, changes[0].1).await {
                        agree(module, moment).await;
                    }
                }
                number.set(number.get() + changes.len());
            });
            Ok(())
        });
        if let Err(error) = result {
            panic!("{error}");
        }
    });
    // None of this means anything if nothing is left to count.
    for module in &modules {
        assert!(users(module).await.len() > 10 && invites(module).await.len() > 10);
        let text = "SELECT count(*) FROM user_counts WHERE number <> 0";
        assert!(module.database.query_scalar::<i64>(text, &[]).await.unwrap() > 10);
    }
}
