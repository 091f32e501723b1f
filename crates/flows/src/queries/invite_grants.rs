//! What invites give to the users who accept them.
//!
//! Reason: every list of invites needs it to conceal tokens. One query per page, not two per invite.

use std::collections::HashMap;

use vestibule_core::Value;
use vestibule_database::{Connection, Error, FromRow};
use vestibule_rbac::Permissions;
use vestibule_user::InviteId;

/// What an invite gives, or the permissions of the user who was created with it.
#[derive(FromRow)]
struct Given {
    #[row(column = "invite_id")]
    invite: String,
    grants: String,
}

/// Finds what each of these invites gives to the user who accepts it, in one query: what it carries, and the
/// permissions of the user created in advance. An invite that gives nothing is not in the map.
pub(crate) async fn grants_of_invites(
    connection: impl Into<Connection<'_>>,
    invites: &[InviteId],
) -> Result<HashMap<String, Permissions>, Error> {
    let mut given: HashMap<String, Permissions> = HashMap::new();
    if invites.is_empty() {
        return Ok(given);
    }
    let places: Vec<String> = (1..=invites.len()).map(|place| format!("${place}")).collect();
    let places = places.join(", ");
    let text = format!(
        "SELECT subject.id AS invite_id, subject.grants AS grants FROM rbac_subjects subject WHERE subject.id IN ({places})
         UNION ALL
         SELECT invites.id AS invite_id, subject.grants AS grants FROM invites
         JOIN rbac_subjects subject ON subject.id = invites.user_id WHERE invites.id IN ({places})"
    );
    let ids: Vec<Value> = invites.iter().map(|id| Value::from(*id)).collect();
    for Given { invite, grants } in connection.into().query::<Given>(text, &ids).await? {
        given.entry(invite).or_default().add(&grants);
    }
    Ok(given)
}
