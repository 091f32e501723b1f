//! `/admin/audit`.

pub(crate) mod export;
pub(crate) mod list;
pub(crate) mod retrieve;

use vestibule_audit::AuditField;

use crate::openapi::QueryParameter;
use crate::request::Listing;

/// The filters in the document. Each field can be compared in more ways: `action[]=…`, `action[$like]=user.%`,
/// `created_at[$gte]=…`, and conditions joined by `$and[0][…]`, `$or[0][…]` and `$not[…]`.
const FILTERS: &[QueryParameter] = &[
    QueryParameter::text("action", "What was done: `user.locked`, …."),
    QueryParameter::text("actor_type", "`user`, `api_key`, `identity`, `operator` or `nobody`."),
    QueryParameter::text("actor_id", "The id of the actor."),
    QueryParameter::text("target_type", "`user`, `invite`, `role`, …."),
    QueryParameter::text("target_id", "The id of the target."),
    QueryParameter::text("address", "The client address."),
    QueryParameter::text("request_id", "The id of the request."),
    QueryParameter::text("created_at", "The time of the entry."),
];

/// The filters of the list and of the export.
const LISTING: Listing<AuditField> = Listing {
    fields: &[
        AuditField::Id,
        AuditField::CreatedAt,
        AuditField::Action,
        AuditField::ActorType,
        AuditField::ActorId,
        AuditField::TargetType,
        AuditField::TargetId,
        AuditField::Address,
        AuditField::RequestId,
    ],
    search: false,
    limit: 50,
};
