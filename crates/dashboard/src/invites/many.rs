//! Sends the invites chosen in the list again, or revokes them. One that is refused is reported and does not stop the others.

use vestibule_user::InviteId;

use crate::failure::Failure;
use crate::refused::Refused;
use crate::request::{Answer, PageRequest, SharedRequest};

/// What is done to each invite.
#[derive(Clone, Copy)]
enum Change {
    Resend,
    Revoke,
}

pub(crate) async fn resend(request: SharedRequest) -> Answer {
    change_each(&request, Change::Resend, "/app/invites", "resent-many").await
}

pub(crate) async fn revoke(request: SharedRequest) -> Answer {
    change_each(&request, Change::Revoke, "/app/invites?state=revoked", "revoked-many").await
}

/// Changes each of the invites, and leads to the list; or reports those that were refused, with the reasons.
async fn change_each(request: &PageRequest, change: Change, path: &str, done: &str) -> Answer {
    request.form.only(&["invite"])?;
    let ids: Vec<InviteId> = request.form.all("invite").filter_map(|id| id.parse().ok()).collect();
    if ids.is_empty() {
        return Err(Failure::wrong(request.texts().no_invite_chosen));
    }
    let mut refused = Refused::default();
    for id in ids {
        if let Err(failure) = apply(request, change, id).await {
            let invite = request.flows().users().retrieve_invite(id).await;
            let address = invite.map_or_else(|_| id.to_string(), |invite| invite.email.to_string());
            refused.add(request, address, failure)?;
        }
    }
    refused.answer(request, (path, done), |addresses| request.texts().not_all_invites(addresses))
}

async fn apply(request: &PageRequest, change: Change, id: InviteId) -> Result<(), Failure> {
    let (flows, context) = (request.flows(), request.context());
    match change {
        Change::Resend => drop(flows.resend_invite(id, &context).await?),
        Change::Revoke => flows.revoke_invite(id, &context).await?,
    }
    Ok(())
}
