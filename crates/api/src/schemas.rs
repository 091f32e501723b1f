//! The forms of answers, for the OpenAPI document alone. A test holds them against what is really answered.
//!
//! Here is what many routes share; the rest is in a file for each resource.

#![expect(dead_code, reason = "their fields are read by the OpenAPI document")]

mod api_keys;
mod audit;
mod auth;
mod invites;
mod mfa;
pub(crate) mod roles;
mod sessions;
mod users;
pub(crate) mod webhooks;

use utoipa::{IntoParams, ToSchema};

pub(crate) use api_keys::{ApiKeys, KindParameter, OneApiKey};
pub(crate) use audit::{AuditEntries, AuditEntry, AuditParameters, OneAuditEntry};
pub(crate) use auth::{
    ConfirmedVerification, Credentials, IdentityReference, NewPassword, OneVerification, ProvedSession, ProviderNames,
    Providers, SessionUser, SignedIn, Token,
};
pub(crate) use invites::{AcceptedInvite, Invite, InvitePreview, Invites, OneInvite, StateParameter};
pub(crate) use mfa::{MfaChallenge, MfaFactors, OneMfaFactor, RecoveryCodes, StartedMfa};
pub(crate) use sessions::{EndedSessions, Sessions};
pub(crate) use users::{CreatedUser, FailedAttempts, KeysParameter, OneUser, User, Users};

#[derive(ToSchema)]
pub(crate) struct Deleted {
    id: String,
    #[schema(example = "user")]
    object: String,
    #[schema(example = true)]
    deleted: bool,
}

#[derive(ToSchema)]
pub(crate) struct Success {
    #[schema(example = true)]
    success: bool,
}

#[derive(ToSchema)]
pub(crate) struct Ready {
    #[schema(example = "ready")]
    status: String,
}

/// What went wrong.
#[derive(ToSchema)]
pub(crate) struct Error {
    /// The kind: `invalid_data`, `not_allowed`, `unauthorized`, `forbidden`, `not_found`, `conflict`,
    /// `duplicate_error`, `too_many_requests`, `unavailable` or `unknown_error`. Absent where nobody is signed in.
    #[schema(rename = "type", example = "invalid_data", required = false, nullable = false)]
    kind: Option<String>,
    /// Where programs have to tell errors of one kind apart: `invite_expired`, ….
    #[schema(required = false, nullable = false)]
    code: Option<String>,
    /// What happened, and what to do, for people.
    message: String,
    /// The same in better words, where `message` is a sentence that clients compare.
    #[schema(required = false, nullable = false)]
    hint: Option<String>,
}

/// Nobody is signed in.
#[derive(ToSchema)]
pub(crate) struct Unauthorized {
    #[schema(example = "Unauthorized")]
    message: String,
}

/// What is shown.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FieldsParameter {
    /// `id,email` shows these alone, `+metadata` adds, `-metadata` takes away.
    #[param(required = false)]
    fields: String,
}

/// Which of the rows that match.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageParameters {
    /// How many rows at most.
    #[param(required = false, minimum = 0, example = 50)]
    limit: u64,
    /// How many rows are passed over.
    #[param(required = false, minimum = 0)]
    offset: u64,
    /// `created_at`, `-action`; several separated by commas.
    #[param(required = false)]
    order: String,
}

/// Which rows of those that match, and what is shown of them. Beside these, every field of the answer can be compared:
/// `email=…`, `id[]=…`, `created_at[$gt]=…` with `$eq`, `$ne`, `$in`, `$nin`, `$gt`, `$gte`, `$lt`, `$lte`, `$like` and
/// `$ilike`, and conditions joined by `$and[0][…]`, `$or[0][…]` and `$not[…]`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListParameters {
    /// Words, each of which must be part of a text field, capitals aside.
    #[param(required = false)]
    q: String,
    /// How many rows at most.
    #[param(required = false, minimum = 0, example = 50)]
    limit: u64,
    /// How many rows are passed over.
    #[param(required = false, minimum = 0)]
    offset: u64,
    /// `email`, `-created_at`; several separated by commas.
    #[param(required = false)]
    order: String,
    /// `id,email` shows these alone, `+metadata` adds, `-metadata` takes away.
    #[param(required = false)]
    fields: String,
    /// Whether soft-deleted rows are found as well.
    #[param(required = false)]
    with_deleted: bool,
}
