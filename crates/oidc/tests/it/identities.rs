//! Whose identity it is, and what is kept of it.

use serde_json::json;
use tokio::task::JoinSet;
use vestibule_testing::on_both_engines;

use crate::support::{Key, OTHER_ISSUER, Site, begin, finish, hash_of, identity, input, profile, proven};

on_both_engines!(
    an_identity_is_the_id_at_the_provider_whatever_else_changes,
    the_profile_is_that_of_the_last_sign_in,
    another_claim_can_hold_the_id,
    one_id_at_two_providers_is_two_identities,
    no_token_is_kept,
);
on_both_engines!(4 threads: sixty_four_first_sign_ins_are_one_identity);

async fn an_identity_is_the_id_at_the_provider_whatever_else_changes(site: Site) {
    let first = identity(site.sign_in(|_| {}).await);
    let renamed = identity(site.sign_in(|claims| claims["email"] = "ada@example.net".into()).await);
    assert_eq!((renamed.id, proven(&renamed)), (first.id, Some("ada@example.net")));
    // Ids are compared exactly, unlike addresses (OpenID Connect Core 2).
    let other = identity(site.sign_in(|claims| claims["sub"] = "Ada at company".into()).await);
    assert_ne!(other.id, first.id);
    let with_address = identity(site.sign_in(|claims| claims["sub"] = "ada@example.com".into()).await);
    assert!(![first.id, other.id].contains(&with_address.id));
}

async fn the_profile_is_that_of_the_last_sign_in(mut site: Site) {
    site.set(|options| drop(options.claims.insert("department".to_owned(), "dept".to_owned())));
    let first = identity(site.sign_in(|claims| claims["dept"] = "engines".into()).await);
    assert_eq!(
        json!(profile(&first)),
        json!({ "department": "engines", "email": "ada@example.com", "name": "Ada Lovelace" })
    );
    let second = identity(site.sign_in(|claims| claims["name"] = "Ada King".into()).await);
    assert_eq!(json!(profile(&second)), json!({ "email": "ada@example.com", "name": "Ada King" }));
}

async fn another_claim_can_hold_the_id(mut site: Site) {
    site.set(|options| drop(options.claims.insert("id".to_owned(), "oid".to_owned())));
    let of = |oid: serde_json::Value| {
        let site = &site;
        async move { identity(site.sign_in(|claims| claims["oid"] = oid).await) }
    };
    let (text, number) = (of("one".into()).await, of(7.into()).await);
    assert_eq!(text.provider_identities[0].entity_id, "one");
    assert_eq!(number.provider_identities[0].entity_id, "7");
    crate::support::assert_token_refused(site.sign_in(|_| {}).await, "states no usable id", "without it");
}

async fn one_id_at_two_providers_is_two_identities(site: Site) {
    let ours = identity(site.sign_in(|_| {}).await);
    let begun = begin(&site.module, "other", input([])).await.unwrap();
    let mut claims = site.claims(&begun);
    claims["iss"] = OTHER_ISSUER.into();
    let theirs = identity(site.finish_with(&begun, &Key::Ed.token(&claims)).await);
    assert_ne!(ours.id, theirs.id);
    assert_eq!(theirs.provider_identities[0].provider, "other");
}

async fn no_token_is_kept(site: Site) {
    let begun = site.begin("company").await;
    let mut claims = site.claims(&begun);
    claims["at_hash"] = hash_of("secret token").into();
    let token = Key::Ec.token(&claims);
    let tokens = json!({ "access_token": "secret token", "refresh_token": "secret refresh", "id_token": token });
    site.issue(&begun, tokens);
    let identity = identity(finish(&site.module, &begun, &[]).await);
    let part = &identity.provider_identities[0];
    assert_eq!(json!(part.provider_metadata), json!({ "proven_email": "ada@example.com" }));
    assert!(!format!("{part:?}").contains("secret"));
}

/// security.md 2
async fn sixty_four_first_sign_ins_are_one_identity(site: Site) {
    let modules = [site.module.clone(), site.another_process().await];
    let mut tasks = JoinSet::new();
    for caller in 0..64 {
        let module = modules[caller % 2].clone();
        let begun = begin(&module, "company", input([])).await.unwrap();
        let token = Key::Ed.token(&site.claims(&begun));
        let name = format!("code {caller}");
        let challenge = begun.find("code_challenge");
        let tokens = json!({ "access_token": "token", "id_token": token });
        site.http.issue(&name, challenge.as_deref(), &begun.parameter("redirect_uri"), tokens);
        let input = input([("code", &name), ("state", &begun.parameter("state"))]);
        tasks.spawn(async move { crate::support::call_back(&module, "company", &input).await });
    }
    let identities: Vec<_> = tasks.join_all().await.into_iter().map(identity).collect();
    assert!(identities.iter().all(|found| found.id == identities[0].id));
    assert_eq!((site.count("auth_identities").await, site.count("provider_identities").await), (1, 1));
}
