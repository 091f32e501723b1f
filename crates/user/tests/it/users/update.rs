//! Updating users.

use serde_json::json;
use vestibule_core::{Environment, ErrorKind, MetadataPatch, Patch};
use vestibule_testing::on_both_engines;
use vestibule_user::users::UpdateUsersError;
use vestibule_user::{UpdateUser, User, UserId};

use crate::support::{Module, SECOND, email, metadata, refusal};

on_both_engines!(
    only_given_fields_change,
    metadata_is_merged_key_by_key,
    what_changes_nothing_is_no_change,
    all_or_none_are_changed,
    an_address_of_another_user_is_refused,
    an_unknown_id_cannot_be_changed,
);
on_both_engines!(4 threads: of_sixty_four_keys_none_is_lost, of_sixty_four_changes_to_one_address_one_succeeds);

fn merge(object: serde_json::Value) -> MetadataPatch {
    MetadataPatch::Merge(metadata(object))
}

async fn only_given_fields_change(module: Module) {
    let ada = module.user("ada@example.com").await;
    module.clock.advance(SECOND);
    let update = UpdateUser {
        first_name: Patch::Set("Ada".into()),
        last_name: Patch::Set("Byron".into()),
        avatar_url: Patch::Set("http://example.com/a.png".into()),
        ..UpdateUser::new(ada.id)
    };
    let named = module.service.update_users(update).await.unwrap();
    let expected = User {
        first_name: Some("Ada".into()),
        last_name: Some("Byron".into()),
        avatar_url: Some("http://example.com/a.png".into()),
        updated_at: ada.created_at + SECOND,
        ..ada.clone()
    };
    assert_eq!(named, expected);
    module.clock.advance(SECOND);
    let update = UpdateUser {
        email: Some(email("Lovelace@example.com")),
        last_name: Patch::Set("Lovelace".into()),
        avatar_url: Patch::Clear,
        ..UpdateUser::new(ada.id)
    };
    let renamed = module.service.update_users(update).await.unwrap();
    assert_eq!(renamed.email.as_str(), "Lovelace@example.com");
    let names = (renamed.first_name.as_deref(), renamed.last_name.as_deref(), renamed.avatar_url.as_deref());
    assert_eq!(names, (Some("Ada"), Some("Lovelace"), None));
    assert_eq!((renamed.created_at, renamed.updated_at), (ada.created_at, ada.created_at + SECOND + SECOND));
    assert_eq!(module.service.retrieve_user(ada.id).await.unwrap(), renamed);
    module.user("ada@example.com").await;
    assert_eq!(module.new_events(1).await, ["user.updated", "user.updated", "user.created"]);
}

async fn metadata_is_merged_key_by_key(module: Module) {
    let ada = module.user("ada@example.com").await;
    let mut seen = Vec::new();
    for patch in [
        merge(json!({"a": 1, "b": {"c": 2, "d": 3}, "e": "x"})),
        merge(json!({"b": {"c": 4}, "e": "", "f": null})),
        MetadataPatch::Keep,
        merge(json!({})),
        MetadataPatch::Clear,
        merge(json!({"g": "", "h": 0})),
    ] {
        let user =
            module.service.update_users(UpdateUser { metadata: patch, ..UpdateUser::new(ada.id) }).await.unwrap();
        seen.push(serde_json::to_value(user.metadata).unwrap());
    }
    let merged = json!({"a": 1, "b": {"c": 4}, "f": null});
    let first = json!({"a": 1, "b": {"c": 2, "d": 3}, "e": "x"});
    assert_eq!(seen, [first, merged.clone(), merged.clone(), merged, json!(null), json!({"h": 0})]);

    let large = |key: &str| UpdateUser { metadata: merge(json!({key: "x".repeat(40_000)})), ..UpdateUser::new(ada.id) };
    module.service.update_users(large("one")).await.unwrap();
    let error = module.service.update_users(large("two")).await.unwrap_err();
    assert_eq!(refusal(&error), (ErrorKind::InvalidData, None, "metadata is larger than 64 KiB".to_owned()));
}

async fn what_changes_nothing_is_no_change(module: Module) {
    let ada = module.user("ada@example.com").await;
    module.clock.advance(SECOND);
    let same = UpdateUser { email: Some(email("ada@example.com")), ..UpdateUser::new(ada.id) };
    for update in [UpdateUser::new(ada.id), same] {
        assert_eq!(module.service.update_users(update).await.unwrap(), ada);
    }
    assert_eq!(module.new_events(1).await, Vec::<String>::new());
    // Another spelling of the same address is a change, and no collision with the user's own.
    let respelled = UpdateUser { email: Some(email("Ada@Example.com")), ..UpdateUser::new(ada.id) };
    let user = module.service.update_users(respelled).await.unwrap();
    assert_eq!((user.email.as_str(), user.updated_at), ("Ada@Example.com", ada.updated_at + SECOND));
}

async fn all_or_none_are_changed(module: Module) {
    let (ada, eve) = (module.user("ada@example.com").await, module.user("eve@example.com").await);
    let rename = |id: UserId, name: &str| UpdateUser { first_name: Patch::Set(name.into()), ..UpdateUser::new(id) };
    let both = module.service.update_users([rename(eve.id, "Eve"), rename(ada.id, "Ada")]).await.unwrap();
    assert_eq!(both.iter().map(|user| user.id).collect::<Vec<_>>(), [eve.id, ada.id]);

    let missing: UserId = Environment::system().id();
    let taken = UpdateUser { email: Some(email("ada@example.com")), ..UpdateUser::new(eve.id) };
    let invalid = rename(eve.id, &"x".repeat(256));
    for last in [rename(missing, "Missing"), taken, invalid] {
        assert!(module.service.update_users([rename(ada.id, "Changed"), last]).await.is_err());
        assert_eq!(module.service.retrieve_user(ada.id).await.unwrap().first_name.as_deref(), Some("Ada"));
    }
    assert_eq!(module.new_events(2).await, ["user.updated"; 2]);
}

async fn an_address_of_another_user_is_refused(module: Module) {
    let (ada, eve) = (module.user("ada@example.com").await, module.user("eve@example.com").await);
    let update = UpdateUser { email: Some(email("ADA@example.com")), ..UpdateUser::new(eve.id) };
    let error = module.service.update_users(update.clone()).await.unwrap_err();
    let message = "User with email: ADA@example.com, already exists.".to_owned();
    assert_eq!(refusal(&error), (ErrorKind::InvalidData, Some("email_taken"), message));
    // The address of a deleted user is free.
    module.service.soft_delete_users(ada.id).await.unwrap();
    assert_eq!(module.service.update_users(update).await.unwrap().email.as_str(), "ADA@example.com");
}

async fn an_unknown_id_cannot_be_changed(module: Module) {
    let gone = module.user("ada@example.com").await.id;
    module.service.soft_delete_users(gone).await.unwrap();
    for id in [gone, Environment::system().id()] {
        let error = module.service.update_users(UpdateUser::new(id)).await.unwrap_err();
        assert_eq!(refusal(&error), (ErrorKind::NotFound, None, format!("User with id: {id} was not found")));
    }
}

async fn of_sixty_four_keys_none_is_lost(module: Module) {
    let ada = module.user("ada@example.com").await;
    let results = module
        .sixty_four(move |service, caller| async move {
            let metadata = merge(json!({format!("key {caller}"): caller}));
            service.update_users(UpdateUser { metadata, ..UpdateUser::new(ada.id) }).await
        })
        .await;
    results.into_iter().for_each(|result| drop(result.unwrap()));
    let metadata = module.service.retrieve_user(ada.id).await.unwrap().metadata.unwrap();
    let expected: serde_json::Map<_, _> = (0..64).map(|caller| (format!("key {caller}"), json!(caller))).collect();
    assert_eq!(*metadata.as_object(), expected);
    assert_eq!(module.new_events(1).await.len(), 64);
}

async fn of_sixty_four_changes_to_one_address_one_succeeds(module: Module) {
    let mut ids = Vec::new();
    for number in 0..64 {
        ids.push(module.user(&format!("{number}@example.com")).await.id);
    }
    let results = module
        .sixty_four(|service, caller| {
            let update = UpdateUser { email: Some(email("wanted@example.com")), ..UpdateUser::new(ids[caller]) };
            async move { service.update_users(update).await }
        })
        .await;
    let (changed, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!(changed.len(), 1);
    for error in refused.into_iter().filter_map(Result::err) {
        assert!(matches!(error, UpdateUsersError::EmailTaken { .. }), "{error:?}");
    }
}
