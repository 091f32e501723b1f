//! Users.
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
//! use vestibule_core::{Direction, Field, FindConfig, Patch};
//! use vestibule_user::{CreateUser, UpdateUser, UserField};
//!
//! let [ada, bob] = ["ada@example.com", "bob@example.com"].map(|address| address.parse().map(CreateUser::new));
//! let created = users.create_users([ada?, bob?]).await?;
//! let name = Patch::Set("Ada".to_owned());
//! users.update_users(UpdateUser { first_name: name, ..UpdateUser::new(created[0].id) }).await?;
//!
//! let find = FindConfig::default().order_by(UserField::Email, Direction::Ascending);
//! let (found, count) = users.list_and_count_users(&UserField::FirstName.eq("Ada"), &find).await?;
//! assert_eq!((found[0].id, count), (created[0].id, 1));
//! # Ok(())
//! # }
//! ```

mod addresses;
mod create;
mod delete;
mod erase;
mod list;
mod lock;
pub(crate) mod profile;
mod reserve;
mod retrieve;
mod second_factor;
mod seen;
mod update;

use serde::Serialize;
use vestibule_core::{EmailAddress, Metadata, Timestamp};
use vestibule_database::FromRow;
use vestibule_database::list::Table;
use vestibule_database::search::Searched;

pub use self::addresses::AddressFault;
pub use self::create::{CreateUser, CreateUsersError};
pub use self::delete::RestoreUsersError;
pub use self::profile::InvalidProfile;
pub use self::retrieve::RetrieveUserError;
pub use self::update::{UpdateUser, UpdateUsersError};

vestibule_core::id!(
    /// A user.
    UserId,
    "user"
);

vestibule_core::fields!(
    /// The fields of a [`User`].
    UserField {
        Id: "id" as Text,
        FirstName: "first_name" as Text,
        LastName: "last_name" as Text,
        Email: "email" as Email,
        AvatarUrl: "avatar_url" as Text,
        Phone: "phone" as Text,
        Metadata: "metadata" as Json,
        LockedAt: "locked_at" as Time,
        /// Sorts users who were never seen by their creation.
        LastSeenAt: "last_seen_at" as Time by "coalesce(last_seen_at, created_at)",
        CreatedAt: "created_at" as Time,
        UpdatedAt: "updated_at" as Time,
        DeletedAt: "deleted_at" as Time,
    }
);

/// A user.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[row(columns = columns, exported = user_columns, table = "users")]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The given name.
    pub first_name: Option<String>,
    /// The family name.
    pub last_name: Option<String>,
    /// The address, unique among users that are not deleted.
    pub email: EmailAddress,
    /// The URL of a picture of the user.
    pub avatar_url: Option<String>,
    /// The telephone number, as the user writes it.
    pub phone: Option<String>,
    /// Data of the embedding programs.
    pub metadata: Option<Metadata>,
    /// When an administrator locked the user.
    pub locked_at: Option<Timestamp>,
    /// When the user last used the service, to the minute or so. It outlasts the user's sessions.
    pub last_seen_at: Option<Timestamp>,
    /// When the user was created.
    pub created_at: Timestamp,
    /// When the user was last changed.
    pub updated_at: Timestamp,
    /// When the user was soft-deleted.
    pub deleted_at: Option<Timestamp>,
}

impl User {
    /// The parts of the profile that are text, by the names of their fields.
    pub fn profile(&self) -> [(&'static str, Option<&str>); 4] {
        [
            ("first_name", self.first_name.as_deref()),
            ("last_name", self.last_name.as_deref()),
            ("avatar_url", self.avatar_url.as_deref()),
            ("phone", self.phone.as_deref()),
        ]
    }
}

pub(crate) const TABLE: Table = Table { name: "users", columns: columns!(), searched: Some(SEARCHED) };

/// The columns of a user as a directory sees it.
pub(crate) const DIRECTORY_COLUMNS: &str = concat!(columns!(), ", display_name, external_id");

/// What a search of users covers.
pub const SEARCHED: Searched =
    Searched { table: "users", columns: &["email", "first_name", "last_name"], is_indexed: true };

/// What users are sorted by to list them by name: as it is shown, first and last name, the one that there is, or the address; capitals
/// of ASCII count as small letters. It has an index.
pub const BY_NAME: &str = "lower(coalesce(first_name || ' ' || last_name, first_name, last_name, email))";

/// The columns that a search covers.
pub(crate) fn search_text(email: &EmailAddress, first_name: Option<&str>, last_name: Option<&str>) -> String {
    vestibule_database::search::search_text([Some(email.as_str()), first_name, last_name])
}
