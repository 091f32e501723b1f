//! Creating roles.

use vestibule_audit::Action;
use vestibule_database::{Error, Transaction, transaction};
use vestibule_rbac::{CreateRole, Role};

use super::{ChangeRoleError, refuse_lacking_policies};
use crate::{Context, Flows};

impl Flows {
    /// Creates a role, with policies and parents that the caller has.
    ///
    /// # Errors
    ///
    /// [`ChangeRoleError`].
    pub async fn create_role(&self, role: &CreateRole, context: &Context) -> Result<Role, ChangeRoleError> {
        transaction!(self.database, |transaction| self.create_role_within(transaction, role, context).await)
    }

    /// The same within a transaction, of which it is the first statement.
    pub(crate) async fn create_role_within(
        &self,
        transaction: &mut Transaction,
        role: &CreateRole,
        context: &Context,
    ) -> Result<Role, ChangeRoleError> {
        self.rbac.lock_within(transaction).await?;
        let held = self.permissions_within(transaction, context).await?;
        let roles = std::slice::from_ref(role);
        let created = self.rbac.create_rbac_roles_within(transaction, roles).await?.into_iter().next();
        let created = created.ok_or_else(|| Error::Other("a role was created and is not there".into()))?;
        refuse_lacking_policies(&held, &created.grants)?;
        let after = self.audited_role_within(transaction, &created).await?;
        self.record(transaction, context, Action::RoleCreated, ("role", created.id.as_str()), None, Some(after))
            .await?;
        Ok(created)
    }
}
