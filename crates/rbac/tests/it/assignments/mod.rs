//! Who has which role.

use std::time::Duration;

use vestibule_core::ErrorKind;
use vestibule_rbac::{RoleId, UnknownRoles, read_role_ids};
use vestibule_testing::on_both_engines;

use crate::support::{Module, refusal};

on_both_engines!(
    roles_are_given_and_taken,
    the_roles_of_many_are_those_of_each,
    unknown_roles_are_named_and_none_is_given,
    an_invite_s_roles_become_its_user_s,
);
on_both_engines!(4 threads: sixty_four_assignments_of_the_same_role_succeed);

async fn roles_are_given_and_taken(module: Module) {
    let viewer = module.role("Observer", &["user:read"], &[]).await;
    module.clock.advance(Duration::from_secs(1));
    let inviter = module.role("Inviter", &["invite:read", "invite:create"], &[]).await;
    module.service.assign_roles("user_1", std::slice::from_ref(&viewer.id)).await.unwrap();
    module.clock.advance(Duration::from_secs(1));
    module.service.assign_roles("user_1", &[inviter.id.clone(), viewer.id.clone(), viewer.id.clone()]).await.unwrap();
    assert_eq!(module.roles_of("user_1").await, ["Observer", "Inviter"]);
    assert_eq!(
        module.service.role_ids_of(&module.database, "user_1").await.unwrap(),
        [viewer.id.clone(), inviter.id.clone()]
    );
    assert_eq!(module.permissions("user_1").await, "invite:create invite:read user:read");
    assert_eq!(module.service.subjects(&module.database, &viewer.id).await.unwrap(), ["user_1"]);
    let all = module.service.grants_of_roles(&module.database, &[viewer.id.clone(), inviter.id.clone()]).await.unwrap();
    assert_eq!(all.keys(), ["invite:create", "invite:read", "user:read"]);
    let roles = [viewer.id.clone(), "role_nosuch".parse().unwrap()];
    assert_eq!(module.service.remove_roles("user_1", &roles).await.unwrap(), 1);
    assert_eq!(module.service.remove_roles("user_1", &roles).await.unwrap(), 0);
    assert_eq!(module.roles_of("user_1").await, ["Inviter"]);
    assert!(module.permissions("user_2").await.is_empty());
}

async fn the_roles_of_many_are_those_of_each(module: Module) {
    let (viewer, inviter) =
        (module.role("Observer", &["user:read"], &[]).await, module.role("Inviter", &[], &[]).await);
    let gone = module.role("Gone", &[], &[]).await;
    for (subject, roles) in [("user_1", vec![&inviter, &gone]), ("user_2", vec![&gone]), ("user_3", vec![&viewer])] {
        let roles: Vec<RoleId> = roles.into_iter().map(|role| role.id.clone()).collect();
        module.service.assign_roles(subject, &roles).await.unwrap();
    }
    module.clock.advance(Duration::from_secs(1));
    module.service.assign_roles("user_1", std::slice::from_ref(&viewer.id)).await.unwrap();
    module.service.delete_rbac_roles(gone.id).await.unwrap();
    let subjects = ["user_1", "user_2", "user_4", "user_1"].map(str::to_owned);
    let found = module.service.roles_of_each(&module.database, &subjects).await.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found["user_1"], module.service.roles_of(&module.database, "user_1").await.unwrap());
    assert_eq!(found["user_1"].iter().map(|role| role.name.as_str()).collect::<Vec<_>>(), ["Inviter", "Observer"]);
    assert!(module.service.roles_of_each(&module.database, &[]).await.unwrap().is_empty());
    // As many as a page of users can have.
    let many: Vec<String> = (0..10_000).map(|number| format!("user_{number}")).collect();
    assert_eq!(module.service.roles_of_each(&module.database, &many).await.unwrap().len(), 2);
}

async fn unknown_roles_are_named_and_none_is_given(module: Module) {
    let viewer = module.role("Observer", &["user:read"], &[]).await;
    let roles: [RoleId; 3] = ["role_a".parse().unwrap(), viewer.id, "role_b".parse().unwrap()];
    let error = module.service.assign_roles("user_1", &roles).await.unwrap_err();
    let message = "The following role IDs do not exist: role_a, role_b".to_owned();
    assert_eq!(refusal(&error), (ErrorKind::InvalidData, None, message.clone()));
    assert!(module.roles_of("user_1").await.is_empty());
    let error = module.service.grants_of_roles(&module.database, &roles).await.unwrap_err();
    assert_eq!(refusal(&error).2, message);
    let texts = ["x".to_owned(), "role_a".to_owned()];
    assert_eq!(read_role_ids(&texts), Err(UnknownRoles { ids: vec!["x".into()] }));
}

async fn an_invite_s_roles_become_its_user_s(module: Module) {
    let viewer = module.role("Observer", &["user:read"], &[]).await;
    let inviter = module.role("Inviter", &["invite:read"], &[]).await;
    module.service.assign_roles("invite_1", &[viewer.id.clone(), inviter.id]).await.unwrap();
    module.service.assign_roles("user_1", &[viewer.id]).await.unwrap();
    let mut transaction = module.database.begin().await.unwrap();
    module.service.move_assignments_within(&mut transaction, "invite_1", "user_1").await.unwrap();
    transaction.commit().await.unwrap();
    assert!(module.roles_of("invite_1").await.is_empty());
    assert_eq!(module.permissions("user_1").await, "invite:read user:read");
}

async fn sixty_four_assignments_of_the_same_role_succeed(module: Module) {
    let viewer = module.role("Observer", &["user:read"], &[]).await.id;
    let role = viewer.clone();
    let results = module
        .sixty_four(move |service, _| {
            let role = role.clone();
            async move { service.assign_roles("user_1", &[role]).await }
        })
        .await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(module.service.subjects(&module.database, &viewer).await.unwrap(), ["user_1"]);
}
