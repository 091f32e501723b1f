//! Tokens for programs that send and redeem password resets on their own. Each test is named after its method.

use std::time::Duration;

use vestibule_auth::password_reset::{ConsumePasswordResetToken, CreatePasswordResetToken};
use vestibule_core::ErrorKind;
use vestibule_testing::on_both_engines;

use crate::support::{ADA, MICROSECOND, Module, OTHER_PASSWORD, PASSWORD, belonging_to, part, refusal};

on_both_engines!(create_password_reset_token, consume_password_reset_token);
on_both_engines!(4 threads: of_sixty_four_uses_of_a_token_one_succeeds);

const CREATE: CreatePasswordResetToken<'_> =
    CreatePasswordResetToken { provider: "emailpass", entity_id: ADA, lifetime: None };

fn consume(jti: &str) -> ConsumePasswordResetToken<'_> {
    ConsumePasswordResetToken { jti, provider: "emailpass", entity_id: ADA }
}

fn invalid() -> (ErrorKind, Option<&'static str>, String) {
    (ErrorKind::Unauthorized, Some("reset_token_invalid"), "Invalid token".to_owned())
}

/// security.md 1 and 3
async fn create_password_reset_token(module: Module) {
    // A registration that no one has claimed is no one's.
    module.register(ADA, OTHER_PASSWORD).await.unwrap();
    let not_found = (
        ErrorKind::InvalidData,
        None,
        format!("Provider identity with entity_id {ADA} and provider emailpass not found"),
    );
    assert_eq!(refusal(module.service.create_password_reset_token(&CREATE).await), not_found);
    module.owned(ADA, "user_1").await;
    let older = module.service.create_password_reset_token(&CREATE).await.unwrap();
    assert_eq!(older.expires_at, module.clock_now() + Duration::from_secs(15 * 60));
    assert!(older.jti.len() == 43 && !format!("{older:?}").contains(&older.jti), "256 bits, not printed");
    let hour = CreatePasswordResetToken { lifetime: Some(Duration::from_secs(3_600)), ..CREATE };
    let newer = module.service.create_password_reset_token(&hour).await.unwrap();
    assert_eq!(newer.expires_at, module.clock_now() + Duration::from_secs(3_600));
    assert_eq!(module.count("auth_password_resets").await, 1);
    assert_eq!(refusal(module.service.consume_password_reset_token(&consume(&older.jti)).await), invalid());
    module.service.consume_password_reset_token(&consume(&newer.jti)).await.unwrap();
    for seconds in [0, 31 * 24 * 3_600] {
        let create = CreatePasswordResetToken { lifetime: Some(Duration::from_secs(seconds)), ..CREATE };
        assert_eq!(refusal(module.service.create_password_reset_token(&create).await).0, ErrorKind::InvalidData);
    }
    // Of any provider.
    module.service.create_auth_identities(belonging_to("user_2", [part("sso", "octocat")])).await.unwrap();
    let other = CreatePasswordResetToken { provider: "sso", entity_id: "octocat", lifetime: None };
    module.service.create_password_reset_token(&other).await.unwrap();
}

/// security.md 2 and 4
async fn consume_password_reset_token(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    module.owned("bob@example.com", "user_2").await;
    let token = module.service.create_password_reset_token(&CREATE).await.unwrap();
    for (provider, entity_id) in [("emailpass", "bob@example.com"), ("sso", ADA), ("emailpass", "")] {
        let consume = ConsumePasswordResetToken { jti: &token.jti, provider, entity_id };
        assert_eq!(refusal(module.service.consume_password_reset_token(&consume).await), invalid(), "{provider}");
    }
    let spelled = ConsumePasswordResetToken { entity_id: "ADA@example.com", ..consume(&token.jti) };
    let consumed = module.service.consume_password_reset_token(&spelled).await.unwrap();
    assert_eq!((consumed.auth_identity_id, consumed.entity_id.as_str()), (identity.id, ADA));
    assert_eq!(consumed.provider_identity_id, identity.provider_identities[0].id);
    assert_eq!(refusal(module.service.consume_password_reset_token(&consume(&token.jti)).await), invalid());

    let token = module.service.create_password_reset_token(&CREATE).await.unwrap();
    assert_eq!(refusal(module.service.reset_password(&token.jti, PASSWORD).await), invalid());
    module.clock.set(token.expires_at - MICROSECOND);
    module.service.consume_password_reset_token(&consume(&token.jti)).await.unwrap();
    let token = module.service.create_password_reset_token(&CREATE).await.unwrap();
    module.clock.set(token.expires_at);
    assert_eq!(refusal(module.service.consume_password_reset_token(&consume(&token.jti)).await), invalid());
}

/// security.md 2
async fn of_sixty_four_uses_of_a_token_one_succeeds(module: Module) {
    module.owned(ADA, "user_1").await;
    let token = module.service.create_password_reset_token(&CREATE).await.unwrap();
    let results = module
        .sixty_four(move |service, _| {
            let jti = token.jti.clone();
            async move { service.consume_password_reset_token(&consume(&jti)).await.is_ok() }
        })
        .await;
    assert_eq!(results.into_iter().filter(|consumed| *consumed).count(), 1);
}
