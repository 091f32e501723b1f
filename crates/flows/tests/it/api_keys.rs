//! API keys with their roles.

use std::time::Duration;

use serde_json::json;
use vestibule_auth::ApiKeyField;
use vestibule_core::{ErrorKind, Field as _, FindConfig};
use vestibule_flows::{Actor, Context, NewApiKey, NewInvite};
use vestibule_rbac::RoleId;
use vestibule_testing::on_both_engines;

use crate::support::{ADA, BOB, DAY, HOUR, MICROSECOND, START, Site, refusal};

on_both_engines!(
    a_key_may_do_what_its_roles_allow,
    a_key_cannot_do_more_than_its_creator,
    a_key_does_no_more_than_its_maker_may_now,
    without_roles_a_key_has_those_of_its_maker,
    a_key_opens_until_it_is_over,
    keys_are_listed_with_their_roles,
    changes_are_audited_without_secrets,
);

fn named(title: &str, roles: Option<Vec<RoleId>>) -> NewApiKey {
    NewApiKey { title: title.to_owned(), roles, ..NewApiKey::default() }
}

/// The policies of the caller with this key; `None` if no caller is identified.
async fn policies(site: &Site, token: &str) -> Option<Vec<String>> {
    let program = site.flows.identify_api_key(token).await.unwrap()?;
    Some(program.permissions.keys().into_iter().map(str::to_owned).collect())
}

async fn a_key_may_do_what_its_roles_allow(site: Site) {
    let readers = site.role_of("Readers", &["user:read", "invite:read"]).await;
    let inviters = site.role_of("Inviters", &["invite:create"]).await;
    let ada = site.user(ADA).await;
    let new = named("CI", Some(vec![readers.clone(), inviters.clone(), readers.clone()]));
    let created = site.flows.create_api_key(&new, &Context::user(ada.id)).await.unwrap();
    assert_eq!(created.roles, [readers.clone(), inviters.clone()]);
    assert_eq!(created.key.key.created_by, Some(ada.id.to_string()));
    let token = created.key.token.reveal();
    let all = ["invite:create", "invite:read", "user:read"].map(str::to_owned).to_vec();
    assert_eq!(policies(&site, token).await, Some(all));
    let program = site.another_process().await.identify_api_key(token).await.unwrap().unwrap();
    assert_eq!(program.context(Default::default()).actor, Actor::ApiKey(created.key.key.id));

    // A change of a role changes its keys, at the next request (security.md 21).
    site.flows.rbac().delete_rbac_roles(readers).await.unwrap();
    assert_eq!(policies(&site, token).await, Some(vec!["invite:create".to_owned()]));
    site.flows.rbac().delete_rbac_roles(inviters).await.unwrap();
    assert_eq!(policies(&site, token).await, Some(Vec::new()), "known, and may do nothing");
    let none = site.flows.create_api_key(&named("none", Some(Vec::new())), &Context::user(ada.id)).await.unwrap();
    assert_eq!(policies(&site, none.key.token.reveal()).await, Some(Vec::new()));
}

/// security.md 5
async fn a_key_cannot_do_more_than_its_creator(site: Site) {
    let readers = site.role_of("Readers", &["user:read"]).await;
    let makers = site.role_of("Makers", &["api_key:create", "user:read"]).await;
    let (ada, bob) = (site.user(ADA).await, site.user_with(BOB, vec![makers.clone()]).await);
    let context = Context::user(bob.id);
    let roles = Some(vec![readers.clone(), RoleId::super_admin()]);
    let (kind, code, message) = refusal(site.flows.create_api_key(&named("x", roles), &context).await);
    assert_eq!((kind, code), (ErrorKind::Forbidden, Some("policies_missing")));
    assert!(message.ends_with("*:*"), "{message}");
    let unknown = Some(vec!["role_nosuch".parse().unwrap()]);
    let refused = refusal(site.flows.create_api_key(&named("x", unknown), &context).await);
    let message = "The following role IDs do not exist: role_nosuch".to_owned();
    assert_eq!(refused, (ErrorKind::InvalidData, None, message));
    assert_eq!((site.count("auth_api_keys").await, site.audited("api_key.created").await.len()), (0, 0));

    let made = site.flows.create_api_key(&named("x", Some(vec![readers.clone()])), &context).await.unwrap();
    // A key cannot create keys: no person has proved to want that.
    let maker = site.flows.create_api_key(&named("maker", None), &context).await.unwrap();
    let by_key = Context::actor(Actor::ApiKey(maker.key.key.id));
    let refused = refusal(site.flows.create_api_key(&named("y", Some(vec![RoleId::super_admin()])), &by_key).await);
    assert_eq!((refused.0, refused.1), (ErrorKind::Forbidden, Some("policies_missing")));
    let refused = refusal(site.flows.create_api_key(&named("y", Some(vec![readers.clone()])), &by_key).await);
    assert_eq!((refused.0, refused.1), (ErrorKind::Forbidden, Some("not_for_api_keys")));

    // A user who is locked, or whose key is revoked, at this moment gives nothing.
    site.flows.lock_user(bob.id, &Context::user(ada.id)).await.unwrap();
    site.flows.revoke_api_key(maker.key.key.id, Duration::ZERO, &Context::user(ada.id)).await.unwrap();
    for context in [&context, &by_key] {
        let refused = refusal(site.flows.create_api_key(&named("z", Some(vec![readers.clone()])), context).await);
        assert_eq!(refused.0, ErrorKind::Unauthorized);
    }
    // What a user has created grants nothing while they are locked, and works again afterwards.
    assert_eq!(policies(&site, made.key.token.reveal()).await, None);
    site.flows.unlock_user(bob.id, &Context::user(ada.id)).await.unwrap();
    assert_eq!(policies(&site, made.key.token.reveal()).await, Some(vec!["user:read".to_owned()]));
}

async fn a_key_does_no_more_than_its_maker_may_now(site: Site) {
    let readers = site.role_of("Readers", &["user:read", "invite:read"]).await;
    let makers = site.role_of("Makers", &["api_key:create", "user:read"]).await;
    let (ada, bob) = (site.user(ADA).await, site.user_with(BOB, vec![makers.clone(), readers.clone()]).await);
    let made =
        site.flows.create_api_key(&named("x", Some(vec![readers.clone()])), &Context::user(bob.id)).await.unwrap();
    let everything = site.flows.create_api_key(&named("y", None), &Context::user(ada.id)).await.unwrap();
    let operators =
        site.flows.create_api_key(&named("z", Some(vec![readers.clone()])), &Context::operator()).await.unwrap();
    let (made, id) = (made.key.token.reveal(), made.key.key.id);
    let expected = |keys: &[&str]| Some(keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>());
    assert_eq!(policies(&site, made).await, expected(&["invite:read", "user:read"]));
    assert_eq!(policies(&site, everything.key.token.reveal()).await, expected(&["*:*"]));
    // Demoted: what the creator lost, the key has lost, also for what it does at this moment.
    site.flows.remove_roles(bob.id, std::slice::from_ref(&readers), &Context::operator()).await.unwrap();
    assert_eq!(policies(&site, made).await, expected(&["user:read"]));
    let by_key = Context::actor(Actor::ApiKey(id));
    let inviting =
        NewInvite { roles: Some(vec![readers.clone()]), ..NewInvite::new("new@example.com".parse().unwrap()) };
    let refused = refusal(site.flows.invite(&inviting, &by_key).await);
    assert_eq!((refused.0, refused.1), (ErrorKind::Forbidden, Some("policies_missing")));
    site.flows.remove_roles(bob.id, std::slice::from_ref(&makers), &Context::operator()).await.unwrap();
    assert_eq!(policies(&site, made).await, Some(Vec::new()));
    site.flows.assign_roles(bob.id, std::slice::from_ref(&readers), &Context::operator()).await.unwrap();
    assert_eq!(policies(&site, made).await, expected(&["invite:read", "user:read"]));
    // Deleted: nothing.
    site.flows.remove_user_account(bob.id, &Context::operator()).await.unwrap();
    assert_eq!(policies(&site, made).await, None);
    assert_eq!(policies(&site, operators.key.token.reveal()).await, expected(&["invite:read", "user:read"]));
}

async fn without_roles_a_key_has_those_of_its_maker(site: Site) {
    let makers = site.role_of("Makers", &["api_key:create"]).await;
    let (ada, bob) = (site.user(ADA).await, site.user_with(BOB, vec![makers.clone()]).await);
    for (context, roles) in [
        (Context::user(ada.id), vec![RoleId::super_admin()]),
        (Context::user(bob.id), vec![makers]),
        (Context::operator(), vec![RoleId::super_admin()]),
    ] {
        assert_eq!(site.flows.create_api_key(&named("x", None), &context).await.unwrap().roles, roles);
    }
}

/// security.md 21
async fn a_key_opens_until_it_is_over(site: Site) {
    let context = Context::operator();
    let expiring = NewApiKey { expires_at: Some(START + DAY), ..named("a", None) };
    let expiring = site.flows.create_api_key(&expiring, &context).await.unwrap().key;
    let revoked = site.flows.create_api_key(&named("b", None), &context).await.unwrap().key;
    let later = site.flows.create_api_key(&named("c", None), &context).await.unwrap().key;
    let elsewhere = site.another_process().await;
    elsewhere.revoke_api_key(revoked.key.id, Duration::ZERO, &context).await.unwrap();
    elsewhere.revoke_api_key(later.key.id, HOUR, &context).await.unwrap();
    let opens = async |token: &vestibule_auth::ApiKeyToken| policies(&site, token.reveal()).await.is_some();
    assert!(opens(&expiring.token).await && !opens(&revoked.token).await && opens(&later.token).await);
    site.clock.set(START + HOUR);
    assert!(!opens(&later.token).await);
    site.clock.set(START + DAY - MICROSECOND);
    assert!(opens(&expiring.token).await);
    site.clock.set(START + DAY);
    assert!(!opens(&expiring.token).await);
    for token in ["", "sk_", "x", expiring.key.redacted.as_str()] {
        assert_eq!(policies(&site, token).await, None);
    }
    let used = site.flows.retrieve_api_key(expiring.key.id).await.unwrap().key.last_used_at;
    assert_eq!(used, Some(START + DAY - MICROSECOND));
}

async fn keys_are_listed_with_their_roles(site: Site) {
    let readers = site.role_of("Readers", &["user:read"]).await;
    for (title, roles) in
        [("both", vec![RoleId::super_admin(), readers.clone()]), ("none", vec![]), ("one", vec![readers.clone()])]
    {
        site.flows.create_api_key(&named(title, Some(roles)), &Context::operator()).await.unwrap();
    }
    let listed = site.flows.list_and_count_api_keys(&Default::default(), &FindConfig::default()).await.unwrap();
    let found: Vec<_> = listed.0.iter().map(|listed| (listed.key.title.as_str(), listed.roles.as_slice())).collect();
    let both = [readers.clone(), RoleId::super_admin()];
    let mut sorted = both.to_vec();
    sorted.sort();
    assert_eq!(found.len(), 3);
    assert_eq!(
        {
            let mut roles = found[0].1.to_vec();
            roles.sort();
            roles
        },
        sorted
    );
    assert_eq!(found[1..], [("none", &[][..]), ("one", std::slice::from_ref(&readers))]);
    for one in &listed.0 {
        assert_eq!(site.flows.retrieve_api_key(one.key.id).await.unwrap(), *one);
    }
    let filter = ApiKeyField::Title.eq("nosuch");
    let nothing = site.flows.list_and_count_api_keys(&filter, &FindConfig::default()).await.unwrap();
    assert_eq!(nothing, (Vec::new(), 0));
}

/// security.md 31
async fn changes_are_audited_without_secrets(site: Site) {
    let ada = site.user(ADA).await;
    let context = Context::user(ada.id);
    let made = site.flows.create_api_key(&named("old", None), &context).await.unwrap().key;
    let id = made.key.id;
    site.flows.update_api_key(id, "new", &context).await.unwrap();
    site.flows.update_api_key(id, "new", &context).await.unwrap();
    site.flows.revoke_api_key(id, Duration::ZERO, &Context::operator()).await.unwrap();
    assert!(
        site.flows.delete_api_key(id, &context).await.unwrap()
            && !site.flows.delete_api_key(id, &context).await.unwrap()
    );
    let super_admin = json!(["role_super_admin"]);
    let redacted = &made.key.redacted;
    for (action, actor, before, after) in [
        (
            "api_key.created",
            json!(["user", ada.id]),
            json!(null),
            json!({ "title": "old", "type": "secret", "redacted": redacted, "roles": super_admin, "expires_at": null }),
        ),
        ("api_key.updated", json!(["user", ada.id]), json!({ "title": "old" }), json!({ "title": "new" })),
        (
            "api_key.revoked",
            json!(["operator", null]),
            json!(null),
            json!({ "title": "new", "redacted": redacted, "revoked_at": START.to_string() }),
        ),
        ("api_key.deleted", json!(["user", ada.id]), json!({ "roles": super_admin }), json!(null)),
    ] {
        let entries = site.audited(action).await;
        assert_eq!(entries, [json!([actor[0], actor[1], "api_key", id, before, after])]);
        let secret = made.token.reveal().trim_start_matches("sk_");
        assert!(!serde_json::to_string(&entries).unwrap().contains(secret));
    }
    let subject = format!("rbac_assignments WHERE subject_id = '{id}'");
    assert_eq!(site.count(&subject).await, 0);
}
