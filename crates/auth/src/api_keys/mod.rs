//! API keys: how programs sign in.
//!
//! A key is 256 random bits, returned once, when it is created; the database holds a hash of it. Guessing is hopeless,
//! so the hash is a plain one and a key is found by it, in one indexed lookup.
//!
//! Publishable keys are stored beside them for Medusa's clients: they are not secret, and grant nothing.
//!
//! Not here: what a key may do. It has roles as a user has, by its id.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! # database.migrate(&[vestibule_outbox::MIGRATIONS, vestibule_auth::MIGRATIONS]).await?;
//! # let options = vestibule_auth::AuthOptions::new(vestibule_core::SigningKey::new(b"a secret of at least 32 random bytes"));
//! # let passwords = vestibule_auth::Passwords::start(vestibule_auth::PasswordConfig::fast_for_tests())?;
//! # let environment = vestibule_core::Environment::system();
//! # let auth = vestibule_auth::AuthModule::new(database.clone(), environment, options, passwords);
//! use vestibule_auth::CreateApiKey;
//!
//! let create = CreateApiKey { title: "Import of the library".to_owned(), ..CreateApiKey::default() };
//! let created = auth.create_api_key(&create).await?;
//! // Shown once. Afterwards only its redacted form is known.
//! let token = created.token.reveal();
//! let found = auth.find_api_key_by_token(&database, token).await?;
//! assert_eq!(found.map(|key| (key.id, key.token)), Some((created.key.id, String::new())));
//! # Ok(())
//! # }
//! ```

mod adopt;
mod create;
mod delete;
mod find;
mod kind;
mod list;
mod retrieve;
mod revoke;
pub(crate) mod title;
mod token;
mod touch;
mod update;

use serde::Serialize;
use vestibule_core::Timestamp;
use vestibule_database::FromRow;
use vestibule_database::list::Table;
use vestibule_database::search::Searched;

pub use self::create::{CreateApiKey, CreateApiKeyError, CreatedApiKey};
pub use self::delete::DeleteApiKeyError;
pub use self::kind::{ApiKeyKind, NoSalesChannels};
pub use self::retrieve::RetrieveApiKeyError;
pub use self::revoke::RevokeApiKeyError;
pub use self::title::InvalidTitle;
pub use self::token::{ApiKeyToken, api_key_hash, scim_key_hash};
pub use self::update::UpdateApiKeyError;

vestibule_core::id!(
    /// An API key.
    ApiKeyId,
    "apk"
);

vestibule_core::fields!(
    /// The fields of an [`ApiKey`], and `roles`, which the flows add to them.
    ApiKeyField {
        Id: "id" as Text,
        Token: "token" as Derived,
        Redacted: "redacted" as Text,
        Title: "title" as Text,
        Type: "type" as Text,
        Roles: "roles" as Derived,
        SalesChannels: "sales_channels" as Derived,
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

/// A key, without its secret. Serialized as the reference does.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ApiKeyAlone))]
#[row(columns = columns)]
pub struct ApiKey {
    /// The id.
    pub id: ApiKeyId,
    /// The token of a publishable key. That of a secret key is empty, except in the response that creates it.
    #[row(column = "publishable_token", default)]
    pub token: String,
    /// The visible part of the key, to tell it from others: `sk_1a2***f0e`.
    pub redacted: String,
    /// The title.
    pub title: String,
    /// `secret`, `scim` for a directory, or `publishable`, which gives no access.
    #[serde(rename = "type")]
    #[row(column = "type", with = ApiKeyKind::read)]
    pub kind: ApiKeyKind,
    /// When it was last used, to the minute or so.
    pub last_used_at: Option<Timestamp>,
    /// The user or the API key that created it.
    pub created_by: Option<String>,
    /// Who revoked it.
    pub revoked_by: Option<String>,
    /// When it is revoked. May be in the future: until then the key works.
    pub revoked_at: Option<Timestamp>,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was soft-deleted.
    pub deleted_at: Option<Timestamp>,
    /// Always empty.
    #[row(skip)]
    pub sales_channels: NoSalesChannels,
}

const TABLE: Table = Table { name: "auth_api_keys", columns: columns!(), searched: Some(SEARCHED) };

/// What a search of keys covers.
pub const SEARCHED: Searched = Searched { table: "auth_api_keys", columns: &["title", "redacted"], is_indexed: false };

impl ApiKey {
    /// Whether it is neither revoked nor expired at `now`. A publishable key grants nothing even so.
    pub fn is_good(&self, now: Timestamp) -> bool {
        let ahead = |time: Option<Timestamp>| time.is_none_or(|time| time > now);
        self.deleted_at.is_none() && ahead(self.revoked_at) && ahead(self.expires_at)
    }
}
