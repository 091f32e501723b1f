//! `/admin/audit`.

pub(crate) mod export;
pub(crate) mod list;
pub(crate) mod retrieve;

use vestibule_audit::AuditField;

use crate::request::Listing;

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
