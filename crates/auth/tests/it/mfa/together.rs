//! Concurrent callers, on two processes: what counts once has one effect (security.md 2, 11, 17 and 19).

use std::sync::Arc;

use vestibule_auth::mfa::{MfaChallenge, StartMfaError, VerifyChallengeError};
use vestibule_auth::{AttemptLimit, AuthModule, StartAuthMfa};
use vestibule_testing::on_both_engines;

use super::{Enrolled, WRONG, answer, code, enrolled_secret};
use crate::support::{ADA, Module};

on_both_engines!(4 threads:
    of_sixty_four_uses_of_one_totp_code_one_works,
    of_sixty_four_uses_of_one_recovery_code_one_works,
    of_sixty_four_codes_for_one_challenge_one_works,
    of_sixty_four_enablings_one_works,
    of_sixty_four_wrong_codes_no_more_than_the_limit_are_evaluated,
    of_sixty_four_beginnings_one_begins,
    of_many_new_sets_one_is_left,
);

/// Sixty-four challenges of one user.
async fn challenges(module: &Module, enrolled: &Enrolled) -> Arc<Vec<MfaChallenge>> {
    let mut challenges = Vec::new();
    for _ in 0..64 {
        challenges.push(module.challenge(&enrolled.identity).await);
    }
    Arc::new(challenges)
}

/// The same service without a limit of attempts, so that every code is evaluated.
fn without_limit(module: &Module) -> AuthModule {
    module.with_options(|options| options.attempts = AttemptLimit { most: 0, ..AttemptLimit::default() })
}

fn count_ok<T, E>(results: &[Result<T, E>]) -> usize {
    results.iter().filter(|result| result.is_ok()).count()
}

async fn of_sixty_four_uses_of_one_totp_code_one_works(module: Module) {
    let enrolled = module.enrolled().await;
    for limited in [true, false] {
        let challenges = challenges(&module, &enrolled).await;
        let code: Arc<str> = module.next_code(&enrolled.secret).into();
        let free = without_limit(&module);
        let results = module
            .sixty_four(|service, caller| {
                let (challenges, code) = (Arc::clone(&challenges), Arc::clone(&code));
                let service = if limited || caller % 2 == 1 { service } else { free.clone() };
                async move { answer(&service, &challenges[caller], "totp", &code).await }
            })
            .await;
        assert_eq!(count_ok(&results), 1, "{results:?}");
        module.service.clear_attempts(ADA).await.unwrap();
    }
}

async fn of_sixty_four_uses_of_one_recovery_code_one_works(module: Module) {
    let enrolled = module.enrolled().await;
    for limited in [true, false] {
        let codes = Arc::new(module.recovery_codes(enrolled.identity.id, 1).await);
        let challenges = challenges(&module, &enrolled).await;
        let free = without_limit(&module);
        let results = module
            .sixty_four(|service, caller| {
                let (challenges, codes) = (Arc::clone(&challenges), Arc::clone(&codes));
                let service = if limited || caller % 2 == 1 { service } else { free.clone() };
                async move { answer(&service, &challenges[caller], "recovery_code", &codes[0]).await }
            })
            .await;
        assert_eq!(count_ok(&results), 1, "{results:?}");
        module.service.clear_attempts(ADA).await.unwrap();
    }
}

/// Each by a valid code of its own: the challenge alone decides.
async fn of_sixty_four_codes_for_one_challenge_one_works(module: Module) {
    let enrolled = module.enrolled().await;
    for limited in [true, false] {
        let codes = Arc::new(
            [module.recovery_codes(enrolled.identity.id, 32).await, vec![module.next_code(&enrolled.secret); 32]]
                .concat(),
        );
        let challenge = Arc::new(module.challenge(&enrolled.identity).await);
        let free = without_limit(&module);
        let results = module
            .sixty_four(|service, caller| {
                let (challenge, codes) = (Arc::clone(&challenge), Arc::clone(&codes));
                let service = if limited || caller % 2 == 1 { service } else { free.clone() };
                let method = if caller < 32 { "recovery_code" } else { "totp" };
                async move { answer(&service, &challenge, method, &codes[caller]).await }
            })
            .await;
        assert_eq!(count_ok(&results), 1, "{results:?}");
        module.service.clear_attempts(ADA).await.unwrap();
    }
}

async fn of_sixty_four_enablings_one_works(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let started = module.start_mfa(identity.id).await;
    let code: Arc<str> = code(&enrolled_secret(&started), module.clock_now()).into();
    let id = started.mfa_factor.id;
    let results = module
        .sixty_four(|service, _| {
            let code = Arc::clone(&code);
            async move { service.verify_auth_mfa(identity.id, id, &*code).await }
        })
        .await;
    assert_eq!(count_ok(&results), 1, "{results:?}");
}

/// security.md 11 and 19: over any number of challenges.
async fn of_sixty_four_wrong_codes_no_more_than_the_limit_are_evaluated(module: Module) {
    let enrolled = module.enrolled().await;
    let challenges = challenges(&module, &enrolled).await;
    let results = module
        .sixty_four(|service, caller| {
            let challenges = Arc::clone(&challenges);
            async move { answer(&service, &challenges[caller], "totp", WRONG).await }
        })
        .await;
    let evaluated = results.iter().filter(|result| matches!(result, Err(VerifyChallengeError::WrongCode))).count();
    assert_eq!(evaluated, 10, "{results:?}");
    let refused = results.iter().filter(|result| matches!(result, Err(VerifyChallengeError::Attempts(_)))).count();
    assert_eq!(refused, 54);
    assert_eq!(module.count("auth_mfa_challenges WHERE attempts > 0").await, 10);
}

async fn of_sixty_four_beginnings_one_begins(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let results = module
        .sixty_four(|service, _| async move { service.start_auth_mfa(&StartAuthMfa::new(identity.id, "totp")).await })
        .await;
    assert_eq!(count_ok(&results), 1, "{results:?}");
    assert_eq!(results.iter().filter(|result| matches!(result, Err(StartMfaError::Active(_)))).count(), 63);
    assert_eq!(module.count("auth_mfa_factors").await, 1);
}

async fn of_many_new_sets_one_is_left(module: Module) {
    let enrolled = module.enrolled().await;
    let id = enrolled.identity.id;
    let results =
        module.sixty_four(|service, _| async move { service.generate_auth_mfa_recovery_codes(id, 3).await }).await;
    assert_eq!(count_ok(&results), 64, "{results:?}");
    assert_eq!(module.count("auth_mfa_recovery_codes").await, 3, "the newest set has killed every other");
}
