//! Creating users.

use vestibule_core::{DomainError, EmailAddress, Metadata, OneOrMany};
use vestibule_database::{Error, Transaction, in_kind, transaction, values};
use vestibule_outbox::{EventName, record_id};

use super::{InvalidProfile, User, UserId, columns, profile, search_text};
use crate::UserModule;

/// A user to be created.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateUser {
    /// The id, if the caller has one already, from an import for example. A new one otherwise.
    pub id: Option<UserId>,
    /// The address.
    pub email: EmailAddress,
    /// The given name.
    pub first_name: Option<String>,
    /// The family name.
    pub last_name: Option<String>,
    /// The URL of a picture.
    pub avatar_url: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// Data of the embedding programs.
    pub metadata: Option<Metadata>,
}

impl CreateUser {
    /// A user of whom only the address is known.
    pub fn new(email: EmailAddress) -> Self {
        Self { id: None, email, first_name: None, last_name: None, avatar_url: None, phone: None, metadata: None }
    }
}

/// Why users could not be created. None of them was.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum CreateUsersError {
    /// Another user has this address.
    #[error("User with email: {email}, already exists.")]
    #[kind(InvalidData, code = "email_taken")]
    EmailTaken {
        /// The address.
        email: String,
    },
    /// Another user had the address until a change that can still be reverted.
    #[error(
        "The address {email} is reserved: a user had it until a change that can still be reverted. Use another one, or wait seven days."
    )]
    #[kind(InvalidData, code = "email_reserved")]
    EmailReserved {
        /// The address.
        email: String,
    },
    /// The given id is taken, if only by a deleted user.
    #[error("User with id: {id}, already exists.")]
    #[kind(InvalidData, code = "id_taken")]
    IdTaken {
        /// The id.
        id: UserId,
    },
    /// A name or a picture's URL is invalid.
    #[error(transparent)]
    Profile(#[from] InvalidProfile),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl UserModule {
    /// Creates one user or many, all or none.
    ///
    /// # Errors
    ///
    /// [`CreateUsersError`].
    pub async fn create_users<I: OneOrMany<CreateUser>>(&self, users: I) -> Result<I::Output<User>, CreateUsersError> {
        let users = users.into_list();
        let created: Result<_, CreateUsersError> =
            transaction!(self.database, |transaction| self.create_users_within(transaction, &users).await);
        Ok(in_kind::<I, _, _>(created?)?)
    }

    /// Creates users within a transaction.
    ///
    /// # Errors
    ///
    /// [`CreateUsersError`]; the transaction must then be rolled back.
    pub async fn create_users_within(
        &self,
        transaction: &mut Transaction,
        users: &[CreateUser],
    ) -> Result<Vec<User>, CreateUsersError> {
        let mut created = Vec::with_capacity(users.len());
        for user in users {
            created.push(self.create_user(transaction, user).await?);
        }
        Ok(created)
    }

    async fn create_user(&self, transaction: &mut Transaction, user: &CreateUser) -> Result<User, CreateUsersError> {
        let names = [&user.first_name, &user.last_name].map(|name| profile::clean(name.clone()));
        let [first_name, last_name] = names.each_ref().map(Option::as_deref);
        profile::check(first_name, last_name, user.avatar_url.as_deref(), user.phone.as_deref())?;
        let id = user.id.unwrap_or_else(|| self.environment.id());
        let created = transaction
            .query_optional::<User>(
                concat!(
                    "INSERT INTO users (id, email, email_canonical, first_name, last_name, avatar_url, phone,
                         metadata, search_text, created_at, updated_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) RETURNING ",
                    columns!()
                ),
                values![
                    id,
                    user.email.as_str(),
                    user.email.canonical(),
                    first_name,
                    last_name,
                    &user.avatar_url,
                    &user.phone,
                    &user.metadata,
                    search_text(&user.email, first_name, last_name),
                    self.environment.now(),
                ],
            )
            .await
            .map_err(|error| match error {
                error if error.is_unique("users_email_canonical") => {
                    CreateUsersError::EmailTaken { email: user.email.to_string() }
                }
                error if error.is_unique("users_id") => CreateUsersError::IdTaken { id },
                error => error.into(),
            })?;
        if self.is_reserved_within(transaction, &user.email, Some(id)).await? {
            return Err(CreateUsersError::EmailReserved { email: user.email.to_string() });
        }
        record_id(transaction, &self.environment, EventName::UserCreated, &id.to_string()).await?;
        Ok(in_kind::<User, User, _>(created.into_iter().collect())?)
    }
}
