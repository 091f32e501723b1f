//! Creating a user directly, with a password, with an invite by which he sets one himself, or without a way in.

use std::fmt;
use std::time::Duration;

use vestibule_auth::AuthenticateError;
use vestibule_auth::identities::CreateIdentitiesError;
use vestibule_core::{DomainError, ErrorKind};
use vestibule_database::{Error, transaction};
use vestibule_user::invites::CreateInvitesError;
use vestibule_user::users::CreateUsersError;
use vestibule_user::{CreateInvite, CreateUser, Invite, User, UserId};

use crate::Flows;

/// How a user who is created directly is to come in. Printed without the password.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum WayIn {
    /// Not yet, or by a way of the caller's own.
    #[default]
    None,
    /// With this password.
    Password(String),
    /// By an invite, accepting which sets a password.
    Invite,
}

impl fmt::Debug for WayIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Password(_) => "Password(…)",
            Self::Invite => "Invite",
        })
    }
}

/// A user to be created, and how he comes in.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateUserAccount {
    /// Who.
    pub user: CreateUser,
    /// How he comes in.
    pub way_in: WayIn,
    /// The user who creates him, where it is one.
    pub created_by: Option<UserId>,
}

/// Somebody who was created.
#[derive(Debug, Clone, PartialEq)]
pub struct UserAccount {
    /// Who.
    pub user: User,
    /// The invite by which he comes in, where that was asked for.
    pub invite: Option<Invite>,
}

/// Why a user was not created. Nothing was changed.
#[derive(Debug, thiserror::Error)]
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
    /// The password cannot be taken, or not at this moment.
    #[error(transparent)]
    Password(#[from] AuthenticateError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl CreateUserAccountError {
    fn inner(&self) -> &dyn DomainError {
        match self {
            Self::User(error) => error,
            Self::Identity(error) => error,
            Self::Invite(error) => error,
            Self::Password(error) => error,
            Self::Database(error) => error,
        }
    }
}

impl DomainError for CreateUserAccountError {
    fn kind(&self) -> ErrorKind {
        self.inner().kind()
    }

    fn code(&self) -> Option<&'static str> {
        self.inner().code()
    }

    fn retry_after(&self) -> Option<Duration> {
        self.inner().retry_after()
    }
}

impl Flows {
    /// Creates a user, and a way in. A pending invite of the same address is taken back: it has become useless.
    ///
    /// # Errors
    ///
    /// [`CreateUserAccountError`].
    pub async fn create_user_account(
        &self,
        account: &CreateUserAccount,
    ) -> Result<UserAccount, CreateUserAccountError> {
        let part = match &account.way_in {
            WayIn::Password(password) => {
                let user = &account.user;
                let names: Vec<&str> =
                    [&user.first_name, &user.last_name].into_iter().flatten().map(String::as_str).collect();
                Some(self.auth.password_identity(&user.email, &names, password).await?)
            }
            _ => None,
        };
        transaction!(self.database, |transaction| {
            // The invite first, as who accepts one does: in the other order the two would wait for each other.
            self.users.revoke_invite_of_within(transaction, &account.user.email).await?;
            let users = std::slice::from_ref(&account.user);
            let user = self.users.create_users_within(transaction, users).await?.into_iter().next();
            let user = user.ok_or_else(|| Error::Other("a user was created and is not there".into()))?;
            if let Some(part) = part.clone() {
                self.claimed_identity(transaction, &user, part).await?;
            }
            let mut invites = Vec::new();
            if account.way_in == WayIn::Invite {
                let mut invite = CreateInvite::new(user.email.clone());
                invite.user_id = Some(user.id);
                invite.invited_by = account.created_by.map(|id| id.to_string());
                invites = self.users.create_invites_within(transaction, &[invite]).await?;
            }
            Ok(UserAccount { user, invite: invites.pop() })
        })
    }
}
