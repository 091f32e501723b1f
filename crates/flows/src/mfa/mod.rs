//! Second factors: who has one, and what follows from it for sessions, events and the audit log.

mod challenge;
mod disable;
mod noted;
mod owner;
mod recovery_codes;
mod remove;
mod rename;
mod reset;
mod start;
mod verify;

use serde_json::{Value as Json, json};
use vestibule_audit::Action;
use vestibule_auth::MfaFactor;
use vestibule_database::{Error, Transaction};
use vestibule_outbox::{self as outbox, EventName};
use vestibule_user::User;

pub use challenge::MfaChallengeError;
pub use disable::DisableMfaError;
pub use owner::FactorOwnerError;
pub use recovery_codes::GenerateRecoveryCodesError;
pub use remove::RemoveFactorError;
pub use rename::RenameFactorError;
pub use reset::ResetMfaError;
pub use start::StartFactorError;
pub use verify::VerifyFactorError;

use crate::{Actor, Client, Context, Flows, SessionCaller};

impl Flows {
    /// Records the event of a changed factor, as the reference does.
    async fn record_factor_event(
        &self,
        transaction: &mut Transaction,
        name: EventName,
        factor: &MfaFactor,
    ) -> Result<(), Error> {
        let identity = factor.auth_identity_id;
        self.note_second_factor_within(transaction, identity).await?;
        let data = json!({ "auth_identity_id": identity, "mfa_id": factor.id, "provider": factor.provider });
        outbox::record(transaction, &self.environment, name, &identity.to_string(), data).await.map(drop)
    }

    /// Records a factor that was created together with its user.
    pub(crate) async fn record_new_factor(
        &self,
        transaction: &mut Transaction,
        user: &User,
        factor: &MfaFactor,
        client: &Client,
    ) -> Result<(), Error> {
        self.record_factor_event(transaction, EventName::MfaEnabled, factor).await?;
        let context = Context { client: client.clone(), ..Context::actor(Actor::User(user.id)) };
        let (id, after) = (user.id.to_string(), Some(audited(factor)));
        self.record(transaction, &context, Action::MfaEnabled, ("user", &id), None, after).await
    }

    /// Writes an entry of the audit log about the actor's own second factors.
    async fn record_mfa(
        &self,
        transaction: &mut Transaction,
        context: &Context,
        action: Action,
        caller: &SessionCaller,
        (before, after): (Option<Json>, Option<Json>),
    ) -> Result<(), Error> {
        let identity = caller.auth_identity_id.to_string();
        let user = caller.user.as_ref().map(|user| user.id.to_string());
        let target = match &user {
            Some(user) => ("user", user.as_str()),
            None => ("auth_identity", identity.as_str()),
        };
        self.record(transaction, context, action, target, before, after).await
    }
}

/// A factor as the audit log shows it.
fn audited(factor: &MfaFactor) -> Json {
    json!({ "mfa_id": factor.id, "provider": factor.provider, "name": factor.name, "status": factor.status })
}
