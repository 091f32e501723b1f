//! Sends an invite again, and revokes it.

use askama::Template;
use vestibule_user::{Invite, InviteId};

use crate::layout::Frame;
use crate::request::{Answer, SharedRequest};

#[derive(Template)]
#[template(path = "invites/revoke.html")]
struct RevokePage {
    frame: Frame,
    invite: Invite,
}

pub(crate) async fn resend(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let id: InviteId = request.parameter(0)?;
    request.flows().resend_invite(id, &request.context()).await?;
    request.done("/app/invites", "resent")
}

pub(crate) async fn ask(request: SharedRequest) -> Answer {
    let invite = request.flows().retrieve_invite(request.parameter(0)?, &request.permissions()).await?;
    request.page(&RevokePage { frame: request.frame(), invite })
}

pub(crate) async fn revoke(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let id: InviteId = request.parameter(0)?;
    request.flows().revoke_invite(id, &request.context()).await?;
    request.done("/app/invites?state=revoked", "revoked")
}
