//! The names under which things are sent: `{ "user": … }`, `{ "users": [ … ], "count": …, "offset": …, "limit": … }`.

use utoipa::ToSchema;
use vestibule_audit::Entry;
use vestibule_auth::api_keys::CreatedApiKey;
use vestibule_auth::mfa::MfaFactor;
use vestibule_auth::verification::Verification;
use vestibule_auth::{ApiKey, SessionView};
use vestibule_flows::WithRoles;
use vestibule_notify::{Delivery, Webhook, WebhookWithSecret};
use vestibule_rbac::{Policy, Role, RolePolicy};
use vestibule_user::{Invite, User};

use crate::admin::rbac::explain::Explanation;
use crate::admin::rbac::policies::assignable::AssignablePolicy;
use crate::admin::rbac::policies::roles::RoleOfPolicy;
use crate::admin::rbac::roles::assignable::AssignableRole;

/// A thing that is sent under a name of its own.
pub(crate) trait Resource: ToSchema {
    /// The name of one.
    const ONE: &'static str;
    /// The name of several.
    const MANY: &'static str;
    /// The name of a page of them in the OpenAPI document.
    const PAGE: &'static str;
    /// Whether its pages are read by cursor.
    const BY_CURSOR: bool = false;
}

macro_rules! resources {
    ($($type:ty: $one:literal, $many:literal, $page:literal $(, by_cursor = $by_cursor:literal)?;)+) => {
        $(impl Resource for $type {
            const ONE: &'static str = $one;
            const MANY: &'static str = $many;
            const PAGE: &'static str = $page;
            $(const BY_CURSOR: bool = $by_cursor;)?
        })+
    };
}

resources! {
    User: "user", "users", "Users", by_cursor = true;
    Invite: "invite", "invites", "Invites", by_cursor = true;
    Role: "role", "roles", "Roles";
    AssignableRole: "role", "roles", "AssignableRoles";
    RoleOfPolicy: "role", "roles", "RolesOfPolicy";
    Policy: "policy", "policies", "Policies";
    AssignablePolicy: "policy", "policies", "AssignablePolicies";
    RolePolicy: "policy", "policies", "RolePolicies";
    Explanation: "explanation", "explanations", "Explanations";
    WithRoles<ApiKey>: "api_key", "api_keys", "ApiKeys";
    WithRoles<CreatedApiKey>: "api_key", "api_keys", "ApiKeys";
    Entry: "audit_entry", "audit_entries", "AuditEntries", by_cursor = true;
    Webhook: "webhook", "webhooks", "Webhooks";
    WebhookWithSecret: "webhook", "webhooks", "WebhooksWithSecrets";
    Delivery: "delivery", "deliveries", "Deliveries", by_cursor = true;
    SessionView: "session", "sessions", "Sessions";
    MfaFactor: "mfa_factor", "mfa_factors", "MfaFactors";
    Verification: "verification", "verifications", "Verifications";
}
