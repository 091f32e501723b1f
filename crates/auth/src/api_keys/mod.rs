//! API keys: how programs come in.
//!
//! A key is 256 random bits, shown once, when it is made; the database holds a hash of it. Guessing is hopeless, so the
//! hash is a plain one and a key is found by it, in one indexed lookup.
//!
//! Not here: what a key may do. It has roles as a user has, by its id.

mod create;
mod delete;
mod find;
mod list;
mod retrieve;
mod revoke;
mod title;
mod token;
mod touch;
mod update;

use serde::{Serialize, Serializer};
use vestibule_core::Timestamp;
use vestibule_database::FromRow;
use vestibule_database::list::Table;

pub use self::create::{CreateApiKey, CreateApiKeyError, CreatedApiKey};
pub use self::delete::DeleteApiKeyError;
pub use self::retrieve::RetrieveApiKeyError;
pub use self::revoke::RevokeApiKeyError;
pub use self::title::InvalidTitle;
pub use self::token::{ApiKeyToken, api_key_hash};
pub use self::update::UpdateApiKeyError;

vestibule_core::id!(
    /// An API key.
    ApiKeyId,
    "apk"
);

vestibule_core::fields!(
    /// The fields of an [`ApiKey`], and `roles`, which whoever knows of roles adds to them.
    ApiKeyField {
        Id: "id" as Text,
        Token: "token" as Derived,
        Redacted: "redacted" as Text,
        Title: "title" as Text,
        Type: "type" as Derived,
        Roles: "roles" as Derived,
        LastUsedAt: "last_used_at" as Time,
        CreatedBy: "created_by" as Text,
        RevokedBy: "revoked_by" as Text,
        RevokedAt: "revoked_at" as Time,
        ExpiresAt: "expires_at" as Time,
        CreatedAt: "created_at" as Time,
        UpdatedAt: "updated_at" as Time,
        DeletedAt: "deleted_at" as Time,
    }
);

/// A key, without what opens doors. Serialized as the reference does.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow)]
pub struct ApiKey {
    /// The id.
    pub id: ApiKeyId,
    /// Nothing: as the reference shows a secret key's `token` after its making.
    #[serde(rename = "token")]
    #[row(skip)]
    pub hidden: Hidden,
    /// What is shown of the key, to tell it from others: `sk_1a2***f0e`.
    pub redacted: String,
    /// What it is for.
    pub title: String,
    /// `secret`: keys that are no secret do not concern users and sign-ins.
    #[serde(rename = "type")]
    #[row(skip)]
    pub kind: Secret,
    /// When it was last used, to the minute or so.
    pub last_used_at: Option<Timestamp>,
    /// The user, or the API key, that made it.
    pub created_by: Option<String>,
    /// Who revoked it.
    pub revoked_by: Option<String>,
    /// From when on it opens nothing because somebody wants it so. May lie ahead.
    pub revoked_at: Option<Timestamp>,
    /// From when on it opens nothing anyway.
    pub expires_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was soft-deleted.
    pub deleted_at: Option<Timestamp>,
}

/// What is not shown. Serialized as an empty text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hidden;

impl Serialize for Hidden {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("")
    }
}

/// The kind of every key. Serialized as `secret`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Secret;

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("secret")
    }
}

/// The columns of an [`ApiKey`], as a literal for `concat!`.
macro_rules! columns {
    () => {
        "id, redacted, title, last_used_at, created_by, revoked_by, revoked_at, expires_at, created_at, updated_at,
         deleted_at"
    };
}
use columns;

const TABLE: Table = Table { name: "auth_api_keys", columns: columns!() };

impl ApiKey {
    /// Whether it opens doors at `now`.
    pub fn is_good(&self, now: Timestamp) -> bool {
        let ahead = |time: Option<Timestamp>| time.is_none_or(|time| time > now);
        self.deleted_at.is_none() && ahead(self.revoked_at) && ahead(self.expires_at)
    }
}
