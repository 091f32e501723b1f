//! Identities, and the provider identities that they consist of.
//!
//! An [`AuthIdentity`] has been authenticated by at least one provider; each [`ProviderIdentity`] of it has a provider
//! and an entity id. Its app metadata names the owners: `user_id` for a user. Without an owner it is unclaimed, blocks
//! no one and expires.
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
//! use vestibule_auth::{CreateAuthIdentity, CreateProviderIdentity};
//!
//! let badge = CreateProviderIdentity::new("badge", "4711");
//! let create = CreateAuthIdentity { provider_identities: vec![badge], ..CreateAuthIdentity::default() };
//! let identity = auth.create_auth_identities(create).await?;
//! assert!(!identity.is_claimed());
//!
//! let mut transaction = database.begin().await?;
//! auth.claim_identity_within(&mut transaction, identity.id, "user", "user_01J…").await?;
//! transaction.commit().await?;
//! let identity = auth.retrieve_auth_identity(identity.id).await?;
//! assert_eq!((identity.entity_id(), identity.actor("user")), ("4711", Some("user_01J…")));
//! # Ok(())
//! # }
//! ```

mod claim;
mod create;
mod delete;
mod erase;
mod filter;
mod link;
mod pending_link;
mod release;
mod retrieve;
mod update;
mod update_part;

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value as Json};
use vestibule_core::{EmailAddress, Metadata, Timestamp};
use vestibule_database::{Connection, Error, FromRow, Row, Value, values};

pub use self::claim::{AccountOwner, ClaimError};
pub use self::create::{CreateAuthIdentity, CreateIdentitiesError, CreateProviderIdentity};
pub use self::filter::{AuthIdentityField, AuthIdentityFilter, ProviderIdentityField, ProviderIdentityFilter};
pub use self::link::{LinkError, UnlinkError};
pub use self::pending_link::PendingLink;
pub use self::retrieve::RetrieveIdentityError;
pub use self::update::{UpdateAuthIdentity, UpdateIdentitiesError};
pub use self::update_part::UpdateProviderIdentity;
use crate::providers::PROVEN_EMAIL;

vestibule_core::id!(
    /// An identity.
    AuthIdentityId,
    "authid"
);

vestibule_core::id!(
    /// A provider identity.
    ProviderIdentityId,
    "provid"
);

/// An authenticated identity. Serialized as the reference does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuthIdentity {
    /// The id.
    pub id: AuthIdentityId,
    /// The provider identities.
    pub provider_identities: Vec<ProviderIdentity>,
    /// The owners (`user_id`, …), and data of the embedding programs.
    pub app_metadata: Map<String, Json>,
    /// When it expires, while it is unclaimed.
    #[serde(skip)]
    pub expires_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl AuthIdentity {
    /// The first entity id: with `emailpass`, the address.
    pub fn entity_id(&self) -> &str {
        self.provider_identities.first().map_or("", |part| part.entity_id.as_str())
    }

    /// The entity id of this provider.
    pub fn provider_identity(&self, provider: &str) -> Option<&ProviderIdentity> {
        self.provider_identities.iter().find(|part| part.provider == provider)
    }

    /// The owner among actors of this type: `actor("user")` is the id of the user.
    pub fn actor(&self, actor_type: &str) -> Option<&str> {
        self.app_metadata.get(&actor_key(actor_type)).and_then(Json::as_str)
    }

    /// Whether it has an owner.
    pub fn is_claimed(&self) -> bool {
        self.expires_at.is_none()
    }
}

/// The key of the app metadata under which the reference keeps an actor's id.
pub(crate) fn actor_key(actor_type: &str) -> String {
    format!("{actor_type}_id")
}

/// The actor type of a key of the app metadata: `user` for `user_id`.
fn actor_type_of(key: &str) -> Option<&str> {
    key.strip_suffix("_id").filter(|actor_type| !actor_type.is_empty())
}

/// A provider identity. Serialized and printed without the provider metadata.
#[derive(Clone, PartialEq, Serialize)]
pub struct ProviderIdentity {
    /// The id.
    pub id: ProviderIdentityId,
    /// The identity that it is part of.
    pub auth_identity_id: AuthIdentityId,
    /// The provider.
    pub provider: String,
    /// The entity id, as it is displayed.
    pub entity_id: String,
    /// The same in the form in which it is compared.
    #[serde(skip)]
    pub entity_canonical: String,
    /// The provider's public data about the user, for programs.
    pub user_metadata: Option<Metadata>,
    /// The provider's private data.
    #[serde(skip)]
    pub provider_metadata: Map<String, Json>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When a session last began with it.
    #[serde(skip)]
    pub last_used_at: Option<Timestamp>,
}

impl ProviderIdentity {
    /// What the user knows the account by: the address that the provider states, or else the entity id.
    pub fn account(&self) -> &str {
        self.stated_email().unwrap_or(&self.entity_id)
    }

    /// The address that the provider states, proven or not.
    pub fn stated_email(&self) -> Option<&str> {
        self.user_metadata.as_ref()?.as_object().get("email")?.as_str()
    }

    /// The address that the provider has proved to be the user's; with `emailpass`, none.
    pub fn proven_email(&self) -> Option<EmailAddress> {
        self.provider_metadata.get(PROVEN_EMAIL)?.as_str()?.parse().ok()
    }
}

impl fmt::Debug for ProviderIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderIdentity")
            .field("id", &self.id)
            .field("auth_identity_id", &self.auth_identity_id)
            .field("provider", &self.provider)
            .field("entity_id", &self.entity_id)
            .finish_non_exhaustive()
    }
}

/// The columns of a [`ProviderIdentity`], as a literal for `concat!`.
macro_rules! provider_columns {
    () => {
        "id, auth_identity_id, provider, entity_id, entity_canonical, user_metadata, provider_metadata, created_at,
         updated_at, last_used_at"
    };
}
pub(crate) use provider_columns;

impl FromRow for ProviderIdentity {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let provider_metadata: Option<Json> = row.get_optional("provider_metadata")?;
        Ok(Self {
            id: row.get("id")?,
            auth_identity_id: row.get("auth_identity_id")?,
            provider: row.get("provider")?,
            entity_id: row.get("entity_id")?,
            entity_canonical: row.get("entity_canonical")?,
            user_metadata: row.get_optional("user_metadata")?,
            provider_metadata: provider_metadata.and_then(|json| json.as_object().cloned()).unwrap_or_default(),
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
            last_used_at: row.get_optional("last_used_at")?,
        })
    }
}

/// An identity without its parts.
impl FromRow for AuthIdentity {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let app_metadata: Json = row.get("app_metadata")?;
        Ok(Self {
            id: row.get("id")?,
            provider_identities: Vec::new(),
            app_metadata: app_metadata.as_object().cloned().unwrap_or_default(),
            expires_at: row.get_optional("expires_at")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

#[derive(FromRow)]
struct Actor {
    auth_identity_id: AuthIdentityId,
    actor_type: String,
    actor_id: String,
}

/// Reads an identity with its parts.
pub(crate) async fn find(
    connection: impl Into<Connection<'_>>,
    id: AuthIdentityId,
) -> Result<Option<AuthIdentity>, Error> {
    let mut connection = connection.into();
    let text = "SELECT id, app_metadata, expires_at, created_at, updated_at FROM auth_identities WHERE id = $1";
    let mut found: Vec<AuthIdentity> = connection.query(text, values![id]).await?;
    complete(connection, &mut found).await?;
    Ok(found.pop())
}

/// How many identities one statement completes.
const PORTION: usize = 500;

/// Adds their parts and their owners to identities.
async fn complete(mut connection: Connection<'_>, identities: &mut [AuthIdentity]) -> Result<(), Error> {
    for portion in identities.chunks_mut(PORTION) {
        let ids: Vec<Value> = portion.iter().map(|identity| identity.id.into()).collect();
        let list: Vec<String> = (1..=ids.len()).map(|number| format!("${number}")).collect();
        let list = list.join(", ");
        let text = format!(
            concat!(
                "SELECT ",
                provider_columns!(),
                " FROM provider_identities WHERE auth_identity_id IN ({}) ORDER BY id"
            ),
            list
        );
        for part in connection.query::<ProviderIdentity>(text, &ids).await? {
            if let Some(identity) = portion.iter_mut().find(|identity| identity.id == part.auth_identity_id) {
                identity.provider_identities.push(part);
            }
        }
        let text = format!(
            "SELECT auth_identity_id, actor_type, actor_id FROM auth_identity_actors WHERE auth_identity_id IN ({list})"
        );
        for actor in connection.query::<Actor>(text, &ids).await? {
            if let Some(identity) = portion.iter_mut().find(|identity| identity.id == actor.auth_identity_id) {
                identity.app_metadata.insert(actor_key(&actor.actor_type), Json::String(actor.actor_id));
            }
        }
    }
    Ok(())
}
