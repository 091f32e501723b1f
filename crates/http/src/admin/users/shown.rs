//! What is shown of users: their fields, and their roles where those are asked for (`fields=*rbac_roles`).

use axum::response::Response;
use serde::Serialize;
use serde_json::{Value as Json, json};
use vestibule_core::Selection;
use vestibule_database::Error;
use vestibule_rbac::{Permissions, Role};
use vestibule_user::{User, UserField};

use crate::api::State;
use crate::request::{Query, Relation};
use crate::respond;

/// What is asked for, as far as it may be seen.
pub(in crate::admin) struct Shown {
    selection: Selection<UserField>,
    roles: Option<Relation>,
}

/// A user with his roles.
#[derive(Serialize)]
struct WithRoles<'a> {
    #[serde(flatten)]
    user: &'a User,
    rbac_roles: Vec<Json>,
}

impl<'a> WithRoles<'a> {
    fn of(user: &'a User, roles: &[Role], relation: &Relation) -> Self {
        let shown = |role: &Role| {
            let mut role = json!(role);
            if let Json::Object(fields) = &mut role {
                relation.apply(fields);
            }
            role
        };
        Self { user, rbac_roles: roles.iter().map(shown).collect() }
    }
}

impl Shown {
    /// What somebody may see of others. To whoever may not read roles, they are a name like any other that is not there.
    pub(in crate::admin) fn of(query: &Query, selection: Selection<UserField>, permissions: &Permissions) -> Self {
        let shown = Self::own(query, selection);
        if permissions.allows("rbac_role:read") { shown } else { Self { roles: None, ..shown } }
    }

    /// What somebody may see of himself: which roles he has is no secret from him.
    pub(in crate::admin) fn own(query: &Query, selection: Selection<UserField>) -> Self {
        Self { selection, roles: Relation::of(query, "rbac_roles") }
    }

    /// `{ user }`
    pub(in crate::admin) async fn one(&self, state: &State, user: &User) -> Result<Response, Error> {
        let Some(relation) = &self.roles else {
            return Ok(respond::one("user", user, &self.selection));
        };
        let roles = state.flows.rbac().roles_of(state.flows.database(), &user.id.to_string()).await?;
        Ok(respond::one("user", &WithRoles::of(user, &roles, relation), &self.selection))
    }

    /// `{ users, count, offset, limit }`
    pub(in crate::admin) async fn page(
        &self,
        state: &State,
        users: &[User],
        numbers: (u64, u64, u64),
    ) -> Result<Response, Error> {
        let Some(relation) = &self.roles else {
            return Ok(respond::page("users", users, &self.selection, numbers));
        };
        // By one query for all of the page.
        let ids: Vec<String> = users.iter().map(|user| user.id.to_string()).collect();
        let roles = state.flows.rbac().roles_of_each(state.flows.database(), &ids).await?;
        let roles_of = |id: &String| roles.get(id).map(Vec::as_slice).unwrap_or_default();
        let users: Vec<WithRoles<'_>> =
            ids.iter().zip(users).map(|(id, user)| WithRoles::of(user, roles_of(id), relation)).collect();
        Ok(respond::page("users", &users, &self.selection, numbers))
    }
}
