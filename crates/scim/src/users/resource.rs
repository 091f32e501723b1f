//! A user as SCIM shows it.

use serde_json::{Map, Value as Json, json};
use vestibule_rbac::Role;
use vestibule_user::directory::DirectoryUser;

use super::USERS;
use crate::attributes::Chosen;
use crate::call::Call;
use crate::error::ScimError;
use crate::groups::GROUPS;
use crate::{USER, version};

/// Writes users, with their groups below the ceiling of the key.
pub(super) async fn of_users(
    call: &Call,
    users: Vec<DirectoryUser>,
    chosen: &Chosen,
) -> Result<Vec<Map<String, Json>>, ScimError> {
    let mut groups = Default::default();
    if chosen.has("groups") {
        let ids: Vec<String> = users.iter().map(|user| user.user.id.to_string()).collect();
        groups = call.flows().rbac().roles_of_each(call.flows().database(), &ids).await?;
    }
    Ok(users
        .iter()
        .map(|user| {
            let groups = groups.remove(&user.user.id.to_string()).unwrap_or_default();
            write(call, user, &groups)
        })
        .collect())
}

fn write(call: &Call, user: &DirectoryUser, groups: &[Role]) -> Map<String, Json> {
    let DirectoryUser { user, display_name, external_id } = user;
    let id = user.id.to_string();
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let name: Map<String, Json> = [("givenName", filled(&user.first_name)), ("familyName", filled(&user.last_name))]
        .into_iter()
        .filter_map(|(part, text)| Some((part.to_owned(), text?.into())))
        .collect();
    let groups: Vec<Json> = groups
        .iter()
        .filter(|role| call.ceiling.covers(&role.grants))
        .map(|role| {
            let id = role.id.as_str();
            json!({ "value": id, "$ref": call.location(GROUPS, id), "display": role.name, "type": "direct" })
        })
        .collect();
    let meta = json!({
        "resourceType": "User",
        "created": user.created_at,
        "lastModified": user.updated_at,
        "location": call.location(USERS, &id),
        "version": version::of_time(user.updated_at),
    });
    [
        ("schemas", Some(json!([USER]))),
        ("id", Some(id.into())),
        ("externalId", filled(external_id).map(Json::from)),
        ("meta", Some(meta)),
        ("userName", Some(user.email.as_str().into())),
        ("name", (!name.is_empty()).then(|| name.into())),
        ("displayName", filled(display_name).map(Json::from)),
        ("emails", Some(json!([{ "value": user.email.as_str(), "type": "work", "primary": true }]))),
        ("phoneNumbers", filled(&user.phone).map(|phone| json!([{ "value": phone }]))),
        ("active", Some(user.locked_at.is_none().into())),
        ("groups", (!groups.is_empty()).then(|| groups.into())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}
