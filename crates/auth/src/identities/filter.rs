//! Filters of identities, and the fields by which lists of them are sorted.

use serde_json::{Map, Value as Json};
use vestibule_core::EmailAddress;
use vestibule_database::Engine;
use vestibule_database::list::{Conditions, Table};

use super::{AuthIdentityId, ProviderIdentityId, actor_type_of, provider_columns};

vestibule_core::fields!(
    /// The fields of an [`AuthIdentity`](super::AuthIdentity).
    AuthIdentityField {
        Id: "id" as Text,
        AppMetadata: "app_metadata" as Json,
        CreatedAt: "created_at" as Time,
        UpdatedAt: "updated_at" as Time,
    }
);

vestibule_core::fields!(
    /// The fields of a [`ProviderIdentity`](super::ProviderIdentity).
    ProviderIdentityField {
        Id: "id" as Text,
        AuthIdentityId: "auth_identity_id" as Text,
        Provider: "provider" as Text,
        EntityId: "entity_id" as Text,
        UserMetadata: "user_metadata" as Json,
        CreatedAt: "created_at" as Time,
        UpdatedAt: "updated_at" as Time,
    }
);

pub(super) const IDENTITIES: Table = Table {
    name: "(SELECT id, app_metadata, expires_at, created_at, updated_at, NULL AS deleted_at FROM auth_identities)
           AS auth_identities",
    columns: "id, app_metadata, expires_at, created_at, updated_at",
    searched: None,
};

pub(super) const PROVIDER_IDENTITIES: Table = Table {
    name: concat!(
        "(SELECT ",
        provider_columns!(),
        ", NULL AS deleted_at FROM provider_identities) AS provider_identities"
    ),
    columns: provider_columns!(),
    searched: None,
};

/// A filter of identities: all given conditions must hold. The reference's `FilterableAuthIdentityProps`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AuthIdentityFilter {
    /// They have one of these ids.
    pub ids: Option<Vec<AuthIdentityId>>,
    /// They have a provider identity of this provider.
    pub provider: Option<String>,
    /// They have a provider identity with this entity id, in any spelling if it is an e-mail address. With `provider`,
    /// one provider identity has both.
    pub entity_id: Option<String>,
    /// Their app metadata has these values under these keys; `null` is a missing key. `user_id` and the like find the
    /// identities of an actor.
    pub app_metadata: Map<String, Json>,
    /// All of these hold as well: the reference's `$and`.
    pub all: Vec<Self>,
    /// One of these holds as well, if there are any: the reference's `$or`.
    pub any: Vec<Self>,
}

impl AuthIdentityFilter {
    /// All identities.
    pub fn everything() -> Self {
        Self::default()
    }

    /// The identities of an actor: `of_actor("user", id)`.
    pub fn of_actor(actor_type: &str, actor_id: &str) -> Self {
        let owner = (super::actor_key(actor_type), Json::String(actor_id.to_owned()));
        Self { app_metadata: [owner].into_iter().collect(), ..Self::default() }
    }

    /// The identities with this entity id of a provider.
    pub fn of_entity(provider: &str, entity_id: &str) -> Self {
        Self { provider: Some(provider.to_owned()), entity_id: Some(entity_id.to_owned()), ..Self::default() }
    }

    pub(super) fn conditions(&self, engine: Engine) -> Conditions {
        let mut conditions = Conditions::new(engine);
        self.write(&mut conditions);
        conditions
    }

    fn write(&self, conditions: &mut Conditions) {
        if let Some(ids) = &self.ids {
            conditions.and_in("id", ids.iter().copied());
        }
        let mut part = Vec::new();
        if let Some(provider) = &self.provider {
            part.push(format!("provider = {}", conditions.bind(text(provider))));
        }
        if let Some(entity_id) = &self.entity_id {
            part.push(format!("entity_canonical = {}", conditions.bind(canonical(entity_id))));
        }
        if !part.is_empty() {
            let part = part.join(" AND ");
            conditions.and(&format!("id IN (SELECT auth_identity_id FROM provider_identities WHERE {part})"));
        }
        for (key, value) in &self.app_metadata {
            match (actor_type_of(key), value) {
                (Some(actor_type), Json::String(actor_id)) if !actor_id.is_empty() => {
                    let (actor_type, actor_id) = (conditions.bind(text(actor_type)), conditions.bind(text(actor_id)));
                    conditions.and(&format!(
                        "id IN (SELECT auth_identity_id FROM auth_identity_actors
                                WHERE actor_type = {actor_type} AND actor_id = {actor_id})"
                    ));
                }
                (Some(actor_type), _) => {
                    let actor_type = conditions.bind(text(actor_type));
                    conditions.and(&format!(
                        "id NOT IN (SELECT auth_identity_id FROM auth_identity_actors WHERE actor_type = {actor_type})"
                    ));
                    conditions.and_key("app_metadata", key, value);
                }
                (None, _) => conditions.and_key("app_metadata", key, value),
            }
        }
        self.all.iter().for_each(|filter| filter.write(conditions));
        conditions.and_any(&self.any, Self::write);
    }
}

/// A filter of provider identities: all given conditions must hold. The reference's `FilterableProviderIdentityProps`.
#[derive(Clone, PartialEq, Default)]
pub struct ProviderIdentityFilter {
    /// They have one of these ids.
    pub ids: Option<Vec<ProviderIdentityId>>,
    /// They have this entity id, in any spelling if it is an e-mail address.
    pub entity_id: Option<String>,
    /// They are part of this identity.
    pub auth_identity_id: Option<AuthIdentityId>,
    /// They are of this provider.
    pub provider: Option<String>,
    /// The provider metadata has these values under these keys; `null` is a missing key.
    pub provider_metadata: Map<String, Json>,
    /// The user metadata has these values under these keys; `null` is a missing key.
    pub user_metadata: Map<String, Json>,
    /// All of these hold as well: the reference's `$and`.
    pub all: Vec<Self>,
    /// One of these holds as well, if there are any: the reference's `$or`.
    pub any: Vec<Self>,
}

/// Printed without the provider metadata, which may contain a hash.
impl std::fmt::Debug for ProviderIdentityFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderIdentityFilter")
            .field("ids", &self.ids)
            .field("entity_id", &self.entity_id)
            .field("auth_identity_id", &self.auth_identity_id)
            .field("provider", &self.provider)
            .field("all", &self.all)
            .field("any", &self.any)
            .finish_non_exhaustive()
    }
}

impl ProviderIdentityFilter {
    /// All provider identities.
    pub fn everything() -> Self {
        Self::default()
    }

    /// The parts of this identity.
    pub fn of(identity: AuthIdentityId) -> Self {
        Self { auth_identity_id: Some(identity), ..Self::default() }
    }

    pub(super) fn conditions(&self, engine: Engine) -> Conditions {
        let mut conditions = Conditions::new(engine);
        self.write(&mut conditions);
        conditions
    }

    fn write(&self, conditions: &mut Conditions) {
        if let Some(ids) = &self.ids {
            conditions.and_in("id", ids.iter().copied());
        }
        if let Some(entity_id) = &self.entity_id {
            conditions.and_in("entity_canonical", [canonical(entity_id)]);
        }
        if let Some(identity) = self.auth_identity_id {
            conditions.and_in("auth_identity_id", [identity]);
        }
        if let Some(provider) = &self.provider {
            conditions.and_in("provider", [text(provider)]);
        }
        for (column, metadata) in
            [("provider_metadata", &self.provider_metadata), ("user_metadata", &self.user_metadata)]
        {
            for (key, value) in metadata {
                conditions.and_key(column, key, value);
            }
        }
        self.all.iter().for_each(|filter| filter.write(conditions));
        conditions.and_any(&self.any, Self::write);
    }
}

fn canonical(entity_id: &str) -> String {
    text(&EmailAddress::canonical_or_text(entity_id))
}

/// The text, without NUL: no stored text has one, and PostgreSQL accepts none.
fn text(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
