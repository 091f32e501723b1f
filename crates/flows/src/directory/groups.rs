//! Groups of a directory: roles below the ceiling of its key, and who has them.

use std::collections::BTreeSet;

use vestibule_core::{Direction, Filter, FindConfig, Metadata, MetadataPatch, Patch};
use vestibule_database::{Connection, Error, Transaction, transaction};
use vestibule_rbac::roles::UpdateRolesError;
use vestibule_rbac::{CreateRole, Permissions, Role, RoleField, RoleId, UpdateRole};
use vestibule_user::UserId;

use super::DirectoryError;
use crate::roles::ChangeRoleError;
use crate::roles::assign::in_order;
use crate::{Context, Flows};

/// How many members of a group are listed, and replaced at once.
pub const MOST_MEMBERS: u32 = 1_000;

/// The key of a role's metadata that holds the id which a directory has given to the group.
const EXTERNAL_ID: &str = "scim_external_id";

/// A group.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The role.
    pub role: Role,
    /// The ids of its users; `None` where there are more than [`MOST_MEMBERS`], or none were asked for.
    pub members: Option<Vec<String>>,
}

impl Group {
    /// The id that the directory has given to it.
    pub fn external_id(&self) -> Option<&str> {
        self.role.metadata.as_ref()?.as_object().get(EXTERNAL_ID)?.as_str()
    }
}

/// What a directory changes of the members of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberChange {
    /// Adds some and removes others.
    Some {
        /// Who is added.
        added: Vec<UserId>,
        /// Who is removed.
        removed: Vec<UserId>,
    },
    /// Leaves these and no others.
    All(Vec<UserId>),
}

impl Default for MemberChange {
    fn default() -> Self {
        Self::Some { added: Vec::new(), removed: Vec::new() }
    }
}

/// What a directory changes of a group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupChange {
    /// The name.
    pub name: Option<String>,
    /// The id that the directory has given to it.
    pub external_id: Patch<String>,
    /// The members.
    pub members: MemberChange,
}

/// Whether a group is as the directory has read it.
pub type IsCurrent<'a> = &'a (dyn Fn(&Group) -> bool + Sync);

impl Flows {
    /// Lists the groups below a ceiling, in the order of their ids. Without their members.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_groups(&self, ceiling: &Permissions) -> Result<Vec<Group>, Error> {
        let find = FindConfig::default().order_by(RoleField::Id, Direction::Ascending);
        let roles = self.rbac.list_rbac_roles(&Filter::everything(), &find).await?;
        let below = roles.into_iter().filter(|role| ceiling.covers(&role.grants));
        Ok(below.map(|role| Group { role, members: None }).collect())
    }

    /// Lists the members of a group; `None` where there are more than [`MOST_MEMBERS`].
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn members_of_group(
        &self,
        connection: impl Into<Connection<'_>>,
        role: &RoleId,
    ) -> Result<Option<Vec<String>>, Error> {
        let members = self.rbac.subjects_of_role(connection, role, (crate::USER, MOST_MEMBERS + 1)).await?;
        let is_short = u32::try_from(members.len()).is_ok_and(|length| length <= MOST_MEMBERS);
        Ok(is_short.then_some(members))
    }

    /// Retrieves a group below a ceiling, with its members.
    ///
    /// # Errors
    ///
    /// [`DirectoryError`].
    pub async fn retrieve_group(&self, id: &RoleId, ceiling: &Permissions) -> Result<Group, DirectoryError> {
        let found = self.rbac.find_role_within(&self.database, id).await?;
        let role = found.filter(|role| ceiling.covers(&role.grants));
        let role = role.ok_or_else(|| DirectoryError::Group { id: id.to_string() })?;
        let members = self.members_of_group(&self.database, id).await?;
        Ok(Group { role, members })
    }

    /// Creates a group: a role that allows nothing until an administrator gives it policies.
    ///
    /// # Errors
    ///
    /// [`DirectoryError`].
    pub async fn provision_group(
        &self,
        name: &str,
        change: &GroupChange,
        context: &Context,
    ) -> Result<Group, DirectoryError> {
        let new = CreateRole::new(name);
        transaction!(self.database, |transaction| {
            let role = self.create_role_within(transaction, &new, context).await?;
            self.change_members_within(transaction, &role, &change.members, context).await?;
            let change = GroupChange { name: None, ..change.clone() };
            self.rename_within(transaction, &role, &change, context).await?;
            self.group_within(transaction, &role.id).await
        })
    }

    /// Changes a group, if `is_current` accepts it as it is.
    ///
    /// # Errors
    ///
    /// [`DirectoryError`].
    pub async fn change_group(
        &self,
        id: &RoleId,
        change: &GroupChange,
        is_current: IsCurrent<'_>,
        context: &Context,
    ) -> Result<Group, DirectoryError> {
        transaction!(self.database, |transaction| {
            let role = self.held_group_within(transaction, id, is_current, context).await?;
            // Users before roles: see the order of locks in docs/architecture.md.
            self.change_members_within(transaction, &role, &change.members, context).await?;
            self.rename_within(transaction, &role, change, context).await?;
            self.group_within(transaction, id).await
        })
    }

    /// Deletes a group, which its members lose, if `is_current` accepts it as it is.
    ///
    /// # Errors
    ///
    /// [`DirectoryError`].
    pub async fn deprovision_group(
        &self,
        id: &RoleId,
        is_current: IsCurrent<'_>,
        context: &Context,
    ) -> Result<(), DirectoryError> {
        transaction!(self.database, |transaction| {
            self.held_group_within(transaction, id, is_current, context).await?;
            self.delete_role_within(transaction, id, context).await?;
            Ok(())
        })
    }

    /// Takes the lock of roles, and finds a group below the ceiling of the caller.
    async fn held_group_within(
        &self,
        transaction: &mut Transaction,
        id: &RoleId,
        is_current: IsCurrent<'_>,
        context: &Context,
    ) -> Result<Role, DirectoryError> {
        self.rbac.lock_within(transaction).await?;
        let held = self.permissions_within(transaction, context).await?;
        let not_found = || DirectoryError::Group { id: id.to_string() };
        let role = self.rbac.find_role_within(&mut *transaction, id).await?.ok_or_else(not_found)?;
        if !held.covers(&role.grants) {
            return Err(not_found());
        }
        let members = self.members_of_group(&mut *transaction, id).await?;
        let group = Group { role, members };
        if is_current(&group) { Ok(group.role) } else { Err(DirectoryError::Changed) }
    }

    async fn group_within(&self, transaction: &mut Transaction, id: &RoleId) -> Result<Group, DirectoryError> {
        let role = self.rbac.find_role_within(&mut *transaction, id).await?;
        let role = role.ok_or_else(|| DirectoryError::Group { id: id.to_string() })?;
        Ok(Group { members: self.members_of_group(&mut *transaction, id).await?, role })
    }

    async fn rename_within(
        &self,
        transaction: &mut Transaction,
        role: &Role,
        change: &GroupChange,
        context: &Context,
    ) -> Result<(), DirectoryError> {
        let mut update = UpdateRole::new(role.id.clone());
        update.name.clone_from(&change.name);
        let external_id = match &change.external_id {
            Patch::Keep => None,
            // As in the reference, an empty text removes a key.
            Patch::Clear => Some(String::new()),
            Patch::Set(id) => Some(id.clone()),
        };
        if let Some(id) = external_id {
            let entry = [(EXTERNAL_ID.to_owned(), id.into())].into_iter().collect();
            let metadata =
                Metadata::new(entry).map_err(|error| ChangeRoleError::from(UpdateRolesError::from(error)))?;
            update.metadata = MetadataPatch::Merge(metadata);
        }
        if update.name.is_some() || update.metadata != MetadataPatch::Keep {
            let held = self.permissions_within(transaction, context).await?;
            self.update_role_within(transaction, &update, (&held, context)).await?;
        }
        Ok(())
    }

    async fn change_members_within(
        &self,
        transaction: &mut Transaction,
        role: &Role,
        change: &MemberChange,
        context: &Context,
    ) -> Result<(), DirectoryError> {
        let (added, removed) = match change {
            MemberChange::Some { added, removed } => (in_order(added), in_order(removed)),
            MemberChange::All(wanted) => {
                let present = self.members_of_group(&mut *transaction, &role.id).await?;
                let present = present.ok_or(DirectoryError::TooManyMembers { most: MOST_MEMBERS })?;
                let present: BTreeSet<UserId> = present.iter().filter_map(|id| id.parse().ok()).collect();
                let wanted: BTreeSet<UserId> = wanted.iter().copied().collect();
                let added: Vec<UserId> = wanted.difference(&present).copied().collect();
                (added, present.difference(&wanted).copied().collect())
            }
        };
        let all: Vec<UserId> = added.iter().chain(&removed).copied().collect();
        if all.is_empty() {
            return Ok(());
        }
        let roles = std::slice::from_ref(&role.id);
        // Locks the rows of all of them, in their order.
        let held = self.check_removal_within(transaction, &in_order(&all), roles, context).await?;
        for user in &removed {
            self.remove_within(transaction, *user, roles, context).await?;
        }
        for user in &added {
            self.assign_within(transaction, *user, roles, (&held, &role.grants), context).await?;
        }
        Ok(())
    }
}
