//! A group as SCIM shows it.

use serde_json::{Map, Value as Json, json};
use vestibule_flows::directory::Group;

use super::GROUPS;
use crate::call::Call;
use crate::users::USERS;
use crate::{GROUP, version};

pub(super) fn write(call: &Call, group: &Group) -> Map<String, Json> {
    let id = group.role.id.as_str();
    let member = |user: &String| json!({ "value": user, "$ref": call.location(USERS, user), "type": "User" });
    let members: Option<Vec<Json>> = group.members.as_ref().map(|members| members.iter().map(member).collect());
    let meta = json!({
        "resourceType": "Group",
        "created": group.role.created_at,
        "lastModified": group.role.updated_at,
        "location": call.location(GROUPS, id),
        "version": version::of_group(group),
    });
    [
        ("schemas", Some(json!([GROUP]))),
        ("id", Some(id.into())),
        ("externalId", group.external_id().map(Json::from)),
        ("meta", Some(meta)),
        ("displayName", Some(group.role.name.as_str().into())),
        ("members", members.filter(|members| !members.is_empty()).map(Json::from)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}
