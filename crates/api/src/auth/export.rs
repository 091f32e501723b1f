//! `GET /auth/export`, which the reference lacks: the caller's own data.

use http::HeaderValue;
use http::header::CONTENT_DISPOSITION;
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_audit::Entry;
use vestibule_auth::mfa::MfaFactor;
use vestibule_auth::verification::Verification;
use vestibule_auth::{ApiKey, SessionView};
use vestibule_core::Timestamp;
use vestibule_flows::OwnData;
use vestibule_user::{Invite, User};

use super::identities::LinkedIdentity;
use crate::openapi::describe;
use crate::respond::{self, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

/// What is stored of an account, without passwords and other secrets.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountExport {
    /// When it was exported.
    exported_at: Timestamp,
    /// The user; null if the account is none of the users.
    user: Option<User>,
    /// The ids of the user's roles.
    #[schema(example = json!(["role_editor"]))]
    roles: Vec<String>,
    /// The sign-in methods.
    identities: Vec<LinkedIdentity>,
    /// The second factors.
    factors: Vec<MfaFactor>,
    /// The addresses that were verified or are to be.
    verifications: Vec<Verification>,
    /// The live sessions, last used first, at most 10,000.
    sessions: Vec<SessionView>,
    /// The API keys that the user created and that still work.
    api_keys: Vec<CreatedKey>,
    /// The invites that became this user.
    invites: Vec<Invite>,
    /// What the user did and what was done to them, newest first, at most 10,000 entries. `before` and `after` are left out
    /// where others are concerned, and `address` and `user_agent` where others acted.
    audit_entries: Vec<Entry>,
}

/// An API key that the user created.
#[derive(Serialize, ToSchema)]
struct CreatedKey {
    /// The id.
    id: String,
    /// The name.
    title: String,
    /// The beginning and the end of the key.
    #[schema(example = "sk_1a2***f0e")]
    redacted: String,
    /// When it was created.
    created_at: Timestamp,
}

impl From<ApiKey> for CreatedKey {
    fn from(key: ApiKey) -> Self {
        Self { id: key.id.to_string(), title: key.title, redacted: key.redacted, created_at: key.created_at }
    }
}

impl AccountExport {
    fn new(data: OwnData, exported_at: Timestamp) -> Self {
        Self {
            exported_at,
            user: data.user,
            roles: data.roles.iter().map(ToString::to_string).collect(),
            identities: data.sign_in_methods.into_iter().map(Into::into).collect(),
            factors: data.factors,
            verifications: data.verifications,
            sessions: data.sessions,
            api_keys: data.api_keys.into_iter().map(Into::into).collect(),
            invites: data.invites,
            audit_entries: data.audit_entries,
        }
    }
}

/// Returns everything that is stored of the caller's account, apart from secrets and what is about other people. It needs a fresh proof of identity: see `/auth/proof`.
#[describe(operation("export_own_data", "auth").errors(["403"]))]
pub(crate) async fn export(state: State, caller: Authenticated) -> Reply<AccountExport> {
    let data = state.flows.export_own_data(&caller.caller, &caller.context).await?;
    let mut response = respond::json(&AccountExport::new(data, state.flows.environment().now()));
    let attachment = HeaderValue::from_static("attachment; filename=\"account.json\"");
    response.headers_mut().insert(CONTENT_DISPOSITION, attachment);
    Ok(response)
}
