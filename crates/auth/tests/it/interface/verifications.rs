//! Verifications. Each test is named after its method.

use vestibule_auth::RequestVerification;
use vestibule_auth::verification::{Verification, VerificationField};
use vestibule_auth::{AuthIdentityId, VerificationId};
use vestibule_core::{Direction, ErrorKind, Field, Filter, FindConfig};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, Module, refusal};

on_both_engines!(
    request_auth_verification,
    confirm_auth_verification,
    retrieve_auth_verification,
    list_auth_verifications,
    list_and_count_auth_verifications,
);

fn of(identity: AuthIdentityId, entity_id: &str) -> RequestVerification<'_> {
    RequestVerification {
        auth_identity_id: identity,
        entity_type: "email",
        entity_id,
        code_provider: None,
        metadata: None,
    }
}

impl Module {
    async fn verification(&self, identity: AuthIdentityId, entity_id: &str) -> Verification {
        self.service.request_auth_verification(&of(identity, entity_id)).await.unwrap().verification
    }

    /// The code that was sent last.
    async fn sent_code(&self) -> String {
        let event = vestibule_outbox::newest(&self.database, 1).await.unwrap().remove(0);
        self.service.reveal_event(&event).unwrap()["code"].as_str().unwrap().to_owned()
    }
}

async fn request_auth_verification(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let requested = module.service.request_auth_verification(&of(identity.id, "Ada@example.com")).await.unwrap();
    assert!(requested.is_sent);
    let verification = requested.verification;
    assert_eq!((verification.auth_identity_id, verification.verified_at), (identity.id, None));
    assert_eq!((verification.entity_type.as_str(), verification.code_provider.as_str()), ("email", "token"));
}

async fn confirm_auth_verification(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let verification = module.verification(identity.id, ADA).await;
    let code = module.sent_code().await;
    let confirmed = module.service.confirm_auth_verification(&code, Some("token")).await.unwrap();
    assert_eq!((confirmed.id, confirmed.verified_at), (verification.id, Some(module.clock_now())));
    let again = refusal(module.service.confirm_auth_verification(&code, None).await);
    assert_eq!(again.1, Some("verification_code_invalid"));
}

async fn retrieve_auth_verification(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let verification = module.verification(identity.id, ADA).await;
    assert_eq!(module.service.retrieve_auth_verification(verification.id).await.unwrap(), verification);
    let nothing: VerificationId = module.environment.id();
    let message = format!("AuthVerification with id: {nothing} was not found");
    let refused = refusal(module.service.retrieve_auth_verification(nothing).await);
    assert_eq!(refused, (ErrorKind::NotFound, None, message));
}

async fn list_auth_verifications(module: Module) {
    let (ada, eve) = (module.owned(ADA, "user_1").await, module.owned("eve@example.com", "user_2").await);
    let first = module.verification(ada.id, ADA).await;
    let second = module.verification(ada.id, "work@example.com").await;
    let third = module.verification(eve.id, "eve@example.com").await;
    let list = async |filter: Filter<VerificationField>, find: FindConfig<VerificationField>| {
        module.service.list_auth_verifications(&filter, &find).await.unwrap()
    };
    let all = FindConfig::default;
    assert_eq!(list(Filter::everything(), all()).await, [first.clone(), second.clone(), third.clone()]);
    let of_ada = VerificationField::AuthIdentityId.eq(ada.id);
    assert_eq!(list(of_ada.clone(), all()).await, [first.clone(), second.clone()]);
    let newest = all().order_by(VerificationField::Id, Direction::Descending).page(0, 1);
    assert_eq!(list(of_ada, newest).await, [second]);
    assert_eq!(list(VerificationField::EntityId.eq("ADA@example.com"), all()).await, [first], "in any spelling");
    assert_eq!(list(VerificationField::EntityType.eq("phone"), all()).await, []);
    let by_token = VerificationField::CodeProvider.eq("token").and(VerificationField::Id.is_in([third.id]));
    assert_eq!(list(by_token, all()).await, [third]);
}

async fn list_and_count_auth_verifications(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let first = module.verification(identity.id, ADA).await;
    module.verification(identity.id, "work@example.com").await;
    let filter = VerificationField::VerifiedAt.eq(vestibule_core::Value::Null);
    let find = FindConfig::default().page(0, 1);
    let page = module.service.list_and_count_auth_verifications(&filter, &find).await.unwrap();
    assert_eq!(page, (vec![first], 2));
}
