//! Who may act on whom: no caller acts on a user, a role, an invite, an API key or a policy that allows something which the
//! caller may not do (security.md 38, decision 18). The operator may do everything.

use std::fmt;

use vestibule_database::Transaction;
use vestibule_rbac::{Permissions, Role};
use vestibule_user::{InviteId, UserId};

use crate::{Context, Flows, GrantError};

/// What a caller acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Another user.
    User,
    /// A user locked by an actor with more permissions.
    Lock,
    /// A role, or one that inherits from it.
    Role,
    /// A policy.
    Policy,
    /// An invite.
    Invite,
    /// An API key.
    ApiKey,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::User => "You cannot act on a user who may do more than you",
            Self::Lock => "You cannot lift a lock that was set with more permissions than you have",
            Self::Role => "You cannot change a role that allows, itself or by a role below it, more than you may do",
            Self::Policy => "You cannot change a policy that you do not have",
            Self::Invite => "You cannot act on an invite that gives more than you could give",
            Self::ApiKey => "You cannot act on an API key that may do more than you",
        })
    }
}

/// Refuses to act on a target that allows what the caller lacks.
pub(crate) fn refuse_above(target: Target, held: &Permissions, theirs: &Permissions) -> Result<(), GrantError> {
    let missing: Vec<String> = held.missing(theirs.keys()).into_iter().map(str::to_owned).collect();
    if missing.is_empty() { Ok(()) } else { Err(GrantError::Above { target, missing }) }
}

impl Flows {
    /// Refuses to act on a user who may do what the caller may not; callers may act on their own account. Locks the rows of
    /// both users, so that of two who act on each other at once, the second finds what the first has done. Returns what
    /// the caller may do.
    ///
    /// # Errors
    ///
    /// [`GrantError`].
    pub(crate) async fn check_may_act_on_within(
        &self,
        transaction: &mut Transaction,
        context: &Context,
        user: UserId,
    ) -> Result<Permissions, GrantError> {
        self.check_may_act_on_each_within(transaction, context, &[user]).await
    }

    /// The same for several users.
    ///
    /// # Errors
    ///
    /// [`GrantError`].
    pub(crate) async fn check_may_act_on_each_within(
        &self,
        transaction: &mut Transaction,
        context: &Context,
        users: &[UserId],
    ) -> Result<Permissions, GrantError> {
        let mut rows: Vec<UserId> = users.iter().copied().chain(context.user_id()).collect();
        rows.sort_unstable();
        rows.dedup();
        for pair in rows.chunks(2) {
            if let Some((first, second)) = pair.first().zip(pair.last()) {
                self.users.lock_two_users_within(transaction, *first, *second).await?;
            }
        }
        let held = self.permissions_within(transaction, context).await?;
        for user in users.iter().filter(|user| context.user_id() != Some(**user)) {
            let theirs = self.rbac.permissions_of(&mut *transaction, &user.to_string()).await?;
            refuse_above(Target::User, &held, &theirs)?;
        }
        Ok(held)
    }

    /// Refuses to lift a lock that an actor with more permissions than `held` has set. A lock of unknown origin, such
    /// as one that a program set through the User Module, needs every permission.
    pub(crate) async fn check_may_unlock_within(
        &self,
        transaction: &mut Transaction,
        held: &Permissions,
        user: UserId,
    ) -> Result<(), GrantError> {
        match self.users.find_lock_within(transaction, user).await? {
            Some(lock) => refuse_above(Target::Lock, held, &permissions_at_lock(lock.as_deref())),
            None => Ok(()),
        }
    }

    /// Refuses to change a role that allows more than `held`, or from which such a role inherits.
    pub(crate) async fn check_may_change_role_within(
        &self,
        transaction: &mut Transaction,
        held: &Permissions,
        role: &Role,
    ) -> Result<(), GrantError> {
        let below = self.rbac.grants_below_within(transaction, &role.id).await?;
        refuse_above(Target::Role, held, &below)
    }

    /// Refuses to act on an invite that gives more than the caller may do.
    pub(crate) async fn check_may_act_on_invite_within(
        &self,
        transaction: &mut Transaction,
        context: &Context,
        id: InviteId,
    ) -> Result<(), GrantError> {
        let held = self.permissions_within(transaction, context).await?;
        let given = self.permissions_of_invite(transaction, id).await?;
        refuse_above(Target::Invite, &held, &given)
    }

    /// Refuses to act on an API key that may do more than the caller, unless the caller has made it.
    pub(crate) async fn check_may_act_on_key_within(
        &self,
        transaction: &mut Transaction,
        context: &Context,
        key: &str,
        made_by: Option<&str>,
    ) -> Result<(), GrantError> {
        let held = self.permissions_within(transaction, context).await?;
        let maker = context.actor.id();
        if maker.is_some() && maker.as_deref() == made_by {
            return Ok(());
        }
        let theirs = self.rbac.permissions_of(&mut *transaction, key).await?;
        refuse_above(Target::ApiKey, &held, &theirs)
    }
}

/// What an actor could do when they set a lock.
pub(crate) fn permissions_at_lock(lock: Option<&str>) -> Permissions {
    match lock {
        Some(grants) => {
            let mut permissions = Permissions::default();
            permissions.add(grants);
            permissions
        }
        None => Permissions::everything(),
    }
}
