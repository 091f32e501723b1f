//! Many guesses at once, in two processes.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use vestibule_auth::AuthModule;
use vestibule_core::ErrorKind;
use vestibule_testing::on_both_engines;

use crate::support::{ADA, Module, OTHER_PASSWORD, PASSWORD, refusal, sign_in};

on_both_engines!(4 threads:
    of_two_hundred_wrong_passwords_no_more_than_the_limit_are_evaluated,
    of_two_hundred_for_an_unknown_address_no_more_either,
    sixty_four_right_passwords_are_all_let_in,
);

/// Two hundred callers, half of them in another process. Returns how many were refused as wrong, and how many as too
/// too many.
async fn guess(module: &Module, address: &str) -> (usize, usize) {
    let services = [module.service.clone(), module.another_process().await];
    let address: Arc<str> = address.into();
    let mut callers = JoinSet::new();
    for caller in 0..200 {
        let (service, address): (AuthModule, _) = (services[caller % 2].clone(), Arc::clone(&address));
        callers
            .spawn(async move { refusal(sign_in(&service, &address, &format!("{OTHER_PASSWORD}{caller}")).await).0 });
    }
    let kinds = tokio::time::timeout(Duration::from_secs(60), callers.join_all()).await.expect("a caller waits");
    let count = |kind| kinds.iter().filter(|found| **found == kind).count();
    (count(ErrorKind::Unauthorized), count(ErrorKind::TooManyRequests))
}

/// security.md 11
async fn of_two_hundred_wrong_passwords_no_more_than_the_limit_are_evaluated(module: Module) {
    module.owned(ADA, "user_1").await;
    let before = module.passwords.done();
    assert_eq!(guess(&module, ADA).await, (10, 190));
    assert_eq!(module.passwords.done() - before, 10, "hashes that were computed");
    let refused = refusal(module.sign_in(ADA, PASSWORD).await);
    assert_eq!((refused.0, refused.1), (ErrorKind::TooManyRequests, Some("too_many_attempts")), "nor the right one");
    assert_eq!(module.passwords.done() - before, 10);
}

/// security.md 10
async fn of_two_hundred_for_an_unknown_address_no_more_either(module: Module) {
    for (address, before) in [("stranger@example.com", 0), ("rubbish", 10)] {
        assert_eq!(guess(&module, address).await, (10, 190), "{address}");
        assert_eq!(module.passwords.done(), before + 10, "{address}");
    }
}

/// security.md 11: callers who know the password do not block each other.
async fn sixty_four_right_passwords_are_all_let_in(module: Module) {
    module.owned(ADA, "user_1").await;
    let results = module.sixty_four(|service, _| async move { sign_in(&service, ADA, PASSWORD).await }).await;
    for result in results {
        assert_eq!(result.unwrap().actor("user"), Some("user_1"));
    }
    assert_eq!(module.count("auth_attempts").await, 0);
}
