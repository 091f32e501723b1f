//! Changing one's own password.

use serde_json::json;
use vestibule_auth::{ChangePasswordError, DeviceSecrets};
use vestibule_database::transaction;

use crate::failures::{Failed, Reason};
use crate::password_reset::names;
use crate::{By, Caller, Flows};

impl Flows {
    /// Changes the caller's password, for which he needs the present one. Every session of his ends but this one, and he
    /// is told by an event. Returns what the caller's browser is known by from now on.
    ///
    /// # Errors
    ///
    /// [`ChangePasswordError`].
    pub async fn change_password(
        &self,
        caller: &Caller,
        current: &str,
        password: &str,
        by: &By,
    ) -> Result<DeviceSecrets, ChangePasswordError> {
        let proved = self.auth.prove_password(caller.auth_identity_id, current, Some(caller.session_id)).await;
        if let Some(reason) = proved.as_ref().err().and_then(Reason::of_proof) {
            let account = self.auth.account_of(caller.auth_identity_id).await?;
            self.note_failure(Failed::Proof, reason, &account, by).await;
        }
        let proved = proved?;
        let names = caller.user.as_ref().map(names).unwrap_or_default();
        let password = self.auth.prepare_password(&proved.entity_id, &names, password).await?;
        let keep = Some(caller.session_id);
        transaction!(self.database, |transaction| {
            let actor_type = &caller.actor_type;
            self.auth.change_password_within(transaction, &proved, actor_type, &password, keep).await?;
            let after = json!({ "actor_type": actor_type });
            let identity = proved.auth_identity_id.to_string();
            let target = match &caller.user {
                Some(user) => ("user", user.id.to_string()),
                None => ("auth_identity", identity),
            };
            self.record(transaction, by, "password.changed", (target.0, &target.1), None, Some(after)).await?;
            Ok(self.auth.remember_device_within(transaction, proved.auth_identity_id, &by.client.devices).await?)
        })
    }
}
