//! Creating invites.

use vestibule_core::{DomainError, EmailAddress, Metadata, OneOrMany};
use vestibule_database::{Error, FromRow, Transaction, in_kind, transaction, values};
use vestibule_outbox::{EventName, record_id};

use super::{Invite, InviteId, InviteRow, columns};
use crate::{UserId, UserModule};

/// An invite to be created.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateInvite {
    /// The id, if the caller has one already, from an import for example. A new one otherwise.
    pub id: Option<InviteId>,
    /// The invited address.
    pub email: EmailAddress,
    /// Data of the embedding programs.
    pub metadata: Option<Metadata>,
    /// The user created in advance who signs in by this invite; `None` if acceptance creates the user.
    pub user_id: Option<UserId>,
    /// The id of the inviter, if they are a user.
    pub invited_by: Option<String>,
}

impl CreateInvite {
    /// Invites this address.
    pub fn new(email: EmailAddress) -> Self {
        Self { id: None, email, metadata: None, user_id: None, invited_by: None }
    }
}

/// Why no invite was created.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum CreateInvitesError {
    /// Users have these addresses already.
    #[error("User account for following email(s) already exist: {}", .emails.join(", "))]
    #[kind(InvalidData, code = "user_exists")]
    UsersExist {
        /// The addresses.
        emails: Vec<String>,
    },
    /// A user had the address until a change that can still be reverted.
    #[error(
        "The address {email} is reserved: a user had it until a change that can still be reverted. Use another one, or wait seven days."
    )]
    #[kind(InvalidData, code = "email_reserved")]
    EmailReserved {
        /// The address.
        email: String,
    },
    /// An invite of this address is pending: refresh that one.
    #[error("Invite with email: {email}, already exists.")]
    #[kind(InvalidData, code = "invite_exists")]
    InviteExists {
        /// The address.
        email: String,
    },
    /// The given id is taken, if only by a deleted invite.
    #[error("Invite with id: {id}, already exists.")]
    #[kind(InvalidData, code = "id_taken")]
    IdTaken {
        /// The id.
        id: InviteId,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// What addresses are taken by.
macro_rules! taken {
    ($addresses:literal) => {
        concat!(
            "SELECT 'user' AS taken_by, id AS user_id, email FROM users
             WHERE email_canonical IN (",
            $addresses,
            ") AND deleted_at IS NULL
             UNION ALL SELECT 'reserved', user_id, email_canonical FROM user_reserved_addresses
             WHERE email_canonical IN (",
            $addresses,
            ") AND expires_at > $1"
        )
    };
}

/// An address that a user has, or may take back.
#[derive(FromRow)]
struct Taken {
    #[row(column = "taken_by")]
    by: String,
    user_id: UserId,
    email: String,
}

impl UserModule {
    /// Invites one address or many, all or none. An expired invite is superseded.
    ///
    /// # Errors
    ///
    /// [`CreateInvitesError`].
    pub async fn create_invites<I: OneOrMany<CreateInvite>>(
        &self,
        invites: I,
    ) -> Result<I::Output<Invite>, CreateInvitesError> {
        let invites = invites.into_list();
        let created: Result<_, CreateInvitesError> =
            transaction!(self.database, |transaction| self.create_invites_within(transaction, &invites).await);
        Ok(in_kind::<I, _, _>(created?)?)
    }

    /// Invites within a transaction.
    ///
    /// # Errors
    ///
    /// [`CreateInvitesError`]; the transaction must then be rolled back.
    pub async fn create_invites_within(
        &self,
        transaction: &mut Transaction,
        invites: &[CreateInvite],
    ) -> Result<Vec<Invite>, CreateInvitesError> {
        self.refuse_taken(transaction, invites).await?;
        let mut created = Vec::with_capacity(invites.len());
        for invite in invites {
            created.push(self.create_invite(transaction, invite).await?);
        }
        Ok(created)
    }

    /// A user created at the same moment may slip through: then accepting the invite fails.
    async fn refuse_taken(
        &self,
        transaction: &mut Transaction,
        invites: &[CreateInvite],
    ) -> Result<(), CreateInvitesError> {
        // In portions, because a statement takes a limited number of values.
        for portion in invites.chunks(1_000) {
            let taken: Vec<Taken> = match portion {
                [invite] => {
                    let values = values![self.environment.now(), invite.email.canonical()];
                    transaction.query(taken!("$2"), values).await?
                }
                _ => {
                    let places: Vec<String> = (2..portion.len() + 2).map(|place| format!("${place}")).collect();
                    let mut values = values![self.environment.now()].to_vec();
                    values.extend(portion.iter().map(|invite| invite.email.canonical().into()));
                    transaction.query(taken!("{0}").replace("{0}", &places.join(", ")), &values).await?
                }
            };
            let others = |taken: &&Taken| {
                let is_meant = |invite: &CreateInvite| invite.user_id == Some(taken.user_id);
                !portion.iter().any(is_meant)
            };
            let emails: Vec<String> = taken
                .iter()
                .filter(|taken| taken.by == "user")
                .filter(others)
                .map(|taken| taken.email.clone())
                .collect();
            if !emails.is_empty() {
                return Err(CreateInvitesError::UsersExist { emails });
            }
            let is_reserved = |invite: &&CreateInvite| {
                let of_another = |taken: &Taken| Some(taken.user_id) != invite.user_id;
                taken
                    .iter()
                    .any(|taken| taken.by == "reserved" && taken.email == invite.email.canonical() && of_another(taken))
            };
            if let Some(invite) = portion.iter().find(is_reserved) {
                return Err(CreateInvitesError::EmailReserved { email: invite.email.to_string() });
            }
        }
        Ok(())
    }

    async fn create_invite(
        &self,
        transaction: &mut Transaction,
        invite: &CreateInvite,
    ) -> Result<Invite, CreateInvitesError> {
        let id = invite.id.unwrap_or_else(|| self.environment.id());
        let now = self.environment.now();
        transaction
            .execute_pipelined(
                "UPDATE invites SET state = 'revoked', revoked_at = $2, updated_at = $2, replaced_by = $3
                 WHERE email_canonical = $1 AND state = 'pending' AND expires_at <= $2 AND deleted_at IS NULL",
                values![invite.email.canonical(), now, id],
            )
            .await?;
        let created: Option<InviteRow> = transaction
            .query_optional(
                concat!(
                    "INSERT INTO invites (id, email, email_canonical, state, nonce, expires_at, metadata, invited_by,
                         times_sent, sent_at, search_text, user_id, created_at, updated_at)
                     VALUES ($1, $2, $3, 'pending', $4, $5, $6, $7, 1, $8, $9, $10, $8, $8) RETURNING ",
                    columns!()
                ),
                values![
                    id,
                    invite.email.as_str(),
                    invite.email.canonical(),
                    self.nonce(),
                    now + self.options.invite_lifetime,
                    &invite.metadata,
                    &invite.invited_by,
                    now,
                    vestibule_database::search::search_text([Some(invite.email.as_str())]),
                    invite.user_id,
                ],
            )
            .await
            .map_err(|error| match error {
                error if error.is_unique("invites_email_canonical") => {
                    CreateInvitesError::InviteExists { email: invite.email.to_string() }
                }
                error if error.is_unique("invites_id") => CreateInvitesError::IdTaken { id },
                error => error.into(),
            })?;
        record_id(transaction, &self.environment, EventName::InviteCreated, &id.to_string()).await?;
        let created = created.into_iter().map(|row| self.complete(row)).collect();
        Ok(in_kind::<Invite, Invite, _>(created)?)
    }

    /// 128 random bits, so that no token of this invite equals an earlier one.
    pub(super) fn nonce(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.environment.random_bytes()))
    }
}
