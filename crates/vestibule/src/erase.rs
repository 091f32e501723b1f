//! Erasing a user from the tables of every module.

use vestibule_database::transaction;
use vestibule_flows::{Context, EraseUserError, Erased};
use vestibule_user::UserId;

use crate::Vestibule;

impl Vestibule {
    /// Erases a user, removed or not, with what deletion leaves: the row from which they could be restored, their invites, the
    /// mails to them and what names them in the audit log, the events and the journal of imports. In the audit log and the
    /// events their id stays, as a pseudonym. In one transaction; it cannot be undone.
    ///
    /// Not reached: backups, the log of the program, mails that were sent, and what receivers of webhooks have stored.
    ///
    /// # Errors
    ///
    /// [`EraseUserError`]. Nothing is erased then.
    pub async fn erase_user(&self, id: UserId, context: &Context) -> Result<Erased, EraseUserError> {
        let database = self.flows().database();
        // The first import creates them.
        #[cfg(feature = "transfer")]
        database
            .migrate(&[vestibule_transfer::MIGRATIONS])
            .await
            .map_err(|error| vestibule_database::Error::Other(Box::new(error)))?;
        transaction!(database, |transaction| {
            vestibule_notify::hold_deliveries_within(transaction).await?;
            let erased = self.flows().erase_user_within(transaction, id, context).await?;
            vestibule_notify::erase_within(transaction, &erased.erasure).await?;
            #[cfg(feature = "transfer")]
            vestibule_transfer::erase_within(transaction, &erased.erasure).await?;
            Ok(erased)
        })
    }
}
