//! Users as a directory sees them: a company's list of its people, which creates, changes and removes users by SCIM.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! # database.migrate(&[vestibule_outbox::MIGRATIONS, vestibule_user::MIGRATIONS]).await?;
//! # let key = vestibule_core::SigningKey::new(b"a secret of at least 32 random bytes");
//! # let environment = vestibule_core::Environment::system();
//! # let users = vestibule_user::UserModule::new(database, environment, vestibule_user::UserOptions::new(key));
//! use vestibule_core::{Field, FindConfig};
//! use vestibule_user::CreateUser;
//! use vestibule_user::directory::DirectoryField;
//!
//! let ada = users.create_users(CreateUser::new("ada@example.com".parse()?)).await?;
//! let filter = DirectoryField::Email.eq("ada@example.com");
//! let (found, count) = users.list_and_count_directory_users(&filter, &FindConfig::default()).await?;
//! assert_eq!((found[0].user.id, found[0].external_id.as_deref(), count), (ada.id, None, 1));
//! # Ok(())
//! # }
//! ```
//!
//! Not here: what a directory may do (the flows), and SCIM itself.

use vestibule_core::{CursorPage, EmailAddress, Filter, FindConfig, Page, Patch};
use vestibule_database::list::{Counted, Table};
use vestibule_database::{Connection, Error, FromRow, Transaction, list, values};
use vestibule_outbox::{EventName, record_id};

use crate::users::{DIRECTORY_COLUMNS, InvalidProfile, RetrieveUserError, profile};
use crate::{User, UserField, UserId, UserModule, counts};

vestibule_core::fields!(
    /// The fields of a [`DirectoryUser`].
    DirectoryField {
        Id: "id" as Text,
        FirstName: "first_name" as Text,
        LastName: "last_name" as Text,
        Email: "email" as Email,
        Phone: "phone" as Text,
        DisplayName: "display_name" as Text,
        ExternalId: "external_id" as Text,
        LockedAt: "locked_at" as Time,
        CreatedAt: "created_at" as Time,
        UpdatedAt: "updated_at" as Time,
        DeletedAt: "deleted_at" as Time,
    }
);

/// A user, and what a directory keeps of it.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct DirectoryUser {
    /// The user.
    #[row(flatten)]
    pub user: User,
    /// The name that the directory shows.
    pub display_name: Option<String>,
    /// The id that the directory has given to the user.
    pub external_id: Option<String>,
}

const TABLE: Table = Table { name: "users", columns: DIRECTORY_COLUMNS, searched: None };

/// What a directory changes of what it keeps of a user.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DirectoryProfile {
    /// The name that the directory shows.
    pub display_name: Patch<String>,
    /// The id that the directory has given to the user.
    pub external_id: Patch<String>,
}

/// Why what a directory keeps of a user was not changed.
#[derive(Debug, thiserror::Error, vestibule_core::DomainError)]
#[non_exhaustive]
pub enum DirectoryProfileError {
    /// There is no such user.
    #[error(transparent)]
    Retrieve(#[from] RetrieveUserError),
    /// A value is invalid.
    #[error(transparent)]
    Profile(#[from] InvalidProfile),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl UserModule {
    /// Lists the users that match, and counts all matches regardless of `skip` and `take`.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_directory_users(
        &self,
        filter: &Filter<DirectoryField>,
        find: &FindConfig<DirectoryField>,
    ) -> Result<Page<DirectoryUser>, Error> {
        list::list_and_count(&self.database, counted(filter), filter, find).await
    }

    /// Lists the users that match, with what leads to the pages beside it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_page_of_directory_users(
        &self,
        filter: &Filter<DirectoryField>,
        find: &FindConfig<DirectoryField>,
    ) -> Result<CursorPage<DirectoryUser>, Error> {
        list::list_page(&self.database, counted(filter), filter, find).await
    }

    /// Retrieves the user of this id who is not deleted.
    ///
    /// # Errors
    ///
    /// [`RetrieveUserError`].
    pub async fn retrieve_directory_user(
        &self,
        connection: impl Into<Connection<'_>>,
        id: UserId,
    ) -> Result<DirectoryUser, RetrieveUserError> {
        let text = format!("SELECT {DIRECTORY_COLUMNS} FROM users WHERE id = $1 AND deleted_at IS NULL");
        let found = connection.into().query_optional(text, values![id]).await?;
        found.ok_or_else(|| RetrieveUserError::NotFound { id: id.to_string() })
    }

    /// Changes what a directory keeps of a user whose row is locked, within a transaction.
    ///
    /// # Errors
    ///
    /// [`DirectoryProfileError`]; the transaction must then be rolled back.
    pub async fn update_directory_profile_within(
        &self,
        transaction: &mut Transaction,
        id: UserId,
        change: &DirectoryProfile,
    ) -> Result<DirectoryUser, DirectoryProfileError> {
        let present = self.retrieve_directory_user(&mut *transaction, id).await?;
        let changed = DirectoryUser {
            display_name: change.display_name.clone().apply(present.display_name.clone()),
            external_id: change.external_id.clone().apply(present.external_id.clone()),
            ..present.clone()
        };
        profile::check_of_directory(changed.display_name.as_deref(), changed.external_id.as_deref())?;
        if changed == present {
            return Ok(present);
        }
        let now = self.environment.now();
        let text = "UPDATE users SET display_name = $2, external_id = $3, updated_at = $4 WHERE id = $1";
        transaction.execute_pipelined(text, values![id, &changed.display_name, &changed.external_id, now]).await?;
        record_id(transaction, &self.environment, EventName::UserUpdated, &id.to_string()).await?;
        Ok(self.retrieve_directory_user(&mut *transaction, id).await?)
    }

    /// Notes the key by which a directory created a user.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn note_provisioned_within(
        &self,
        transaction: &mut Transaction,
        id: UserId,
        key: &str,
    ) -> Result<(), Error> {
        let text = "UPDATE users SET provisioned_by = $2 WHERE id = $1";
        transaction.execute_pipelined(text, values![id, key]).await
    }

    /// Finds the user with this address, if a directory created the user and no one has locked it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_provisioned_user(
        &self,
        connection: impl Into<Connection<'_>>,
        email: &EmailAddress,
    ) -> Result<Option<UserId>, Error> {
        let text = "SELECT id FROM users WHERE email_canonical = $1 AND deleted_at IS NULL AND locked_at IS NULL
                    AND provisioned_by IS NOT NULL";
        connection.into().query_scalar_optional(text, values![email.canonical()]).await
    }
}

/// The table, with the count that is kept of these users.
fn counted(filter: &Filter<DirectoryField>) -> Counted {
    let field = |field: DirectoryField| match field {
        DirectoryField::LockedAt => UserField::LockedAt,
        DirectoryField::DeletedAt => UserField::DeletedAt,
        // Counts distinguish the states of users alone, and no metadata.
        _ => UserField::Metadata,
    };
    TABLE.with_count(counts::of_users(&filter.clone().map(field), false))
}
