//! What a source yields: rows of any program, in one form.

use serde_json::{Map, Value as Json};
use vestibule_auth::EMAILPASS;
use vestibule_auth::imports::{ImportApiKey, ImportIdentity, ImportProviderIdentity};
use vestibule_core::Timestamp;
use vestibule_user::UserId;
use vestibule_user::invites::ImportInvite;

use crate::reason::Reason;

/// A row of a source.
#[derive(Debug)]
pub(crate) struct Item {
    /// Where the source continues after it.
    pub(crate) mark: String,
    /// Where it is, for people: `line 3`.
    pub(crate) place: String,
    pub(crate) content: Content,
}

#[derive(Debug)]
pub(crate) enum Content {
    Account(Box<Account>),
    Invite(Box<InviteRow>),
    ApiKey(Box<ImportApiKey>),
    /// A row that cannot be imported.
    Unusable {
        kind: &'static str,
        id: String,
        address: String,
        reason: Reason,
    },
}

/// An invite, whose address is not checked yet.
#[derive(Debug)]
pub(crate) struct InviteRow {
    pub(crate) invite: ImportInvite,
    pub(crate) address: String,
    /// The ids of roles in the source.
    pub(crate) roles: Vec<String>,
}

/// A user with their identities, or the identities of another actor.
#[derive(Debug, Default)]
pub(crate) struct Account {
    /// The id in the source.
    pub(crate) source_id: String,
    pub(crate) user: Option<Person>,
    /// Without owners where they are the user's.
    pub(crate) identities: Vec<ImportIdentity>,
    /// The names of roles in the source.
    pub(crate) roles: Vec<String>,
    /// What was left out of it, and why.
    pub(crate) notes: Vec<Reason>,
}

/// A user, whose address is not checked yet.
#[derive(Debug, Default)]
pub(crate) struct Person {
    /// The id, where the source has ids of our form.
    pub(crate) id: Option<UserId>,
    pub(crate) email: String,
    pub(crate) is_verified: bool,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) avatar_url: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) metadata: Map<String, Json>,
    pub(crate) locked_at: Option<Timestamp>,
    /// When that ends by itself, where the source has such a time.
    pub(crate) locked_until: Option<Timestamp>,
    pub(crate) created_at: Option<Timestamp>,
    pub(crate) updated_at: Option<Timestamp>,
    pub(crate) deleted_at: Option<Timestamp>,
}

impl Person {
    /// Takes a name that the source has in one piece: the last word is the family name.
    pub(crate) fn set_name(&mut self, name: Option<String>) {
        let Some(name) = name else { return };
        match name.trim().rsplit_once(' ') {
            Some((first, last)) => {
                self.first_name = Some(first.trim().to_owned());
                self.last_name = Some(last.to_owned());
            }
            None => self.first_name = Some(name),
        }
    }
}

/// An identity with an address and a password.
pub(crate) fn password_identity(email: &str, hash: String) -> ImportIdentity {
    let part = ImportProviderIdentity {
        provider: EMAILPASS.to_owned(),
        entity_id: email.to_owned(),
        password_hash: Some(hash),
        ..ImportProviderIdentity::default()
    };
    ImportIdentity { provider_identities: vec![part], ..ImportIdentity::default() }
}

/// An identity of a provider that redirects.
pub(crate) fn provider_identity(provider: &str, entity_id: &str, user_metadata: Map<String, Json>) -> ImportIdentity {
    let part = ImportProviderIdentity {
        provider: provider.to_owned(),
        entity_id: entity_id.to_owned(),
        user_metadata: vestibule_core::Metadata::new(user_metadata).ok(),
        ..ImportProviderIdentity::default()
    };
    ImportIdentity { provider_identities: vec![part], ..ImportIdentity::default() }
}
