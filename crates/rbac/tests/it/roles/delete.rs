//! Deleting roles.

use vestibule_core::ErrorKind;
use vestibule_rbac::CreateRole;
use vestibule_testing::on_both_engines;

use crate::support::{Module, refusal};

on_both_engines!(no_one_has_a_deleted_role_and_nothing_inherits_from_it);
on_both_engines!(4 threads: a_role_that_is_deleted_while_it_is_given_allows_nothing);

async fn no_one_has_a_deleted_role_and_nothing_inherits_from_it(module: Module) {
    let base = module.role("Base", &["user:read"], &[]).await;
    let child = module.role("Child", &["invite:read"], &[&base]).await;
    let grandchild = module.role("Grandchild", &[], &[&child]).await;
    module.service.assign_roles("user_1", &[base.id.clone(), grandchild.id.clone()]).await.unwrap();
    module.service.delete_rbac_roles(base.id.clone()).await.unwrap();
    assert_eq!(module.roles_of("user_1").await, ["Grandchild"]);
    assert_eq!(module.permissions("user_1").await, "invite:read");
    assert_eq!(module.grants(&grandchild.id).await, "invite:read");
    let error = module.service.retrieve_rbac_role(&base.id).await.unwrap_err();
    assert_eq!(refusal(&error), (ErrorKind::NotFound, None, format!("Role with id: {} not found", base.id)));
    let error = module.service.assign_roles("user_1", std::slice::from_ref(&base.id)).await.unwrap_err();
    assert_eq!(refusal(&error).2, format!("The following role IDs do not exist: {}", base.id));
    // Again, and one that never existed: ignored. The name is free, and its next role inherits nothing.
    module.service.delete_rbac_roles([base.id, "role_nosuch".parse().unwrap()]).await.unwrap();
    let again = module.service.create_rbac_roles(CreateRole::new("Base")).await.unwrap();
    assert!(again.grants.is_empty() && module.service.subjects(&module.database, &again.id).await.unwrap().is_empty());
}

async fn a_role_that_is_deleted_while_it_is_given_allows_nothing(module: Module) {
    let role = module.role("Short", &["user:read"], &[]).await;
    let id = role.id.clone();
    module
        .sixty_four(move |service, caller| {
            let id = id.clone();
            async move {
                match caller {
                    32 => service.delete_rbac_roles(id).await.unwrap(),
                    _ => drop(service.assign_roles(&format!("user_{caller}"), &[id]).await),
                }
            }
        })
        .await;
    for caller in 0..64 {
        let subject = format!("user_{caller}");
        assert!(module.roles_of(&subject).await.is_empty() && module.permissions(&subject).await.is_empty());
    }
}
