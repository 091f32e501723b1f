//! Sending an invite again to an address whose holder asks for a way to sign in: the invite is theirs, and they have
//! forgotten it. It stays as it is.

use vestibule_audit::Action;
use vestibule_auth::{AuthInput, MailOrigin};
use vestibule_core::EmailAddress;
use vestibule_database::{Error, Transaction, transaction};
use vestibule_user::InviteId;

use crate::{Client, Context, Flows, USER};

impl Flows {
    /// Sends the invite of an address that has no account, and for which a code to sign in was requested.
    pub(crate) async fn repeat_invite_for_code(
        &self,
        actor_type: &str,
        input: &AuthInput,
        client: &Client,
    ) -> Result<(), Error> {
        let Ok(email) = EmailAddress::parse(input.text("email").unwrap_or_default()) else { return Ok(()) };
        if actor_type != USER {
            return Ok(());
        }
        transaction!(self.database, |transaction| {
            let Some(invite) = self.users.find_invite_to_within(transaction, &email).await? else { return Ok(()) };
            let from = self.auth.reserve_mail_in_place_of_code_within(transaction, &email, actor_type).await?;
            let Some(from) = from else { return Ok(()) };
            let context = Context::anonymous(client.clone());
            self.repeat_invite_within(transaction, invite, MailOrigin::Stranger { from }, &context).await
        })
    }

    /// Sends an invite again.
    pub(crate) async fn repeat_invite_within(
        &self,
        transaction: &mut Transaction,
        invite: InviteId,
        origin: MailOrigin,
        context: &Context,
    ) -> Result<(), Error> {
        let data = origin.data(self.environment.now());
        if self.users.repeat_invite_within(transaction, invite, &data).await? {
            let id = invite.to_string();
            self.record(transaction, context, Action::InviteResent, ("invite", &id), None, None).await?;
        }
        Ok(())
    }
}
