//! The token of an invite, and the reasons why one is refused.

use serde::{Deserialize, Serialize};
use vestibule_core::{DomainError, Timestamp};
use vestibule_database::{Connection, Error, values};

use super::{Invite, InviteId, InviteRow, InviteState, columns};
use crate::UserModule;

/// The claims of an invite's token. The reference's, with a purpose, so that no other token is accepted as an invite's.
#[derive(Serialize, Deserialize)]
struct Claims {
    id: String,
    email: String,
    jti: String,
    purpose: String,
    iat: i64,
    exp: i64,
}

const PURPOSE: &str = "invite";

/// Why a token is refused.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum InviteTokenError {
    /// Not the token of an invite, or of one that no longer exists.
    #[error("This is not a valid invite link. Open the link exactly as it stands in the mail, or ask for a new one.")]
    #[kind(Unauthorized, code = "invite_token_invalid")]
    Invalid,
    /// The invite was sent again, with a newer token.
    #[error("This invite was sent again on {}. Use the link in the newer mail, or ask for a new one.", date(.sent_at))]
    #[kind(Unauthorized, code = "invite_token_replaced")]
    Replaced {
        /// When the newer one was sent.
        sent_at: Timestamp,
    },
    /// The invite has expired.
    #[error("This invite expired on {}. Ask for a new one.", date(.expired_at))]
    #[kind(Unauthorized, code = "invite_expired")]
    Expired {
        /// When it expired.
        expired_at: Timestamp,
    },
    /// The invite was revoked.
    #[error("This invite was withdrawn on {}. Ask the person who invited you for a new one.", date(.revoked_at))]
    #[kind(Unauthorized, code = "invite_revoked")]
    Revoked {
        /// When it was revoked.
        revoked_at: Timestamp,
    },
    /// The invite was accepted already.
    #[error("This invite was already accepted on {}. Sign in instead.", date(.accepted_at))]
    #[kind(Unauthorized, code = "invite_already_accepted")]
    AlreadyAccepted {
        /// When it was accepted.
        accepted_at: Timestamp,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

fn date(moment: &Timestamp) -> String {
    moment.to_string().chars().take(10).collect()
}

/// The invite and the nonce that a genuine token names.
pub(super) struct Named {
    pub(super) id: InviteId,
    pub(super) nonce: String,
}

impl UserModule {
    pub(super) fn invite_token(&self, invite: &Invite, nonce: &str) -> String {
        self.options.signing_key.sign(&Claims {
            id: invite.id.to_string(),
            email: invite.email.to_string(),
            jti: nonce.to_owned(),
            purpose: PURPOSE.to_owned(),
            iat: invite.sent_at.as_seconds(),
            exp: invite.expires_at.as_seconds(),
        })
    }

    pub(super) fn read_invite_token(&self, token: &str) -> Result<Named, InviteTokenError> {
        let claims: Claims = self.options.signing_key.read(token).map_err(|_| InviteTokenError::Invalid)?;
        if claims.purpose != PURPOSE {
            return Err(InviteTokenError::Invalid);
        }
        let id = claims.id.parse().map_err(|_| InviteTokenError::Invalid)?;
        Ok(Named { id, nonce: claims.jti })
    }

    /// The invite that a genuine token names, in any state.
    pub fn invite_named_by(&self, token: &str) -> Option<InviteId> {
        self.read_invite_token(token).ok().map(|named| named.id)
    }

    /// Finds the pending invite of a token. Changes nothing: opening a link is not accepting it.
    ///
    /// # Errors
    ///
    /// [`InviteTokenError`], with the reason.
    pub async fn validate_invite_token(&self, token: &str) -> Result<Invite, InviteTokenError> {
        let named = self.read_invite_token(token)?;
        self.find_usable(&self.database, &named).await
    }

    /// The invite, if its token can be used now; otherwise the reason.
    pub(super) async fn find_usable(
        &self,
        connection: impl Into<Connection<'_>>,
        named: &Named,
    ) -> Result<Invite, InviteTokenError> {
        let text = concat!("SELECT ", columns!(), " FROM invites WHERE id = $1");
        let row: Option<InviteRow> = connection.into().query_optional(text, values![named.id]).await?;
        let row = row.ok_or(InviteTokenError::Invalid)?;
        let is_newest = row.nonce == named.nonce;
        let invite = self.complete(row);
        let Invite { sent_at, updated_at, .. } = invite;
        match invite.state {
            InviteState::Accepted => {
                Err(InviteTokenError::AlreadyAccepted { accepted_at: invite.accepted_at.unwrap_or(updated_at) })
            }
            InviteState::Revoked if invite.replaced_by.is_some() => {
                Err(InviteTokenError::Replaced { sent_at: updated_at })
            }
            InviteState::Revoked => {
                Err(InviteTokenError::Revoked { revoked_at: invite.revoked_at.unwrap_or(updated_at) })
            }
            _ if !is_newest => Err(InviteTokenError::Replaced { sent_at }),
            _ if invite.deleted_at.is_some() => Err(InviteTokenError::Revoked { revoked_at: updated_at }),
            InviteState::Expired => Err(InviteTokenError::Expired { expired_at: invite.expires_at }),
            InviteState::Pending => Ok(invite),
        }
    }
}
