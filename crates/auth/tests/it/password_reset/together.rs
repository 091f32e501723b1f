//! Many at once, in two processes (security.md 2).

use vestibule_auth::{AuthInput, ResetPasswordError};
use vestibule_testing::on_both_engines;

use super::of;
use crate::support::{ADA, Module, PASSWORD, sign_in};

on_both_engines!(4 threads:
    of_sixty_four_resets_by_one_token_one_succeeds,
    of_many_requests_at_once_one_token_is_good,
    a_sign_in_by_the_old_password_does_not_bring_it_back,
);

async fn of_sixty_four_resets_by_one_token_one_succeeds(module: Module) {
    module.owned(ADA, "user_1").await;
    let token = module.reset_token(ADA).await;
    let results = module
        .sixty_four(|service, caller| {
            let token = token.clone();
            async move {
                let password = format!("Lantern-quarry-{caller}");
                match service.reset_password(&token, &password).await {
                    Ok(_) => Some(password),
                    Err(ResetPasswordError::InvalidToken) => None,
                    Err(error) => panic!("{error}"),
                }
            }
        })
        .await;
    let winners: Vec<String> = results.into_iter().flatten().collect();
    assert_eq!(winners.len(), 1, "{winners:?}");
    module.sign_in(ADA, &winners[0]).await.unwrap();
    assert_eq!(module.count("outbox_events WHERE name = 'auth.password_changed'").await, 1);
}

async fn of_many_requests_at_once_one_token_is_good(module: Module) {
    module.owned(ADA, "user_1").await;
    module.sixty_four(|service, _| async move { service.request_password_reset(of(ADA), None).await.unwrap() }).await;
    assert_eq!(module.count("outbox_events WHERE name = 'auth.password_reset'").await, 5);
    let mut good = 0;
    for event in vestibule_outbox::newest(&module.database, 100).await.unwrap() {
        let data = module.service.reveal_event(&event).unwrap();
        good += i32::from(module.service.find_password_reset(data["token"].as_str().unwrap()).await.is_ok());
    }
    assert_eq!(good, 1);
}

/// A sign-in replaces an outdated hash, but not one that was set in the meantime.
async fn a_sign_in_by_the_old_password_does_not_bring_it_back(module: Module) {
    module.owned(ADA, "user_1").await;
    let dearer = module.with_passwords(|config| config.memory_kib *= 2);
    for round in 0..16 {
        let password = format!("Lantern-quarry-{round}");
        let old = if round == 0 { PASSWORD.to_owned() } else { format!("Lantern-quarry-{}", round - 1) };
        module.service.clear_attempts(&format!("reset {ADA}")).await.unwrap();
        let token = module.reset_token(ADA).await;
        let (by_old, reset) =
            tokio::join!(sign_in(&dearer, ADA, &old), module.service.reset_password(&token, &password));
        drop(by_old);
        reset.unwrap();
        assert!(module.sign_in(ADA, &old).await.is_err(), "round {round}");
        module.sign_in(ADA, &password).await.unwrap();
        let input = AuthInput::body([("password", password.as_str())]);
        module.service.update_provider("emailpass", ADA, &input).await.unwrap();
    }
}
