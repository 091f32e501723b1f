//! Listing users by filter.

use vestibule_core::{Condition, Direction, Field, Filter, FindConfig, Patch};
use vestibule_testing::on_both_engines;
use vestibule_user::{CreateUser, UpdateUser, UserField};

use crate::support::{Module, SECOND, email};

on_both_engines!(
    filters_find_matching_users,
    order_and_pages,
    a_search_follows_every_change,
    deleted_users_are_found_on_request
);

async fn three(module: &Module) {
    for (address, first_name, last_name) in [
        ("ada@example.com", Some("Ada"), Some("Lovelace")),
        ("Grace@Navy.example", Some("Grace"), None),
        ("mary@royal.example", None, Some("Somerville")),
    ] {
        let user = CreateUser {
            first_name: first_name.map(str::to_owned),
            last_name: last_name.map(str::to_owned),
            ..CreateUser::new(email(address))
        };
        module.service.create_users(user).await.unwrap();
        module.clock.advance(SECOND);
    }
}

/// The first letters of the addresses that are found.
async fn found(module: &Module, filter: Filter<UserField>, find: FindConfig<UserField>) -> String {
    let (users, count) = module.service.list_and_count_users(&filter, &find).await.unwrap();
    assert_eq!(users, module.service.list_users(&filter, &find).await.unwrap());
    if find.take.is_none() && find.skip == 0 {
        assert_eq!(users.len() as u64, count);
    }
    users.iter().filter_map(|user| user.email.as_str().chars().next()).collect()
}

async fn filters_find_matching_users(module: Module) {
    three(&module).await;
    let begun = vestibule_testing::clock::START;
    let name = |condition| UserField::FirstName.is(condition);
    let either = UserField::LastName.eq("Somerville").or(UserField::FirstName.eq("Grace"));
    for (filter, expected) in [
        (Filter::everything(), "aGm"),
        (UserField::Email.eq("GRACE@navy.EXAMPLE"), "G"),
        (UserField::Email.is_in(["ada@example.com", "mary@royal.example", "none@example.com"]), "am"),
        (UserField::Email.is(Condition::Like("%@Navy%".into())), "G"),
        (name(Condition::Ilike("a%".into())), "a"),
        (name(Condition::Eq(vestibule_core::Value::Null)), "m"),
        (name(Condition::Ne("Ada".into())), "Gm"),
        (name(Condition::Nin(vec!["Ada".into(), "Grace".into()])), "m"),
        (UserField::CreatedAt.is(Condition::Gt(begun.into())), "Gm"),
        (UserField::CreatedAt.is(Condition::Lte(begun.into())), "a"),
        (either.clone(), "Gm"),
        (!either.clone(), "a"),
        (either.and(UserField::LastName.is(Condition::Ne(vestibule_core::Value::Null))), "m"),
        (Filter::Search("love".into()), "a"),
        (Filter::Search("EXAMPLE".into()), "aGm"),
        (Filter::Search("%".into()), ""),
        (UserField::Metadata.is(Condition::Eq(vestibule_core::Value::Null)), ""),
    ] {
        assert_eq!(found(&module, filter.clone(), FindConfig::default()).await, expected, "{filter:?}");
    }
}

async fn order_and_pages(module: Module) {
    three(&module).await;
    let by = |field, direction| FindConfig::default().order_by(field, direction);
    for (find, expected) in [
        (FindConfig::default(), "aGm"),
        (by(UserField::CreatedAt, Direction::Descending), "mGa"),
        (by(UserField::Email, Direction::Ascending), "aGm"),
        (by(UserField::FirstName, Direction::Ascending), "aGm"),
        (by(UserField::FirstName, Direction::Descending), "mGa"),
        (by(UserField::LastName, Direction::Descending), "Gma"),
        (FindConfig::default().page(1, 1), "G"),
        (by(UserField::CreatedAt, Direction::Descending).page(2, 5), "a"),
        (FindConfig::default().page(3, 1), ""),
    ] {
        assert_eq!(found(&module, Filter::everything(), find.clone()).await, expected, "{find:?}");
        let (_, count) = module.service.list_and_count_users(&Filter::everything(), &find).await.unwrap();
        assert_eq!(count, 3);
    }
}

async fn a_search_follows_every_change(module: Module) {
    let ada = module.user("ada@example.com").await;
    let update = UpdateUser {
        email: Some(email("countess@example.com")),
        first_name: Patch::Set("Augusta Ada".into()),
        ..UpdateUser::new(ada.id)
    };
    module.service.update_users(update).await.unwrap();
    for (text, expected) in [("augusta", "c"), ("COUNTESS@", "c"), ("ada@", "")] {
        assert_eq!(found(&module, Filter::Search(text.into()), FindConfig::default()).await, expected, "{text:?}");
    }
}

async fn deleted_users_are_found_on_request(module: Module) {
    three(&module).await;
    let (users, _) =
        module.service.list_and_count_users(&Filter::Search("ada".into()), &FindConfig::default()).await.unwrap();
    module.service.soft_delete_users(users[0].id).await.unwrap();
    assert_eq!(found(&module, Filter::everything(), FindConfig::default()).await, "Gm");
    assert_eq!(found(&module, Filter::everything(), FindConfig::default().with_deleted()).await, "aGm");
    let gone = UserField::DeletedAt.is(Condition::Ne(vestibule_core::Value::Null));
    assert_eq!(found(&module, gone, FindConfig::default().with_deleted()).await, "a");
}
