//! The forms of responses, for the OpenAPI document only. A test compares them with real responses.
//!
//! Here are those that many routes share; the others are in a file for each resource.

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
    /// `duplicate_error`, `too_many_requests`, `unavailable` or `unknown_error`. Absent where no one is signed in.
    #[schema(rename = "type", example = "invalid_data", required = false, nullable = false)]
    kind: Option<String>,
    /// Distinguishes errors of one kind for programs: `invite_expired`, ….
    #[schema(required = false, nullable = false)]
    code: Option<String>,
    /// What happened, and what to do, for people.
    message: String,
    /// A better message, where clients compare `message`.
    #[schema(required = false, nullable = false)]
    hint: Option<String>,
}

/// No one is signed in.
#[derive(ToSchema)]
pub(crate) struct Unauthorized {
    #[schema(example = "Unauthorized")]
    message: String,
}

/// The fields of the response.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FieldsParameter {
    /// `id,email` selects only these, `+metadata` adds a field, `-metadata` removes one.
    #[param(required = false)]
    fields: String,
}

/// The page of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageParameters {
    /// The most rows to return.
    #[param(required = false, minimum = 0, example = 50)]
    limit: u64,
    /// How many rows to skip.
    #[param(required = false, minimum = 0)]
    offset: u64,
    /// The fields to sort by, separated by commas: `created_at`, `-action`.
    #[param(required = false)]
    order: String,
}

/// The page of a list, and its fields. Every field of the response can be compared as well:
/// `email=…`, `id[]=…`, `created_at[$gt]=…` with `$eq`, `$ne`, `$in`, `$nin`, `$gt`, `$gte`, `$lt`, `$lte`, `$like` and
/// `$ilike`, and conditions joined by `$and[0][…]`, `$or[0][…]` and `$not[…]`.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListParameters {
    /// Words, each of which must be part of a text field; case is ignored.
    #[param(required = false)]
    q: String,
    /// The most rows to return.
    #[param(required = false, minimum = 0, example = 50)]
    limit: u64,
    /// How many rows to skip.
    #[param(required = false, minimum = 0)]
    offset: u64,
    /// The fields to sort by, separated by commas: `email`, `-created_at`.
    #[param(required = false)]
    order: String,
    /// `id,email` selects only these, `+metadata` adds a field, `-metadata` removes one.
    #[param(required = false)]
    fields: String,
    /// Whether to include soft-deleted rows.
    #[param(required = false)]
    with_deleted: bool,
}
