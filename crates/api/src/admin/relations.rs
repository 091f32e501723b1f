//! The selected fields of a thing, with the related things that `fields` names.
//!
//! Callers get of a relation what they could read on its own route. A relation that they may not read is left out, like an
//! unknown name.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;
use vestibule_core::{Field, Metadata, Selection, Timestamp};
use vestibule_database::Error;
use vestibule_rbac::{HeldPolicy, Permissions, PolicyId, Role, RoleId};

use crate::request::{Kind, Query, Relation, Relations};
use crate::resources::Resource;
use crate::respond::{Many, Numbers, One, Reply, Selected};
use crate::{batches, respond};
use vestibule_web::State;

/// The most users of a role in a response; the list of its users has them all, page by page.
const MOST_USERS: u64 = 100;

/// The selected fields and relations of things of one kind, as far as the caller may read them.
pub(in crate::admin) struct Projection<F> {
    selection: Selection<F>,
    relations: Relations,
    reader: Reader,
}

/// What a caller may read.
#[derive(Clone, Copy)]
struct Reader {
    roles: bool,
    users: bool,
}

impl<F: Field> Projection<F> {
    /// Reads the selection, as far as these permissions allow.
    pub(in crate::admin) fn of(query: &Query, kind: Kind, selection: Selection<F>, permissions: &Permissions) -> Self {
        let reader = Reader { roles: permissions.allows("rbac_role:read"), users: permissions.allows("user:read") };
        Self { selection, relations: Relation::read(query, kind), reader }
    }

    /// Reads the selection for the caller's own user, who may always read their roles and policies.
    pub(in crate::admin) fn own(query: &Query, selection: Selection<F>, permissions: &Permissions) -> Self {
        let reader = Reader { roles: true, users: permissions.allows("user:read") };
        Self { selection, relations: Relation::read(query, Kind::User), reader }
    }

    /// Responds `{ name: thing }`.
    pub(in crate::admin) async fn one<T: Resource + Serialize>(&self, state: &State, thing: &T) -> Reply<One<T>> {
        if self.relations.is_empty() {
            return Ok(respond::one(thing, &self.selection));
        }
        let mut things = [object(json!(thing))];
        self.attach(state, &mut things).await?;
        let [thing] = &things;
        Ok(respond::one_of(&Selected { thing, selection: &self.selection }))
    }

    /// Responds `{ name: things, count, offset, limit }`.
    pub(in crate::admin) async fn page<T: Resource + Serialize>(
        &self,
        state: &State,
        things: &[T],
        numbers: impl Into<Numbers>,
    ) -> Reply<Many<T>> {
        if self.relations.is_empty() {
            return Ok(respond::page(things, &self.selection, numbers));
        }
        let mut things: Vec<_> = things.iter().map(|thing| object(json!(thing))).collect();
        self.attach(state, &mut things).await?;
        let selected: Vec<_> = things.iter().map(|thing| Selected { thing, selection: &self.selection }).collect();
        Ok(respond::many_of(&selected, numbers))
    }

    /// Responds `{ name: things, count, offset, limit }` with the things of these ids, which `read` returns a few at a time,
    /// in any order.
    pub(in crate::admin) async fn batches<T, R, G>(
        self,
        state: &State,
        ids: &[String],
        numbers: impl Into<Numbers>,
        read: R,
    ) -> Reply<Many<T>>
    where
        T: Resource + Serialize + Send,
        R: Fn(State, Vec<String>) -> G,
        R: Send + Sync + 'static,
        G: Future<Output = Result<Vec<T>, Error>> + Send + 'static,
        F: Send + Sync + 'static,
    {
        let shared = Arc::new((self, state.clone(), read));
        let write = move |ids: Vec<String>| {
            let shared = Arc::clone(&shared);
            async move {
                let (projection, state, read) = &*shared;
                let things = read(state.clone(), ids).await?;
                let mut things: Vec<_> = things.iter().map(|thing| object(json!(thing))).collect();
                projection.attach(state, &mut things).await?;
                Ok(batches::write(&things, &projection.selection, id))
            }
        };
        batches::respond(ids, numbers, write).await
    }

    async fn attach(&self, state: &State, things: &mut [Map<String, Json>]) -> Result<(), Error> {
        self.reader.attach(state, &self.relations, things).await
    }
}

impl Reader {
    /// Adds the relations to each thing.
    fn attach<'a>(
        self,
        state: &'a State,
        relations: &'a Relations,
        things: &'a mut [Map<String, Json>],
    ) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>> {
        Box::pin(async move {
            for (name, (kind, relation)) in relations {
                let may_read = match kind {
                    Kind::User => self.users,
                    _ => self.roles,
                };
                if !may_read {
                    continue;
                }
                let related = related(state, name, things).await?;
                self.attach_one(state, name, relation, related, things).await?;
            }
            Ok(())
        })
    }

    /// Adds one relation. What several things share is read once.
    async fn attach_one(
        self,
        state: &State,
        name: &str,
        relation: &Relation,
        related: Vec<Vec<Map<String, Json>>>,
        things: &mut [Map<String, Json>],
    ) -> Result<(), Error> {
        let mut all = related;
        if !relation.relations().is_empty() {
            let mut positions: HashMap<String, usize> = HashMap::new();
            let mut unique: Vec<Map<String, Json>> = Vec::new();
            for thing in all.iter().flatten() {
                positions.entry(id(thing)).or_insert_with(|| {
                    unique.push(thing.clone());
                    unique.len() - 1
                });
            }
            self.attach(state, relation.relations(), &mut unique).await?;
            for thing in all.iter_mut().flatten() {
                let found = positions.get(&id(thing)).and_then(|position| unique.get(*position));
                for name in relation.relations().keys() {
                    if let Some(value) = found.and_then(|found| found.get(*name)) {
                        thing.insert((*name).to_owned(), value.clone());
                    }
                }
            }
        }
        for (thing, mut related) in things.iter_mut().zip(all) {
            related.iter_mut().for_each(|thing| relation.apply(thing));
            thing.insert(name.to_owned(), related.into_iter().map(Json::Object).collect());
        }
        Ok(())
    }
}

/// A policy of a role. It has no `deleted_at`, as in the reference.
#[derive(Serialize, ToSchema)]
#[schema(as = HeldPolicy)]
pub(crate) struct PolicyOfRole {
    id: PolicyId,
    #[schema(example = "user:read")]
    key: String,
    resource: String,
    operation: String,
    name: Option<String>,
    description: Option<String>,
    metadata: Option<Metadata>,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// The ancestor from which the role inherits it; null for its own.
    inherited_from_role_id: Option<RoleId>,
}

impl From<HeldPolicy> for PolicyOfRole {
    fn from(HeldPolicy { policy, inherited_from }: HeldPolicy) -> Self {
        Self {
            id: policy.id,
            key: policy.key,
            resource: policy.resource,
            operation: policy.operation,
            name: policy.name,
            description: policy.description,
            metadata: policy.metadata,
            created_at: policy.created_at,
            updated_at: policy.updated_at,
            inherited_from_role_id: inherited_from,
        }
    }
}

/// Returns the things of a relation, for each thing.
async fn related(
    state: &State,
    name: &str,
    things: &[Map<String, Json>],
) -> Result<Vec<Vec<Map<String, Json>>>, Error> {
    let ids: Vec<String> = things.iter().map(id).collect();
    let (rbac, database) = (state.flows.rbac(), state.flows.database());
    if name == "rbac_roles" {
        let mut roles: HashMap<String, Vec<Role>> = rbac.roles_of_each(database, &ids).await?;
        let roles_of =
            |id: &String| roles.remove(id).unwrap_or_default().iter().map(|role| object(json!(role))).collect();
        return Ok(ids.iter().map(roles_of).collect());
    }
    let mut all = Vec::with_capacity(ids.len());
    for id in &ids {
        // Only roles have these relations.
        let Ok(role) = id.parse::<RoleId>() else {
            all.push(Vec::new());
            continue;
        };
        all.push(match name {
            "policies" => {
                let held = rbac.list_policies_for_role(database, &role).await?;
                held.into_iter().map(|held| object(json!(PolicyOfRole::from(held)))).collect()
            }
            "parents" => rbac.parents_of_role(database, &role).await?.iter().map(|role| object(json!(role))).collect(),
            "users" => {
                let (users, _) = state.flows.list_and_count_users_of_role(&role, None, 0, MOST_USERS).await?;
                users.iter().map(|user| object(json!(user))).collect()
            }
            _ => Vec::new(),
        });
    }
    Ok(all)
}

fn id(thing: &Map<String, Json>) -> String {
    thing.get("id").and_then(Json::as_str).unwrap_or_default().to_owned()
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(object) => object,
        _ => Map::new(),
    }
}
