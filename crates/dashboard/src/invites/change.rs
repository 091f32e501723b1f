//! Sending an invite again, and taking it back.

use askama::Template;
use vestibule_user::{Invite, InviteId};

use crate::layout::Frame;
use crate::request::{Answer, Asked};

#[derive(Template)]
#[template(path = "invites/revoke.html")]
struct RevokePage {
    frame: Frame,
    invite: Invite,
}

pub(crate) async fn resend(visit: Asked) -> Answer {
    visit.form.only(&[])?;
    let id: InviteId = visit.parameter(0)?;
    visit.flows().resend_invite(id, &visit.by()).await?;
    visit.done("/app/invites", "resent")
}

pub(crate) async fn ask(visit: Asked) -> Answer {
    let invite = visit.flows().retrieve_invite(visit.parameter(0)?, &visit.permissions()).await?;
    visit.page(&RevokePage { frame: visit.frame(), invite })
}

pub(crate) async fn revoke(visit: Asked) -> Answer {
    visit.form.only(&[])?;
    let id: InviteId = visit.parameter(0)?;
    visit.flows().revoke_invite(id, &visit.by()).await?;
    visit.done("/app/invites?state=revoked", "revoked")
}
