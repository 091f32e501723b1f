//! The first user, who signs up by a link that the program prints while there are no users.

use std::time::Duration;

use vestibule_core::DomainError;
use vestibule_database::{Error, transaction};
use vestibule_rbac::RoleId;
use vestibule_user::User;

use crate::{Actor, Client, Context, CreateUserAccount, CreateUserAccountError, Flows};

/// How long the link works.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// Why the first user was not created.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum FirstUserError {
    /// The link is invalid, expired, used or superseded; or there is a user already.
    #[error("This set-up link no longer works. While there are no users, the program prints a new one when it starts.")]
    #[kind(Unauthorized, code = "set_up_link_invalid")]
    InvalidLink,
    /// The account cannot be created.
    #[error(transparent)]
    Create(#[from] CreateUserAccountError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Issues a token by which the first user can be created, and revokes the one before; `None` if there is a user.
    /// The database keeps only what proves it (security.md 1 and 3).
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn issue_first_user_token(&self) -> Result<Option<String>, Error> {
        let token: String = self.environment.random_bytes::<24>().iter().map(|byte| format!("{byte:02x}")).collect();
        let expires_at = self.environment.now() + LIFETIME;
        let issued: Result<bool, Error> = transaction!(self.database, |transaction| {
            if self.users.has_users(&mut *transaction).await? {
                return Ok(false);
            }
            self.users.replace_first_link_within(transaction, self.first_user_hash(&token), expires_at).await?;
            Ok(true)
        });
        Ok(issued?.then_some(token))
    }

    /// Whether a token would create the first user now. Changes nothing.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn is_first_user_token(&self, token: &str) -> Result<bool, Error> {
        Ok(self.users.is_first_link(&self.database, self.first_user_hash(token)).await?
            && !self.users.has_users(&self.database).await?)
    }

    /// Creates the first user, a super admin. Of concurrent callers, one succeeds (security.md 2).
    ///
    /// # Errors
    ///
    /// [`FirstUserError`]. A password that is refused does not use the link up.
    pub async fn create_first_user(
        &self,
        token: &str,
        account: &CreateUserAccount,
        client: &Client,
    ) -> Result<User, FirstUserError> {
        if !self.is_first_user_token(token).await? {
            return Err(FirstUserError::InvalidLink);
        }
        let account = CreateUserAccount { roles: Some(vec![RoleId::super_admin()]), ..account.clone() };
        let part = self.password_part(&account).await.map_err(CreateUserAccountError::from)?;
        // The link was printed where the program runs: its reader is the operator.
        let context = Context { client: client.clone(), ..Context::actor(Actor::Operator) };
        transaction!(self.database, |transaction| {
            let is_used = self.users.use_first_link_within(transaction, self.first_user_hash(token)).await?;
            if !is_used || self.users.has_users(&mut *transaction).await? {
                return Err(FirstUserError::InvalidLink);
            }
            let created = self.create_user_account_within(transaction, &account, part.clone(), &context).await?;
            Ok(created.user)
        })
    }

    fn first_user_hash(&self, token: &str) -> [u8; 32] {
        self.auth.derive("first user", token)
    }
}
