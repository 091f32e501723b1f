//! Groups: the roles below the ceiling of a directory's key. There are few of them, and their members may be many.

mod change;
mod list;
mod resource;

use http::StatusCode;
use vestibule_core::Patch;
use vestibule_flows::directory::{Group, GroupChange, MemberChange};
use vestibule_rbac::RoleId;

use crate::call::Call;
use crate::error::ScimError;
use crate::patch::operations;
use crate::reply::{Answer, Reply};
use crate::version;

pub(crate) use self::list::{list, search};

/// The path of groups.
pub(crate) const GROUPS: &str = "Groups";

fn id_of(text: &str) -> Result<RoleId, ScimError> {
    text.parse().map_err(|_| ScimError::not_found("the group", text))
}

pub(crate) async fn retrieve(call: &Call, id: &str) -> Answer {
    let group = call.flows().retrieve_group(&id_of(id)?, &call.ceiling).await?;
    let version = version::of_group(&group);
    if version::is_known(&call.headers, &version) {
        return Ok(Reply { version: Some(version), ..Reply::nothing(StatusCode::NOT_MODIFIED) });
    }
    shown(call, StatusCode::OK, &group)
}

pub(crate) async fn create(call: &Call) -> Answer {
    let change = change::of_resource(&call.body()?)?;
    let name = change.name.clone().ok_or_else(|| ScimError::value("displayName is missing"))?;
    let external_id = match change.external_id {
        Patch::Clear => Patch::Keep,
        other => other,
    };
    let members = match change.members {
        MemberChange::All(added) => MemberChange::Some { added, removed: Vec::new() },
        some => some,
    };
    let change = GroupChange { external_id, members, name: None };
    let group = call.flows().provision_group(&name, &change, &call.context).await?;
    shown(call, StatusCode::CREATED, &group)
}

pub(crate) async fn replace(call: &Call, id: &str) -> Answer {
    let change = change::of_resource(&call.body()?)?;
    if change.name.is_none() {
        return Err(ScimError::value("displayName is missing"));
    }
    changed(call, id, &change).await
}

pub(crate) async fn patch(call: &Call, id: &str) -> Answer {
    let change = change::of_operations(&operations(&call.body()?)?)?;
    changed(call, id, &change).await
}

async fn changed(call: &Call, id: &str, change: &GroupChange) -> Answer {
    let is_current = |group: &Group| version::is_required(&call.headers, &version::of_group(group));
    let group = call.flows().change_group(&id_of(id)?, change, &is_current, &call.context).await?;
    shown(call, StatusCode::OK, &group)
}

pub(crate) async fn delete(call: &Call, id: &str) -> Answer {
    let is_current = |group: &Group| version::is_required(&call.headers, &version::of_group(group));
    call.flows().deprovision_group(&id_of(id)?, &is_current, &call.context).await?;
    Ok(Reply::nothing(StatusCode::NO_CONTENT))
}

/// The response with a group.
fn shown(call: &Call, status: StatusCode, group: &Group) -> Answer {
    let chosen = call.chosen()?;
    Ok(Reply {
        status,
        location: Some(call.location(GROUPS, group.role.id.as_str())),
        version: Some(version::of_group(group)),
        ..Reply::of(chosen.apply(resource::write(call, group)).into())
    })
}
