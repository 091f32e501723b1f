//! Sixty-four writers at once.

use vestibule_core::Clock;
use vestibule_testing::on_both_engines;
use vestibule_user::{COUNTS, CreateInvite, CreateUser};

use super::{age, agree, fold};
use crate::support::{Module, SECOND, email};

on_both_engines!(4 threads: sixty_four_writers_are_counted);

async fn sixty_four_writers_are_counted(module: Module) {
    write(&module, "a").await;
    agree(&module, module.clock.now()).await;
    // What was counted so far is folded while others go on.
    age(&module.database).await;
    write(&module, "b").await;
    agree(&module, module.clock.now()).await;
    fold(&module.database).await;
    module.clock.advance(SECOND);
    agree(&module, module.clock.now()).await;
}

async fn write(module: &Module, name: &'static str) {
    let database = module.database.clone();
    let work = module.sixty_four(move |service, caller| {
        let database = database.clone();
        async move {
            for round in 0..6 {
                let address = |kind: &str| email(&format!("{kind}{caller}-{round}@{name}.example"));
                let user = service.create_users(CreateUser::new(address("u"))).await.unwrap();
                let invite = service.create_invites(CreateInvite::new(address("i"))).await.unwrap();
                match (caller + round) % 4 {
                    0 => service.lock_users(user.id).await.unwrap(),
                    1 => drop(service.soft_delete_users(user.id).await.unwrap()),
                    2 => service.revoke_invites(invite.id).await.unwrap(),
                    _ if caller % 8 == 3 => database.fold_counts(&[COUNTS]).await.unwrap(),
                    _ => service.delete_users(user.id).await.unwrap(),
                }
            }
        }
    });
    assert_eq!(work.await.len(), 64);
}
