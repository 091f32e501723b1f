//! Changing the e-mail address of an actor, by links that are mailed to both addresses.
//!
//! - `request`: who is sent a link to confirm the change, and how often
//! - `link`: the links, each of which works once
//! - `apply`: the identities of the actor take the new address
//!
//! The link in the mail to the new address confirms the change, within [`CONFIRM_LIFETIME`]; a newer one replaces it. The
//! link in the mail to the old address reverts the change, within [`REVERT_LIFETIME`]. The database holds the hash of a link's
//! token. The user's own address is stored by the User Module: a flow changes both in one transaction.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! # database.migrate(&[vestibule_outbox::MIGRATIONS, vestibule_auth::MIGRATIONS]).await?;
//! # let options = vestibule_auth::AuthOptions::new(vestibule_core::SigningKey::new(b"a secret of at least 32 random bytes"));
//! # let passwords = vestibule_auth::Passwords::start(vestibule_auth::PasswordConfig::fast_for_tests())?;
//! # let environment = vestibule_core::Environment::system();
//! # let auth = vestibule_auth::AuthModule::new(database.clone(), environment.clone(), options, passwords);
//! use vestibule_auth::email_change::{EmailChangePurpose, NewEmailChange};
//!
//! let (old_email, new_email) = ("user@example.com".parse()?, "user@example.org".parse()?);
//! let change = NewEmailChange {
//!     purpose: EmailChangePurpose::Confirm,
//!     actor_type: "user",
//!     actor_id: "user_01J…",
//!     old_email: &old_email,
//!     new_email: &new_email,
//!     issued_by: None,
//!     from: environment.now(),
//! };
//! let mut transaction = database.begin().await?;
//! let link = auth.create_email_change_link_within(&mut transaction, change).await?;
//! transaction.commit().await?;
//!
//! // Checking the link changes nothing.
//! let found = auth.find_email_change(&link.token, EmailChangePurpose::Confirm).await?;
//! assert_eq!(found.new_email, new_email);
//! let mut transaction = database.begin().await?;
//! auth.use_email_change_within(&mut transaction, &found).await?;
//! transaction.commit().await?;
//! assert!(auth.find_email_change(&link.token, EmailChangePurpose::Confirm).await.is_err(), "a link works once");
//! # Ok(())
//! # }
//! ```

mod apply;
mod link;
mod request;

use std::time::Duration;

use vestibule_core::{EmailAddress, Timestamp};
use vestibule_database::{Error, FromRow, Row};

pub use self::link::{EmailChangeLink, EmailChangeLinkError, NewEmailChange};

/// How long a change can be confirmed.
pub const CONFIRM_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a change can be reverted.
pub const REVERT_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// What a link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailChangePurpose {
    /// It was sent to the new address, and confirms the change.
    Confirm,
    /// It was sent to the old address, and reverts the change.
    Revert,
}

impl EmailChangePurpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Revert => "revert",
        }
    }

    fn lifetime(self) -> Duration {
        match self {
            Self::Confirm => CONFIRM_LIFETIME,
            Self::Revert => REVERT_LIFETIME,
        }
    }
}

/// A change whose link was valid when checked.
#[derive(Debug, Clone, PartialEq)]
pub struct EmailChange {
    /// What the link does.
    pub purpose: EmailChangePurpose,
    /// The actor's type.
    pub actor_type: String,
    /// The actor's id.
    pub actor_id: String,
    /// The address before the change.
    pub old_email: EmailAddress,
    /// The address after it.
    pub new_email: EmailAddress,
    /// The user who requested the change for another one; `None` if its owner or the operator did.
    pub issued_by: Option<String>,
    /// When the link expires.
    pub expires_at: Timestamp,
    created_at: Timestamp,
    token_hash: Vec<u8>,
}

/// The columns of an [`EmailChange`], as a literal for `concat!`.
macro_rules! columns {
    () => {
        "token_hash, purpose, actor_type, actor_id, old_email, new_email, issued_by, expires_at, created_at"
    };
}
use columns;

impl FromRow for EmailChange {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let purpose: String = row.get("purpose")?;
        let address = |column: &str| -> Result<EmailAddress, Error> {
            let text: String = row.get(column)?;
            text.parse().map_err(|_| Error::Other("an address of a change is none".into()))
        };
        Ok(Self {
            purpose: match purpose == EmailChangePurpose::Confirm.as_str() {
                true => EmailChangePurpose::Confirm,
                false => EmailChangePurpose::Revert,
            },
            actor_type: row.get("actor_type")?,
            actor_id: row.get("actor_id")?,
            old_email: address("old_email")?,
            new_email: address("new_email")?,
            issued_by: row.get_optional("issued_by")?,
            expires_at: row.get("expires_at")?,
            created_at: row.get("created_at")?,
            token_hash: row.get("token_hash")?,
        })
    }
}
