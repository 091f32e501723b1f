//! Updating users.

use vestibule_core::{DomainError, EmailAddress, InvalidMetadata, MetadataPatch, OneOrMany, Patch};
use vestibule_database::{Error, Sql, Transaction, in_kind, transaction, values};
use vestibule_outbox::{EventName, record_id};

use super::{InvalidProfile, User, UserId, columns, profile, search_text};
use crate::UserModule;

/// A change of a user.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateUser {
    /// The user.
    pub id: UserId,
    /// The new address. The identities of the user keep theirs.
    pub email: Option<EmailAddress>,
    /// The given name.
    pub first_name: Patch<String>,
    /// The family name.
    pub last_name: Patch<String>,
    /// The URL of a picture.
    pub avatar_url: Patch<String>,
    /// The telephone number.
    pub phone: Patch<String>,
    /// Merged key by key.
    pub metadata: MetadataPatch,
}

impl UpdateUser {
    /// An update of this user without changes yet.
    pub fn new(id: UserId) -> Self {
        Self {
            id,
            email: None,
            first_name: Patch::Keep,
            last_name: Patch::Keep,
            avatar_url: Patch::Keep,
            phone: Patch::Keep,
            metadata: MetadataPatch::Keep,
        }
    }
}

/// Why users could not be updated. None of them was.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum UpdateUsersError {
    /// There is none of this id, or no longer.
    #[error("User with id: {id} was not found")]
    #[kind(NotFound)]
    NotFound {
        /// The id that was given.
        id: String,
    },
    /// Another user has the new address.
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
    /// A name or a picture's URL is invalid.
    #[error(transparent)]
    Profile(#[from] InvalidProfile),
    /// The metadata would become too large.
    #[error(transparent)]
    #[kind(InvalidData)]
    Metadata(#[from] InvalidMetadata),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// Locks a user until this transaction ends. SQLite has one writer anyway.
const LOCK: Sql = Sql::per_engine(
    concat!("SELECT ", columns!(), " FROM users WHERE id = $1 AND deleted_at IS NULL"),
    concat!("SELECT ", columns!(), " FROM users WHERE id = $1 AND deleted_at IS NULL FOR UPDATE"),
);

impl UserModule {
    /// Updates one user or many, all or none.
    ///
    /// # Errors
    ///
    /// [`UpdateUsersError`].
    pub async fn update_users<I: OneOrMany<UpdateUser>>(
        &self,
        updates: I,
    ) -> Result<I::Output<User>, UpdateUsersError> {
        let updates = updates.into_list();
        let updated: Result<_, UpdateUsersError> =
            transaction!(self.database, |transaction| self.update_users_within(transaction, &updates).await);
        Ok(in_kind::<I, _, _>(updated?)?)
    }

    /// Updates users within a transaction.
    ///
    /// # Errors
    ///
    /// [`UpdateUsersError`]; the transaction must then be rolled back.
    pub async fn update_users_within(
        &self,
        transaction: &mut Transaction,
        updates: &[UpdateUser],
    ) -> Result<Vec<User>, UpdateUsersError> {
        let mut updated = Vec::with_capacity(updates.len());
        for update in updates {
            updated.push(self.update_user(transaction, update.clone()).await?);
        }
        Ok(updated)
    }

    async fn update_user(&self, transaction: &mut Transaction, update: UpdateUser) -> Result<User, UpdateUsersError> {
        let not_found = || UpdateUsersError::NotFound { id: update.id.to_string() };
        let present: User = transaction.query_optional(&LOCK, values![update.id]).await?.ok_or_else(not_found)?;
        let changed = User {
            email: update.email.unwrap_or_else(|| present.email.clone()),
            first_name: profile::clean(update.first_name.apply(present.first_name.clone())),
            last_name: profile::clean(update.last_name.apply(present.last_name.clone())),
            avatar_url: update.avatar_url.apply(present.avatar_url.clone()),
            phone: update.phone.apply(present.phone.clone()),
            metadata: update.metadata.apply(present.metadata.clone())?,
            ..present.clone()
        };
        let (first_name, last_name) = (changed.first_name.as_deref(), changed.last_name.as_deref());
        profile::check(first_name, last_name, changed.avatar_url.as_deref(), changed.phone.as_deref())?;
        // As in the reference, an update that changes nothing leaves updated_at alone. Addresses are equal when their
        // canonical forms are, but another spelling is a change.
        if changed == present && changed.email.as_str() == present.email.as_str() {
            return Ok(present);
        }
        let search_text = search_text(&changed.email, first_name, last_name);
        let updated = transaction
            .query_optional::<User>(
                concat!(
                    // An import may have stored another form than the canonical one: it stays with its address.
                    "UPDATE users SET email = $2, email_canonical = CASE WHEN email = $2 THEN email_canonical ELSE $3 END,
                         first_name = $4, last_name = $5,
                         avatar_url = $6, phone = $7, metadata = $8, search_text = $9, updated_at = $10
                     WHERE id = $1 AND deleted_at IS NULL RETURNING ",
                    columns!()
                ),
                values![
                    changed.id,
                    changed.email.as_str(),
                    changed.email.canonical(),
                    &changed.first_name,
                    &changed.last_name,
                    &changed.avatar_url,
                    &changed.phone,
                    &changed.metadata,
                    search_text,
                    self.environment.now(),
                ],
            )
            .await
            .map_err(|error| match error {
                error if error.is_unique("users_email_canonical") => {
                    UpdateUsersError::EmailTaken { email: changed.email.to_string() }
                }
                error => error.into(),
            })?
            .ok_or_else(not_found)?;
        let has_new_email = updated.email.canonical() != present.email.canonical();
        if has_new_email && self.is_reserved_within(transaction, &updated.email, Some(updated.id)).await? {
            return Err(UpdateUsersError::EmailReserved { email: updated.email.to_string() });
        }
        record_id(transaction, &self.environment, EventName::UserUpdated, &updated.id.to_string()).await?;
        Ok(updated)
    }
}
