//! Deleting roles.

use vestibule_audit::Action;
use vestibule_database::{Transaction, transaction};
use vestibule_rbac::RoleId;

use super::ChangeRoleError;
use crate::{Context, Flows, GrantError};

impl Flows {
    /// Deletes a role, which its users lose. The caller has what it allows. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// [`ChangeRoleError`].
    pub async fn delete_role(&self, id: &RoleId, context: &Context) -> Result<bool, ChangeRoleError> {
        transaction!(self.database, |transaction| self.delete_role_within(transaction, id, context).await)
    }

    /// The same within a transaction, of which it is the first statement, or that holds the lock of roles.
    pub(crate) async fn delete_role_within(
        &self,
        transaction: &mut Transaction,
        id: &RoleId,
        context: &Context,
    ) -> Result<bool, ChangeRoleError> {
        self.rbac.lock_within(transaction).await?;
        let Some(before) = self.rbac.find_role_within(&mut *transaction, id).await? else {
            return Ok(false);
        };
        let held = self.permissions_within(transaction, context).await?;
        self.check_may_change_role_within(transaction, &held, &before).await?;
        if before.requires_mfa {
            context.check_access_change().map_err(GrantError::from)?;
        }
        let audited = self.audited_role_within(transaction, &before).await?;
        self.rbac.delete_rbac_roles_within(transaction, std::slice::from_ref(id)).await?;
        self.record(transaction, context, Action::RoleDeleted, ("role", id.as_str()), Some(audited), None).await?;
        Ok(true)
    }
}
