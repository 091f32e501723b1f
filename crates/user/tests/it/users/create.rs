//! Creating users.

use serde_json::json;
use vestibule_core::{ErrorKind, Timestamp};
use vestibule_testing::clock::START;
use vestibule_testing::on_both_engines;
use vestibule_user::users::{CreateUsersError, InvalidProfile};
use vestibule_user::{CreateUser, User};

use crate::support::{Module, email, metadata, refusal};

on_both_engines!(
    one_user_is_created_with_all_that_is_known,
    many_are_created_in_order,
    all_or_none_are_created,
    an_address_is_taken_in_every_spelling,
    an_invalid_profile_is_refused,
    within_a_transaction_nothing_is_there_until_it_is_committed,
);
on_both_engines!(4 threads: of_sixty_four_users_of_one_address_one_is_created);

async fn one_user_is_created_with_all_that_is_known(module: Module) {
    let wanted = CreateUser {
        id: None,
        email: email("Ada@Example.com"),
        first_name: Some("Ada".into()),
        last_name: Some("Lovelace".into()),
        avatar_url: Some("https://example.com/ada.png".into()),
        phone: Some("+44 20 7946 0000".into()),
        metadata: Some(metadata(json!({"team": "engine", "year": 1843}))),
    };
    let user = module.service.create_users(wanted).await.unwrap();
    assert_eq!(
        serde_json::to_value(&user).unwrap(),
        json!({
            "id": user.id.to_string(),
            "email": "Ada@Example.com",
            "first_name": "Ada",
            "last_name": "Lovelace",
            "avatar_url": "https://example.com/ada.png",
            "phone": "+44 20 7946 0000",
            "metadata": {"team": "engine", "year": 1843},
            "locked_at": null,
            "last_seen_at": null,
            "created_at": "2026-11-22T09:30:00.000Z",
            "updated_at": "2026-11-22T09:30:00.000Z",
            "deleted_at": null,
        })
    );
    assert_eq!(module.service.retrieve_user(user.id).await.unwrap(), user);
    assert_eq!(module.events().await, [("user.created".to_owned(), user.id.to_string())]);
    let bare = module.user("bare@example.com").await;
    assert_eq!((bare.first_name, bare.last_name, bare.avatar_url, bare.metadata), (None, None, None, None));
    assert_eq!((bare.created_at, bare.updated_at, bare.deleted_at), (START, START, None::<Timestamp>));
}

async fn many_are_created_in_order(module: Module) {
    let addresses = ["c@example.com", "a@example.com", "b@example.com"];
    let users: Vec<User> =
        module.service.create_users(addresses.map(|text| CreateUser::new(email(text)))).await.unwrap();
    assert_eq!(users.iter().map(|user| user.email.as_str()).collect::<Vec<_>>(), addresses);
    assert!(users.is_sorted_by_key(|user| user.id.to_string()), "ids ascend as the list does");
    assert_eq!(module.events().await.len(), 3);
    let none: Vec<User> = module.service.create_users(Vec::new()).await.unwrap();
    assert!(none.is_empty());
}

async fn all_or_none_are_created(module: Module) {
    module.user("taken@example.com").await;
    for last in ["taken@example.com", "new@example.com"] {
        let users = ["new@example.com", "other@example.com", last].map(|text| CreateUser::new(email(text)));
        let error = module.service.create_users(users).await.unwrap_err();
        assert!(matches!(error, CreateUsersError::EmailTaken { .. }), "{error:?}");
    }
    let all = module.service.list_users(&Default::default(), &Default::default()).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(module.events().await.len(), 1, "nothing is announced that did not happen");
}

/// security.md 15
async fn an_address_is_taken_in_every_spelling(module: Module) {
    module.user("Ada@bücher.example").await;
    for spelling in ["ada@BÜCHER.example", " ADA@xn--bcher-kva.example ", "ａｄａ@bücher.example"] {
        let error = module.service.create_users(CreateUser::new(email(spelling))).await.unwrap_err();
        let message = format!("User with email: {}, already exists.", spelling.trim());
        assert_eq!(refusal(&error), (ErrorKind::InvalidData, Some("email_taken"), message));
    }
    // A Cyrillic letter is another letter: another user, never confused with the first.
    module.user("аda@bücher.example").await;
}

async fn an_invalid_profile_is_refused(module: Module) {
    let base = || CreateUser::new(email("ada@example.com"));
    let long = "é".repeat(256);
    let url = format!("https://example.com/{}", "a".repeat(2_048));
    let text = |text: &str| Some(text.to_owned());
    for (user, reason) in [
        (CreateUser { first_name: text(&long), ..base() }, InvalidProfile::NameTooLong { field: "first_name" }),
        (CreateUser { last_name: text(&long), ..base() }, InvalidProfile::NameTooLong { field: "last_name" }),
        (
            CreateUser { avatar_url: text("https://\0"), ..base() },
            InvalidProfile::ControlCharacter { field: "avatar_url" },
        ),
        (CreateUser { avatar_url: text("javascript://%0aalert(1)"), ..base() }, InvalidProfile::AvatarUrl),
        (CreateUser { avatar_url: text("data:image/png;base64,"), ..base() }, InvalidProfile::AvatarUrl),
        (CreateUser { avatar_url: text("ada.png"), ..base() }, InvalidProfile::AvatarUrl),
        (CreateUser { avatar_url: Some(url), ..base() }, InvalidProfile::AvatarUrl),
        (CreateUser { phone: text("+44\n20 7946"), ..base() }, InvalidProfile::ControlCharacter { field: "phone" }),
        (CreateUser { phone: text("12"), ..base() }, InvalidProfile::Phone),
        (CreateUser { phone: text("call me"), ..base() }, InvalidProfile::Phone),
        (CreateUser { phone: text("<b>123</b>"), ..base() }, InvalidProfile::Phone),
        (CreateUser { phone: text(&"1".repeat(21)), ..base() }, InvalidProfile::Phone),
        (CreateUser { phone: Some(format!("123{}", " ".repeat(48))), ..base() }, InvalidProfile::Phone),
    ] {
        let error = module.service.create_users(user).await.unwrap_err();
        assert_eq!(refusal(&error).0, ErrorKind::InvalidData);
        match error {
            CreateUsersError::Profile(found) => assert_eq!(found, reason),
            error => panic!("{error:?}"),
        }
    }
    let disguised = CreateUser {
        first_name: text("A\0d\u{202e}a\u{7}"),
        last_name: text("Love\tlace\u{2028}\u{2066}x\u{2069}"),
        ..CreateUser::new(email("disguised@example.com"))
    };
    let cleaned = module.service.create_users(disguised).await.unwrap();
    assert_eq!((cleaned.first_name.as_deref(), cleaned.last_name.as_deref()), (Some("Ada"), Some("Love lace x")));
    let accepted = CreateUser { first_name: Some("é".repeat(255)), avatar_url: text(""), phone: text(""), ..base() };
    assert_eq!(module.service.create_users(accepted).await.unwrap().first_name.unwrap().chars().count(), 255);
    for (number, phone) in
        ["+44 20 7946 0000", "(030) 1234-567", "0800/123 45 67 ext. 89", "112"].into_iter().enumerate()
    {
        let user = CreateUser { phone: text(phone), ..CreateUser::new(email(&format!("{number}@example.com"))) };
        assert_eq!(module.service.create_users(user).await.unwrap().phone.as_deref(), Some(phone));
    }
}

async fn within_a_transaction_nothing_is_there_until_it_is_committed(module: Module) {
    let ada = [CreateUser::new(email("ada@example.com"))];
    let mut transaction = module.database.begin().await.unwrap();
    let users = module.service.create_users_within(&mut transaction, &ada).await.unwrap();
    assert_eq!(module.service.retrieve_user_within(&mut transaction, users[0].id).await.unwrap(), users[0]);
    assert!(module.service.retrieve_user(users[0].id).await.is_err());
    drop(transaction);
    assert!(module.service.retrieve_user(users[0].id).await.is_err());
    assert_eq!(module.events().await, []);

    let mut transaction = module.database.begin().await.unwrap();
    let users = module.service.create_users_within(&mut transaction, &ada).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(module.service.retrieve_user(users[0].id).await.unwrap(), users[0]);
    assert_eq!(module.events().await, [("user.created".to_owned(), users[0].id.to_string())]);
}

/// security.md 15: by a unique constraint, not by checking first.
async fn of_sixty_four_users_of_one_address_one_is_created(module: Module) {
    let results = module
        .sixty_four(|service, caller| async move {
            let spelling = if caller % 3 == 0 { "Ada@Example.com" } else { "ada@example.com" };
            service.create_users(CreateUser::new(email(spelling))).await
        })
        .await;
    let (created, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!(created.len(), 1);
    for error in refused.into_iter().filter_map(Result::err) {
        assert!(matches!(error, CreateUsersError::EmailTaken { .. }), "{error:?}");
    }
    assert_eq!(module.events().await.len(), 1);
}
