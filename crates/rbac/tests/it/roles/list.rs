//! Listing roles.

use vestibule_core::{Field, Filter};
use vestibule_rbac::RoleField;
use vestibule_rbac::ready_made::READY_MADE;
use vestibule_testing::on_both_engines;

use crate::support::Module;

on_both_engines!(roles_are_found_by_field_search_and_policy);

async fn roles_are_found_by_field_search_and_policy(module: Module) {
    let viewer = module.role("Observer", &["user:read"], &[]).await;
    module.role("Child", &[], &[&viewer]).await;
    let (found, count) =
        module.service.list_and_count_rbac_roles(&RoleField::Name.eq("Observer"), &Default::default()).await.unwrap();
    assert_eq!((found, count), (vec![viewer.clone()], 1));
    let found = module.service.list_rbac_roles(&Filter::Search("SUPER".into()), &Default::default()).await.unwrap();
    assert_eq!(found[0].name, "Super Admin");
    let policy = module.policy("user:read").await.id;
    let with_policy = module.service.roles_with_policy(&module.database, &policy).await.unwrap();
    let own: Vec<_> =
        with_policy.into_iter().filter(|role| READY_MADE.iter().all(|ready| ready.id() != role.id)).collect();
    assert_eq!(own, [viewer]);
}
