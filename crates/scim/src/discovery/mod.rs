//! What is supported, for clients: configuration, resource types and schemas (RFC 7643 5 to 7).

mod schemas;

use serde_json::{Value as Json, json};

use crate::call::Call;
use crate::error::ScimError;
use crate::reply::{Answer, Reply};
use crate::scim::{LARGEST_BODY, MOST_OPERATIONS, MOST_ROWS, USUAL_ROWS};
use crate::{GROUP, USER};

const CONFIG: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

pub(crate) fn config(call: &Call) -> Answer {
    Ok(Reply::of(json!({
        "schemas": [CONFIG],
        "patch": { "supported": true },
        "bulk": { "supported": true, "maxOperations": MOST_OPERATIONS, "maxPayloadSize": LARGEST_BODY },
        "filter": { "supported": true, "maxResults": MOST_ROWS },
        "changePassword": { "supported": false },
        "sort": { "supported": true },
        "etag": { "supported": true },
        "pagination": {
            "cursor": true,
            "index": true,
            "defaultPaginationMethod": "index",
            "defaultPageSize": USUAL_ROWS,
            "maxPageSize": MOST_ROWS,
        },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "SCIM key",
            "description": "The key of a directory, as a bearer token: Authorization: Bearer scim_…",
            "primary": true,
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": format!("{}/ServiceProviderConfig", call.scim.base),
        },
    })))
}

pub(crate) fn resource_types(call: &Call) -> Answer {
    Ok(listed(vec![described(call, "User"), described(call, "Group")]))
}

pub(crate) fn resource_type(call: &Call, id: &str) -> Answer {
    match id {
        "User" | "Group" => Ok(Reply::of(described(call, id))),
        _ => Err(ScimError::not_found("the resource type", id)),
    }
}

fn described(call: &Call, name: &str) -> Json {
    let (schema, description) = match name {
        "User" => (USER, "Users"),
        _ => (GROUP, "Groups: the roles that the key may give"),
    };
    json!({
        "schemas": [RESOURCE_TYPE],
        "id": name,
        "name": name,
        "endpoint": format!("/{name}s"),
        "description": description,
        "schema": schema,
        "meta": { "resourceType": "ResourceType", "location": format!("{}/ResourceTypes/{name}", call.scim.base) },
    })
}

pub(crate) fn schemas(call: &Call) -> Answer {
    Ok(listed(schemas::all(&call.scim.base)))
}

pub(crate) fn schema(call: &Call, id: &str) -> Answer {
    let found =
        schemas::all(&call.scim.base).into_iter().find(|schema| schema.get("id").is_some_and(|known| known == id));
    found.map(Reply::of).ok_or_else(|| ScimError::not_found("the schema", id))
}

fn listed(resources: Vec<Json>) -> Reply {
    Reply::of(json!({
        "schemas": [LIST],
        "totalResults": resources.len(),
        "itemsPerPage": resources.len(),
        "startIndex": 1,
        "Resources": resources,
    }))
}
