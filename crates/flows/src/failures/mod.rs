//! Failures leave a trace: failed sign-ins, failed proofs in a session, and requests that the caller may not make
//! (OWASP ASVS 16.3.1 and 16.3.2).
//!
//! An attack must fill neither the audit log nor the log. Failures of one account, from one client address, are counted:
//! the first, the tenth, the hundredth is an entry, and each minute has room for so many (`tally`). A program such as
//! fail2ban reads the lines of the log: their target, message and first fields do not change (docs/operations.md).
//!
//! The log names an account by the id of its owner. An unknown address may be a password typed into the wrong field, so
//! it is logged as eight digits of a keyed hash (ASVS 16.2.5).

mod reason;
mod tally;

use std::net::IpAddr;

use serde_json::json;
use vestibule_audit::Action;
use vestibule_database::{Error, transaction};

pub use self::reason::FailureReason;
pub(crate) use self::tally::Tally;
use self::tally::{Noted, Omitted};
use crate::{Client, Context, Flows, USER};

/// What failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failed {
    /// A sign-in, by password or by second factor.
    SignIn,
    /// A proof in a live session.
    Proof,
}

impl Flows {
    /// Records a failed sign-in to an account, or a failed proof in a session. The account is named by the key under
    /// which its attempts are counted. A failure to record changes nothing for the caller.
    pub(crate) async fn note_failure(&self, failed: Failed, reason: FailureReason, account: &str, context: &Context) {
        let address = context.client.address;
        let key = format!("{failed:?} {reason:?} {account} {address:?}");
        let noted = self.sign_in_failures.note(&key, address, self.environment.now());
        if noted.is_nothing() {
            return;
        }
        if let Err(error) = self.write_failure(failed, reason, account, context, noted).await {
            tracing::error!(%error, "a failed sign-in could not be recorded");
        }
    }

    async fn write_failure(
        &self,
        failed: Failed,
        reason: FailureReason,
        account: &str,
        context: &Context,
        noted: Noted,
    ) -> Result<(), Error> {
        let owner = self.auth.find_owner_of_account(&self.database, account).await?;
        let is_unknown = owner.is_none() && reason == FailureReason::WrongPassword;
        let reason = if is_unknown { FailureReason::UnknownAccount } else { reason };
        let account = match &owner {
            Some(owner) => owner.actor_id.clone(),
            None => format!("unknown:{}", self.pseudonym(account)),
        };
        let (action, message) = match failed {
            Failed::SignIn => (Action::SignInFailed, "sign-in failed"),
            Failed::Proof => (Action::ProofFailed, "proof failed"),
        };
        if noted.line {
            let client = LogAddress(context.client.address);
            tracing::warn!(target: "vestibule::sign_in", %client, reason = reason.as_str(), %account, "{message}");
        }
        log_omitted(noted.omitted);
        if noted.row.is_none() && noted.omitted.rows == 0 {
            return Ok(());
        }
        let kind = match &owner {
            Some(owner) if owner.actor_type == USER => "user",
            Some(_) => "actor",
            None => "account",
        };
        self.write_counted(action, context, (kind, &account), json!({ "reason": reason }), noted).await
    }

    /// Records that a caller was refused a route or its effect.
    pub async fn note_refusal(&self, context: &Context, method: &str, route: &str, path: &str, code: Option<&str>) {
        let actor = context.actor.id().unwrap_or_default();
        let noted =
            self.refusals.note(&format!("{actor} {method} {route}"), context.client.address, self.environment.now());
        if noted.is_nothing() {
            return;
        }
        if noted.line {
            let client = LogAddress(context.client.address);
            tracing::warn!(target: "vestibule::access", %client, actor, method, route, code, "request refused");
        }
        log_omitted(noted.omitted);
        let details = json!({ "method": method, "path": path.chars().take(256).collect::<String>(), "code": code });
        let target = format!("{method} {route}");
        if let Err(error) =
            self.write_counted(Action::RequestRefused, context, ("route", &target), details, noted).await
        {
            tracing::error!(%error, "a refused request could not be recorded");
        }
    }

    /// Writes the entries that are due: one for this failure, and one for those that exceeded the limit.
    async fn write_counted(
        &self,
        action: Action,
        context: &Context,
        target: (&'static str, &str),
        details: serde_json::Value,
        noted: Noted,
    ) -> Result<(), Error> {
        transaction!(self.database, |transaction| {
            if noted.omitted.rows > 0 {
                let after = json!({ "count": noted.omitted.rows });
                let anonymous = Context::anonymous(Client::default());
                self.record(transaction, &anonymous, action.clone(), (target.0, "others"), None, Some(after)).await?;
            }
            if let Some(count) = noted.row {
                let mut after = details.clone();
                if let Some(fields) = after.as_object_mut() {
                    fields.insert("count".to_owned(), count.into());
                }
                self.record(transaction, context, action.clone(), target, None, Some(after)).await?;
            }
            Ok(())
        })
    }

    fn pseudonym(&self, account: &str) -> String {
        let hash = self.auth.derive("account in the log", account);
        hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }
}

fn log_omitted(omitted: Omitted) {
    let Omitted { rows, lines } = omitted;
    if rows > 0 || lines > 0 {
        tracing::warn!(target: "vestibule::sign_in", rows, lines, "more was refused in the last minute than is recorded");
    }
}

/// A client address in the log.
struct LogAddress(Option<IpAddr>);

impl std::fmt::Display for LogAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(address) => address.to_canonical().fmt(f),
            None => f.write_str("unknown"),
        }
    }
}
