//! Changing the caller's own password.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_auth::{ChangePasswordError, DeviceSecrets, PasswordSubject};
use vestibule_database::transaction;

use crate::failures::{Failed, FailureReason};
use crate::passwords::names;
use crate::sign_in::ExaminedProof;
use crate::{Context, Flows, FreshProof, FreshProofError, SessionCaller};

impl Flows {
    /// Changes the caller's password, which needs the present one, and a code where the account has a second factor and
    /// the session no fresh proof. Every other session of the account ends, and an event reports it. Returns the new
    /// device id of the caller's browser.
    ///
    /// # Errors
    ///
    /// [`FreshProofError`].
    pub async fn change_password(
        &self,
        caller: &SessionCaller,
        current: &str,
        password: &str,
        proof: &FreshProof,
        context: &Context,
    ) -> Result<DeviceSecrets, FreshProofError> {
        let proved = self.auth.prove_password(caller.auth_identity_id, current, Some(caller.session_id)).await;
        if let Some(reason) = proved.as_ref().err().and_then(FailureReason::of_proof) {
            let account = self.auth.account_of(caller.auth_identity_id).await?;
            self.note_failure(Failed::Proof, reason, &account, context).await;
        }
        let proved = proved?;
        // The code after the password, as at the sign-in: one attempt of an account is evaluated at a time.
        let proof = match self.auth.has_mfa(&self.database, caller.auth_identity_id).await? {
            true => self.examine_fresh_proof(caller, proof).await?,
            false => ExaminedProof::Session,
        };
        let names = caller.user.as_ref().map(names).unwrap_or_default();
        let has_second_factor = self.does_user_need_second_factor(caller.user.as_ref()).await?;
        let subject = PasswordSubject::new(&proved.entity_id, &names).with_second_factor(has_second_factor);
        let password = self.auth.prepare_password(&subject, password).await.map_err(ChangePasswordError::from)?;
        let keep = Some(caller.session_id);
        let changed: Result<_, FreshProofError> = transaction!(self.database, |transaction| {
            self.use_fresh_proof_within(transaction, caller, &proof).await?;
            let actor_type = &caller.actor_type;
            self.auth.change_password_within(transaction, &proved, actor_type, &password, keep).await?;
            let after = json!({ "actor_type": actor_type });
            let identity = proved.auth_identity_id.to_string();
            let target = match &caller.user {
                Some(user) => ("user", user.id.to_string()),
                None => ("auth_identity", identity),
            };
            self.record(transaction, context, Action::PasswordChanged, (target.0, &target.1), None, Some(after))
                .await?;
            Ok(self.auth.remember_device_within(transaction, proved.auth_identity_id, &context.client.devices).await?)
        });
        let known = changed?;
        self.settle_fresh_proof(proof).await?;
        Ok(known)
    }
}
