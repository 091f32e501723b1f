//! Creating a user directly, with a password, with an invite to set one, or without a sign-in method.

use std::fmt;

use serde_json::json;
use vestibule_audit::Action;
use vestibule_auth::identities::{CreateIdentitiesError, CreateProviderIdentity};
use vestibule_auth::{AuthenticateError, PasswordSubject};
use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction, transaction};
use vestibule_rbac::{AssignRolesError, RoleId};
use vestibule_user::invites::CreateInvitesError;
use vestibule_user::users::CreateUsersError;
use vestibule_user::{CreateInvite, CreateUser, Invite, User};

use crate::{Actor, Context, Flows, GrantError};

/// The sign-in method of a user who is created directly. Printed without the password.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum SignInMethod {
    /// None yet, or one that the caller adds.
    #[default]
    None,
    /// This password.
    Password(String),
    /// An invite: accepting it sets a password.
    Invite,
}

impl fmt::Debug for SignInMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Password(_) => "Password(…)",
            Self::Invite => "Invite",
        })
    }
}

/// A user to be created, with a sign-in method.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateUserAccount {
    /// The user.
    pub user: CreateUser,
    /// The sign-in method.
    pub sign_in_method: SignInMethod,
    /// The roles; `None` for the default ones.
    pub roles: Option<Vec<RoleId>>,
}

impl CreateUserAccount {
    /// This user, with the default roles and this sign-in method.
    pub fn new(user: CreateUser, sign_in_method: SignInMethod) -> Self {
        Self { user, sign_in_method, roles: None }
    }
}

/// A user that was created.
#[derive(Debug, Clone, PartialEq)]
pub struct UserAccount {
    /// The user.
    pub user: User,
    /// The invite, if one was requested.
    pub invite: Option<Invite>,
}

/// Why a user was not created. Nothing was changed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum CreateUserAccountError {
    /// The user cannot be created.
    #[error(transparent)]
    User(#[from] CreateUsersError),
    /// The identity cannot be created.
    #[error(transparent)]
    Identity(#[from] CreateIdentitiesError),
    /// The invite cannot be created.
    #[error(transparent)]
    Invite(#[from] CreateInvitesError),
    /// There are no such roles.
    #[error(transparent)]
    Roles(#[from] AssignRolesError),
    /// The caller lacks what the roles give.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The password cannot be set, or not at this moment.
    #[error(transparent)]
    Password(#[from] AuthenticateError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Creates a user and a sign-in method, with roles that the caller could give (security.md 5). A pending invite of
    /// the same address is revoked: it has become useless.
    ///
    /// # Errors
    ///
    /// [`CreateUserAccountError`].
    pub async fn create_user_account(
        &self,
        account: &CreateUserAccount,
        context: &Context,
    ) -> Result<UserAccount, CreateUserAccountError> {
        let part = self.password_part(account).await?;
        transaction!(self.database, |transaction| {
            self.create_user_account_within(transaction, account, part.clone(), context).await
        })
    }

    /// The password identity, hashed before the transaction that stores it.
    pub(crate) async fn password_part(
        &self,
        account: &CreateUserAccount,
    ) -> Result<Option<CreateProviderIdentity>, AuthenticateError> {
        let SignInMethod::Password(password) = &account.sign_in_method else { return Ok(None) };
        let user = &account.user;
        let names: Vec<&str> = [&user.first_name, &user.last_name].into_iter().flatten().map(String::as_str).collect();
        let roles = self.roles_or_default(account.roles.as_deref());
        let has_second_factor = self.do_roles_need_second_factor(roles).await?;
        let subject = PasswordSubject::new(user.email.canonical(), &names).with_second_factor(has_second_factor);
        self.auth.password_identity(&user.email, &subject, password).await.map(Some)
    }

    pub(crate) async fn create_user_account_within(
        &self,
        transaction: &mut Transaction,
        account: &CreateUserAccount,
        part: Option<CreateProviderIdentity>,
        context: &Context,
    ) -> Result<UserAccount, CreateUserAccountError> {
        let roles = self.roles_or_default(account.roles.as_deref());
        let grants = self.rbac.grants_of_roles(&mut *transaction, roles).await?;
        self.check_grant_within(transaction, context, &grants).await?;
        context.check_giving(&grants).map_err(GrantError::from)?;
        // The invite first, as in accepting one: in the other order the two would wait for each other.
        if let Some(revoked) = self.users.revoke_invite_of_within(transaction, &account.user.email).await? {
            self.check_may_act_on_invite_within(transaction, context, revoked).await?;
        }
        let users = std::slice::from_ref(&account.user);
        let user = self.users.create_users_within(transaction, users).await?.into_iter().next();
        let user = user.ok_or_else(|| Error::Other("a user was created and is not there".into()))?;
        let id = user.id.to_string();
        self.rbac.assign_roles_within(transaction, &id, roles).await?;
        let after = json!({ "email": user.email.as_str(), "roles": roles });
        self.record(transaction, context, Action::UserCreated, ("user", &id), None, Some(after)).await?;
        if let Some(part) = part {
            let identity = self.claimed_identity(transaction, &user, part).await?;
            // The operator vouches for the address: the command line, and the set-up link.
            if context.actor == Actor::Operator {
                self.auth.take_as_verified_within(transaction, identity.id, &user.email).await?;
            }
        }
        let mut invites = Vec::new();
        if account.sign_in_method == SignInMethod::Invite {
            let mut invite = CreateInvite::new(user.email.clone());
            invite.user_id = Some(user.id);
            invite.invited_by = context.actor.id();
            invites = self.users.create_invites_within(transaction, &[invite]).await?;
        }
        Ok(UserAccount { user, invite: invites.pop() })
    }
}
