//! Users.

mod change;
mod filter;
mod list;
mod resource;

use http::StatusCode;
use vestibule_user::UserId;
use vestibule_user::directory::DirectoryUser;

use crate::call::Call;
use crate::error::ScimError;
use crate::patch::operations;
use crate::reply::{Answer, Reply};
use crate::version;

pub(crate) use self::list::{list, search};

/// The path of users.
pub(crate) const USERS: &str = "Users";

fn id_of(text: &str) -> Result<UserId, ScimError> {
    text.parse().map_err(|_| ScimError::not_found("the user", text))
}

pub(crate) async fn retrieve(call: &Call, id: &str) -> Answer {
    let user = call.flows().users().retrieve_directory_user(call.flows().database(), id_of(id)?).await?;
    let version = version::of_time(user.user.updated_at);
    if version::is_known(&call.headers, &version) {
        return Ok(Reply { version: Some(version), ..Reply::nothing(StatusCode::NOT_MODIFIED) });
    }
    shown(call, StatusCode::OK, user).await
}

pub(crate) async fn create(call: &Call) -> Answer {
    let change = change::of_resource(&call.body()?)?;
    let email = change.email.clone().ok_or_else(|| ScimError::value("userName is missing"))?;
    let user = call.flows().provision_user(&email, &change, &call.context).await?;
    shown(call, StatusCode::CREATED, user).await
}

pub(crate) async fn replace(call: &Call, id: &str) -> Answer {
    let id = id_of(id)?;
    let change = change::of_resource(&call.body()?)?;
    if change.email.is_none() {
        return Err(ScimError::value("userName is missing"));
    }
    let read_at = version::required_times(&call.headers);
    let user = call.flows().change_provisioned_user(id, &change, read_at.as_deref(), &call.context).await?;
    shown(call, StatusCode::OK, user).await
}

pub(crate) async fn patch(call: &Call, id: &str) -> Answer {
    let id = id_of(id)?;
    let change = change::of_operations(&operations(&call.body()?)?)?;
    let read_at = version::required_times(&call.headers);
    let user = call.flows().change_provisioned_user(id, &change, read_at.as_deref(), &call.context).await?;
    shown(call, StatusCode::OK, user).await
}

pub(crate) async fn delete(call: &Call, id: &str) -> Answer {
    let read_at = version::required_times(&call.headers);
    match call.flows().deprovision_user(id_of(id)?, read_at.as_deref(), &call.context).await? {
        true => Ok(Reply::nothing(StatusCode::NO_CONTENT)),
        false => Err(ScimError::not_found("the user", id)),
    }
}

/// The response with a user.
async fn shown(call: &Call, status: StatusCode, user: DirectoryUser) -> Answer {
    let chosen = call.chosen()?;
    let version = version::of_time(user.user.updated_at);
    let location = call.location(USERS, &user.user.id.to_string());
    let resources = resource::of_users(call, vec![user], &chosen).await?;
    let resource = resources.into_iter().next().unwrap_or_default();
    Ok(Reply { status, location: Some(location), version: Some(version), ..Reply::of(chosen.apply(resource).into()) })
}
