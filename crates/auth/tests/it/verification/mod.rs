//! Verifying addresses (security.md 1 to 3).

mod confirm;
mod request;
mod required;

use vestibule_auth::{AuthIdentity, RequestVerification};

use crate::support::Module;

pub(super) fn of<'a>(identity: &AuthIdentity, address: &'a str) -> RequestVerification<'a> {
    RequestVerification {
        auth_identity_id: identity.id,
        entity_type: "email",
        entity_id: address,
        code_provider: None,
        metadata: None,
    }
}

impl Module {
    /// Requests a code, and reads the mail.
    pub(super) async fn code(&self, request: &RequestVerification<'_>) -> String {
        assert!(self.service.request_auth_verification(request).await.unwrap().is_sent);
        self.delivered("auth.verification_requested").await["code"].as_str().unwrap().to_owned()
    }
}
