//! Verifying addresses: a code is asked for, and comes back.

use serde_json::json;
use vestibule_auth::verification::{ConfirmVerificationError, RequestVerificationError};
use vestibule_auth::{RequestVerification, Verification};
use vestibule_database::{Error, Transaction, transaction};

use crate::{By, Flows};

impl Flows {
    /// Has a code sent to an address, by an event.
    ///
    /// # Errors
    ///
    /// [`RequestVerificationError`].
    pub async fn request_verification(
        &self,
        request: &RequestVerification<'_>,
        by: &By,
    ) -> Result<Verification, RequestVerificationError> {
        transaction!(self.database, |transaction| {
            let requested = self.auth.request_verification_within(transaction, request).await?;
            if requested.is_sent {
                self.record_verification(transaction, by, "verification.requested", &requested.verification).await?;
            }
            Ok(requested.verification)
        })
    }

    /// Confirms an address by the code that was sent there.
    ///
    /// # Errors
    ///
    /// [`ConfirmVerificationError`].
    pub async fn confirm_verification(
        &self,
        code: &str,
        code_provider: Option<&str>,
        by: &By,
    ) -> Result<Verification, ConfirmVerificationError> {
        transaction!(self.database, |transaction| {
            let verified = self.auth.confirm_verification_within(transaction, code, code_provider).await?;
            self.record_verification(transaction, by, "verification.confirmed", &verified).await?;
            Ok(verified)
        })
    }

    async fn record_verification(
        &self,
        transaction: &mut Transaction,
        by: &By,
        action: &'static str,
        verification: &Verification,
    ) -> Result<(), Error> {
        let identity = verification.auth_identity_id.to_string();
        let after = json!({ "entity_type": verification.entity_type, "entity_id": verification.entity_id });
        self.record(transaction, by, action, ("auth_identity", &identity), None, Some(after)).await
    }
}
