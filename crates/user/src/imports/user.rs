//! Users of an import.

use vestibule_core::{EmailAddress, Metadata, Timestamp};
use vestibule_database::{Error, Transaction, Value, values};

use crate::users::profile::{adapted_name, is_avatar_url, is_phone};
use crate::users::search_text;
use crate::{UserId, UserModule};

/// A user of another program.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportUser {
    /// The id.
    pub id: UserId,
    /// The address.
    pub email: EmailAddress,
    /// Whether the address is compared exactly as it is written, because another user has it in another spelling.
    pub is_as_written: bool,
    /// The given name.
    pub first_name: Option<String>,
    /// The family name.
    pub last_name: Option<String>,
    /// The URL of a picture.
    pub avatar_url: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// Data of other programs.
    pub metadata: Option<Metadata>,
    /// Whether one of their identities has a second factor that counts.
    pub has_second_factor: bool,
    /// When the user was locked.
    pub locked_at: Option<Timestamp>,
    /// When the user was created.
    pub created_at: Timestamp,
    /// When the user was last changed.
    pub updated_at: Timestamp,
    /// When the user was soft-deleted.
    pub deleted_at: Option<Timestamp>,
}

/// The fields of a profile that had to be changed to be stored.
pub type Adapted = Vec<&'static str>;

impl ImportUser {
    /// The form in which the address is compared.
    pub fn canonical(&self) -> String {
        match self.is_as_written {
            true => EmailAddress::key_as_written(self.email.as_str()),
            false => self.email.canonical().to_owned(),
        }
    }

    /// Makes the profile one that can be stored: names lose control characters and are cut after 255 characters, what is no picture's
    /// URL or no telephone number is left out. Returns the fields that were changed.
    pub fn adapt(&mut self) -> Adapted {
        let mut changed = Vec::new();
        for (field, name) in [("first_name", &mut self.first_name), ("last_name", &mut self.last_name)] {
            if let Some(text) = name {
                let (adapted, is_changed) = adapted_name(text);
                *text = adapted;
                changed.extend(is_changed.then_some(field));
            }
        }
        changed.extend(self.avatar_url.take_if(|url| !is_avatar_url(url)).map(|_| "avatar_url"));
        changed.extend(self.phone.take_if(|phone| !is_phone(phone)).map(|_| "phone"));
        changed
    }
}

impl UserModule {
    /// Writes users.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database; [`Error::Unique`] where an id or an address is taken. The transaction must then be rolled
    /// back.
    pub async fn import_users_within(
        &self,
        transaction: &mut Transaction,
        users: impl IntoIterator<Item = &ImportUser>,
    ) -> Result<(), Error> {
        let rows: Vec<_> = users.into_iter().map(row).collect();
        let insert = "INSERT INTO users (id, email, email_canonical, first_name, last_name, avatar_url, phone, metadata, search_text,
                          locked_at, created_at, updated_at, deleted_at, has_second_factor)";
        transaction.insert_rows(insert, rows).await
    }

    /// Sets the profile of a user who is there already to that of the import. The address stays.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn update_imported_within(&self, transaction: &mut Transaction, user: &ImportUser) -> Result<(), Error> {
        let text = "UPDATE users SET first_name = $2, last_name = $3, avatar_url = $4, phone = $5, metadata = $6, search_text = $7,
                        updated_at = $8
                    WHERE id = $1 AND deleted_at IS NULL";
        let values = values![
            user.id,
            &user.first_name,
            &user.last_name,
            &user.avatar_url,
            &user.phone,
            &user.metadata,
            search_text(&user.email, user.first_name.as_deref(), user.last_name.as_deref()),
            self.environment.now(),
        ];
        transaction.execute_pipelined(text, values).await
    }
}

/// The values of a user, in the order of the columns above.
fn row(user: &ImportUser) -> [Value; 14] {
    [
        user.id.into(),
        user.email.as_str().into(),
        user.canonical().into(),
        (&user.first_name).into(),
        (&user.last_name).into(),
        (&user.avatar_url).into(),
        (&user.phone).into(),
        (&user.metadata).into(),
        search_text(&user.email, user.first_name.as_deref(), user.last_name.as_deref()).into(),
        user.locked_at.into(),
        user.created_at.into(),
        user.updated_at.into(),
        user.deleted_at.into(),
        user.has_second_factor.into(),
    ]
}
