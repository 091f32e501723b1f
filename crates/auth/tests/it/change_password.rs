//! Changing one's own password (security.md 13).

use vestibule_auth::ChangePasswordError;
use vestibule_core::ErrorKind;
use vestibule_testing::on_both_engines;

use crate::support::{ADA, Module, OTHER_PASSWORD, PASSWORD, belonging_to, part, refusal, wrong_password};

on_both_engines!(
    the_present_one_is_needed_and_other_sessions_end,
    a_wrong_one_is_a_failed_attempt_of_the_account,
    a_new_one_that_cannot_be_taken_changes_nothing,
    the_password_of_another_identity_of_the_user_counts,
    an_owner_without_a_password_gets_an_error,
);
on_both_engines!(4 threads: of_sixty_four_changes_at_once_each_knew_the_present_one);

async fn the_present_one_is_needed_and_other_sessions_end(module: Module) {
    let owned = module.owned(ADA, "user_1").await;
    let (mine, other) = (module.session(&owned, "user").await, module.session(&owned, "user").await);
    let token = module.reset_token(ADA).await;
    let keep = Some(mine.sid.parse().unwrap());
    let service = &module.service;
    service.change_password(owned.id, "user", PASSWORD, OTHER_PASSWORD, keep).await.unwrap();
    assert!(module.is_alive(&mine).await && !module.is_alive(&other).await);
    assert_eq!(refusal(module.sign_in(ADA, PASSWORD).await), wrong_password());
    module.sign_in(ADA, OTHER_PASSWORD).await.unwrap();
    assert!(service.reset_password(&token, PASSWORD).await.is_err(), "a reset that was requested before is dead");
    assert_eq!(module.delivered("auth.password_changed").await["entity_id"], ADA);
}

/// security.md 11
async fn a_wrong_one_is_a_failed_attempt_of_the_account(module: Module) {
    let owned = module.owned(ADA, "user_1").await;
    let change =
        |current: &'static str| module.service.change_password(owned.id, "user", current, OTHER_PASSWORD, None);
    for round in 0..12 {
        let (kind, code, _) = refusal(change("Wrong-lantern-77").await);
        let expected = match round {
            0..10 => (ErrorKind::InvalidData, Some("wrong_password")),
            _ => (ErrorKind::TooManyRequests, Some("too_many_attempts")),
        };
        assert_eq!((kind, code), expected, "{round}");
    }
    assert_eq!(refusal(change(PASSWORD).await).0, ErrorKind::TooManyRequests);
    assert_eq!(
        refusal(module.sign_in(ADA, PASSWORD).await).0,
        ErrorKind::TooManyRequests,
        "one account, every endpoint"
    );
}

async fn a_new_one_that_cannot_be_taken_changes_nothing(module: Module) {
    let owned = module.owned(ADA, "user_1").await;
    let session = module.session(&owned, "user").await;
    for password in ["", "1234567", "password1", ADA, &"x".repeat(1_025)] {
        let result = module.service.change_password(owned.id, "user", PASSWORD, password, None).await;
        assert_eq!(refusal(result).0, ErrorKind::InvalidData, "{password:.20}");
    }
    assert!(module.is_alive(&session).await);
    assert_eq!(module.service.attempts(ADA).await.unwrap().failed, 0, "the present one was right each time");
    module.sign_in(ADA, PASSWORD).await.unwrap();
}

async fn the_password_of_another_identity_of_the_user_counts(module: Module) {
    module.owned(ADA, "user_1").await;
    let other_way = belonging_to("user_1", [part("google", "ada-at-google")]);
    let other_way = module.service.create_auth_identities(other_way).await.unwrap();
    module.service.change_password(other_way.id, "user", PASSWORD, OTHER_PASSWORD, None).await.unwrap();
    module.sign_in(ADA, OTHER_PASSWORD).await.unwrap();
}

async fn an_owner_without_a_password_gets_an_error(module: Module) {
    let google = belonging_to("user_1", [part("google", ADA)]);
    let google = module.service.create_auth_identities(google).await.unwrap();
    let waiting = module.register("waiting@example.com", PASSWORD).await.unwrap();
    for id in [google.id, waiting.id] {
        let refused = refusal(module.service.change_password(id, "user", PASSWORD, OTHER_PASSWORD, None).await);
        assert_eq!((refused.0, refused.1), (ErrorKind::NotAllowed, Some("no_password")));
    }
}

async fn of_sixty_four_changes_at_once_each_knew_the_present_one(module: Module) {
    let owned = module.owned(ADA, "user_1").await;
    let results = module
        .sixty_four(|service, caller| async move {
            let password = format!("Lantern-quarry-{caller}");
            match service.change_password(owned.id, "user", PASSWORD, &password, None).await {
                Ok(()) => Some(password),
                Err(
                    ChangePasswordError::WrongPassword
                    | ChangePasswordError::ChangedMeanwhile
                    | ChangePasswordError::Attempts(_),
                ) => None,
                Err(error) => panic!("{error}"),
            }
        })
        .await;
    let winners: Vec<String> = results.into_iter().flatten().collect();
    assert_eq!(winners.len(), 1, "{winners:?}");
    module.service.clear_attempts(ADA).await.unwrap();
    module.sign_in(ADA, &winners[0]).await.unwrap();
}
