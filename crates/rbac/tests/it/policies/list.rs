//! Listing policies.

use vestibule_core::{Direction, Field, Filter, FindConfig};
use vestibule_rbac::{Permissions, PolicyField};
use vestibule_testing::on_both_engines;

use crate::support::Module;

on_both_engines!(filters_and_pages, wildcards_are_expanded);

async fn filters_and_pages(module: Module) {
    let find = FindConfig::default().order_by(PolicyField::Key, Direction::Descending).page(1, 2);
    let (page, count) =
        module.service.list_and_count_rbac_policies(&PolicyField::Resource.eq("user"), &find).await.unwrap();
    let keys: Vec<_> = page.iter().map(|policy| policy.key.as_str()).collect();
    assert_eq!((keys, count), (vec!["user:read", "user:delete"], 4));
    let found = module.service.list_rbac_policies(&Filter::Search("invite".into()), &Default::default()).await.unwrap();
    assert_eq!(found.len(), 4);
}

async fn wildcards_are_expanded(module: Module) {
    let permissions: Permissions = ["invite:*", "gone:read"].into_iter().map(str::to_owned).collect();
    module.policy("invite:*").await;
    let keys = module.service.spell_out(&module.database, &permissions).await.unwrap();
    assert_eq!(keys, ["gone:read", "invite:create", "invite:delete", "invite:read", "invite:update"]);
    let all = module.service.spell_out(&module.database, &Permissions::everything()).await.unwrap();
    assert_eq!(all.len(), vestibule_rbac::builtin::keys().len());
    assert!(module.service.spell_out(&module.database, &Permissions::default()).await.unwrap().is_empty());
}
