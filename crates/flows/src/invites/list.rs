//! Listing invites as a caller may see them: a token is returned only to callers who could give all that the invite
//! gives (security.md 37).

use vestibule_core::{CursorPage, Filter, FindConfig, Page};
use vestibule_database::{Connection, Error};
use vestibule_rbac::Permissions;
use vestibule_user::invites::RetrieveInviteError;
use vestibule_user::{Invite, InviteField, InviteId};

use crate::Flows;
use crate::queries::invite_grants::grants_of_invites;

impl Flows {
    /// Lists the invites that match, as a caller with these permissions may see them, and counts all matches regardless
    /// of `skip` and `take`.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_invites(
        &self,
        filter: &Filter<InviteField>,
        find: &FindConfig<InviteField>,
        permissions: &Permissions,
    ) -> Result<Page<Invite>, Error> {
        let (mut invites, count) = self.users.list_and_count_invites(filter, find).await?;
        self.conceal_tokens(&self.database, &mut invites, permissions).await?;
        Ok((invites, count))
    }

    /// Lists the invites that match, as a caller with these permissions may see them, with what leads to the next page.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_page_of_invites(
        &self,
        filter: &Filter<InviteField>,
        find: &FindConfig<InviteField>,
        permissions: &Permissions,
    ) -> Result<CursorPage<Invite>, Error> {
        let mut page = self.users.list_page_of_invites(filter, find).await?;
        self.conceal_tokens(&self.database, &mut page.rows, permissions).await?;
        Ok(page)
    }

    /// Retrieves the invite of this id, as a caller with these permissions may see it.
    ///
    /// # Errors
    ///
    /// [`RetrieveInviteError`].
    pub async fn retrieve_invite(
        &self,
        id: InviteId,
        permissions: &Permissions,
    ) -> Result<Invite, RetrieveInviteError> {
        let mut invite = self.users.retrieve_invite(id).await?;
        self.conceal_tokens(&self.database, std::slice::from_mut(&mut invite), permissions).await?;
        Ok(invite)
    }

    /// Removes the tokens of invites that give more than `permissions`.
    async fn conceal_tokens(
        &self,
        connection: impl Into<Connection<'_>>,
        invites: &mut [Invite],
        permissions: &Permissions,
    ) -> Result<(), Error> {
        let open: Vec<InviteId> =
            invites.iter().filter(|invite| invite.token.is_some()).map(|invite| invite.id).collect();
        let given = grants_of_invites(connection, &open).await?;
        for invite in invites {
            let covers = given.get(&invite.id.to_string()).is_none_or(|given| permissions.covers(given));
            if !covers {
                invite.token = None;
            }
        }
        Ok(())
    }
}
