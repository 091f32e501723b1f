//! Reverting a change, by the link that was mailed to the old address.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_auth::{EmailChangePurpose, MailOrigin};
use vestibule_database::transaction;
use vestibule_user::User;

use super::ChangeEmailError;
use crate::{Context, Flows, USER};

impl Flows {
    /// Gives a user their old address back, by the link that was mailed there. Every session of the user ends, changes made
    /// since cannot be confirmed or reverted any more, and a link to set a new password is mailed to the old address: the
    /// change may have been made by a stranger who knows the password.
    ///
    /// # Errors
    ///
    /// [`ChangeEmailError`].
    pub async fn revert_email_change(&self, token: &str, context: &Context) -> Result<User, ChangeEmailError> {
        let change = self.find_email_change(token, EmailChangePurpose::Revert).await?;
        transaction!(self.database, |transaction| {
            let user = self.user_of_change_within(transaction, &change).await?;
            let subject = user.id.to_string();
            let reverted = self.replace_email_within(transaction, &user, &change.old_email, context).await?;
            self.auth.use_email_change_within(transaction, &change).await?;
            let kept = self.auth.revertible_addresses_within(transaction, (USER, &subject)).await?;
            self.users.release_addresses_within(transaction, user.id, &kept).await?;
            let ended = self.auth.end_sessions_of_actor_within(transaction, USER, &subject, None).await?;
            self.auth.forget_devices_of_within(transaction, USER, &subject).await?;
            self.auth.announce_reverted_email_within(transaction, &change).await?;
            let before = json!({ "email": user.email.as_str(), "sessions": ended });
            let (target, after) = (("user", subject.as_str()), json!({ "email": reverted.email.as_str() }));
            let action = Action::EmailChangeReverted;
            self.record(transaction, context, action, target, Some(before), Some(after)).await?;
            let owner = self.auth.find_password_of(&mut *transaction, USER, &subject).await?;
            if let Some(owner) = owner.filter(|_| user.locked_at.is_none()) {
                let origin = MailOrigin::Authenticated;
                let reset = self.auth.issue_password_reset_within(transaction, owner, origin, None).await?;
                self.auth.announce_password_reset_within(transaction, &reset, None, origin).await?;
            }
            Ok(reverted)
        })
    }
}
