//! Invites: who may join, until when, and by which token.
//!
//! An invite is pending until it is accepted or revoked. Expiry follows from the time alone: no job marks it, so none
//! can be late.
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
//! use vestibule_user::CreateInvite;
//! use vestibule_user::invites::InviteTokenError;
//!
//! let invite = users.create_invites(CreateInvite::new("colleague@example.com".parse()?)).await?;
//! let token = invite.token.unwrap_or_default();
//! assert_eq!(users.validate_invite_token(&token).await?.id, invite.id);
//!
//! // Sent again, the invite has another token.
//! users.refresh_invite_tokens([invite.id]).await?;
//! assert!(matches!(users.validate_invite_token(&token).await, Err(InviteTokenError::Replaced { .. })));
//! # Ok(())
//! # }
//! ```

mod accept;
mod create;
mod delete;
mod import;
mod list;
mod refresh;
mod retrieve;
mod revoke;
mod token;
mod update;

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use vestibule_core::{EmailAddress, Metadata, Timestamp};
use vestibule_database::list::Table;
use vestibule_database::search::Searched;
use vestibule_database::{Error, FromRow, Row};

pub use self::create::{CreateInvite, CreateInvitesError};
pub use self::delete::RestoreInvitesError;
pub use self::import::ImportInvite;
pub use self::refresh::RefreshInvitesError;
pub use self::retrieve::RetrieveInviteError;
pub use self::token::InviteTokenError;
pub use self::update::{UpdateInvite, UpdateInvitesError};
use crate::{UserId, UserModule};

vestibule_core::id!(
    /// An invite.
    InviteId,
    "invite"
);

vestibule_core::fields!(
    /// The fields of an [`Invite`]. To filter by state, see [`InviteState::filter`].
    InviteField {
        Id: "id" as Text,
        Email: "email" as Email,
        Accepted: "accepted" as Derived,
        Token: "token" as Derived,
        State: "state" as Text,
        ExpiresAt: "expires_at" as Time,
        Metadata: "metadata" as Json,
        UserId: "user_id" as Text,
        InvitedBy: "invited_by" as Text,
        AcceptedBy: "accepted_by" as Text,
        AcceptedAt: "accepted_at" as Time,
        RevokedAt: "revoked_at" as Time,
        ReplacedBy: "replaced_by" as Text,
        TimesSent: "times_sent" as Int,
        SentAt: "sent_at" as Time,
        CreatedAt: "created_at" as Time,
        UpdatedAt: "updated_at" as Time,
        DeletedAt: "deleted_at" as Time,
    }
);

/// The state of an invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum InviteState {
    /// It can be accepted.
    Pending,
    /// It has expired at `expires_at`; refreshed, it can be accepted again.
    Expired,
    /// It was accepted.
    Accepted,
    /// It was revoked.
    Revoked,
}

impl InviteState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Expired, Self::Accepted, Self::Revoked];

    /// A filter for the invites in this state at `now`.
    pub fn filter(self, now: Timestamp) -> vestibule_core::Filter<InviteField> {
        use vestibule_core::{Condition, Field};
        let pending = InviteField::State.eq("pending");
        match self {
            Self::Pending => pending.and(InviteField::ExpiresAt.is(Condition::Gt(now.into()))),
            Self::Expired => pending.and(InviteField::ExpiresAt.is(Condition::Lte(now.into()))),
            Self::Accepted => InviteField::State.eq("accepted"),
            Self::Revoked => InviteField::State.eq("revoked"),
        }
    }
}

impl InviteState {
    /// What the invites of this state are sorted by: an index has them in this order. An invite that is pending or has expired is found
    /// by when it expires, which is the order in which they were sent.
    pub const fn sorted_by(self) -> InviteField {
        match self {
            Self::Pending | Self::Expired => InviteField::ExpiresAt,
            Self::Accepted | Self::Revoked => InviteField::SentAt,
        }
    }
}

impl fmt::Display for InviteState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pending => "pending",
            Self::Expired => "expired",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
        })
    }
}

/// Text that is no state of an invite.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the states of an invite are pending, expired, accepted and revoked")]
pub struct UnknownState;

impl FromStr for InviteState {
    type Err = UnknownState;
    fn from_str(text: &str) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|state| state.to_string() == text).ok_or(UnknownState)
    }
}

/// An invite.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invite {
    /// The id.
    pub id: InviteId,
    /// The invited address. At most one pending invite has an address.
    pub email: EmailAddress,
    /// Whether it was accepted.
    pub accepted: bool,
    /// Accepts the invite while it is pending. Null for callers who cannot grant every role of the invite.
    // Derived from the row and the secret: the database does not hold it. Also present when the invite has expired.
    pub token: Option<String>,
    /// The state.
    pub state: InviteState,
    /// When it expires.
    pub expires_at: Timestamp,
    /// Data of the embedding programs.
    pub metadata: Option<Metadata>,
    /// The user who was created in advance and signs in through this invite.
    pub user_id: Option<UserId>,
    /// The user who invited.
    pub invited_by: Option<String>,
    /// The user who accepted it.
    pub accepted_by: Option<String>,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// The newer invite that replaced this one after it expired.
    pub replaced_by: Option<String>,
    /// How often it was sent: once, and once for each refresh.
    pub times_sent: i64,
    /// When it was last sent.
    pub sent_at: Timestamp,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was soft-deleted.
    pub deleted_at: Option<Timestamp>,
}

/// The columns of an [`InviteRow`], as a literal for `concat!`.
macro_rules! columns {
    () => {
        "id, email, state, nonce, expires_at, metadata, user_id, invited_by, accepted_by, accepted_at, revoked_at, replaced_by,
         times_sent, sent_at, created_at, updated_at, deleted_at"
    };
}
use columns;

const TABLE: Table = Table { name: "invites", columns: columns!(), searched: Some(SEARCHED) };

/// What a search of invites covers.
pub const SEARCHED: Searched = Searched { table: "invites", columns: &["email"], is_indexed: true };

/// An invite as it is stored: without the token, and with what the token is derived from.
struct InviteRow {
    invite: Invite,
    nonce: String,
}

impl FromRow for InviteRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let state =
            row.get::<String>("state")?.parse().map_err(|_| Error::Other("an invite's state is unknown".into()))?;
        let invite = Invite {
            id: row.get("id")?,
            email: row.get("email")?,
            accepted: state == InviteState::Accepted,
            token: None,
            state,
            expires_at: row.get("expires_at")?,
            metadata: row.get_optional("metadata")?,
            user_id: row.get_optional("user_id")?,
            invited_by: row.get_optional("invited_by")?,
            accepted_by: row.get_optional("accepted_by")?,
            accepted_at: row.get_optional("accepted_at")?,
            revoked_at: row.get_optional("revoked_at")?,
            replaced_by: row.get_optional("replaced_by")?,
            times_sent: row.get("times_sent")?,
            sent_at: row.get("sent_at")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
            deleted_at: row.get_optional("deleted_at")?,
        };
        Ok(Self { invite, nonce: row.get("nonce")? })
    }
}

impl UserModule {
    /// Adds what follows from the time and the secret.
    fn complete(&self, row: InviteRow) -> Invite {
        let InviteRow { mut invite, nonce } = row;
        if invite.state == InviteState::Pending {
            invite.token = Some(self.invite_token(&invite, &nonce));
            if invite.expires_at <= self.environment.now() {
                invite.state = InviteState::Expired;
            }
        }
        invite
    }
}
