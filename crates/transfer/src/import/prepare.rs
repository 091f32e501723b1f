//! Rows as they will be written: with ids, with the address that each user gets, with our roles.

use std::collections::{HashMap, HashSet};

use vestibule_auth::imports::{ImportApiKey, ImportFactor, ImportIdentity, ImportVerification};
use vestibule_auth::{EMAILPASS, MfaStatus};
use vestibule_core::{EmailAddress, Metadata, Timestamp};
use vestibule_rbac::RoleId;
use vestibule_user::imports::ImportUser;
use vestibule_user::invites::ImportInvite;

use super::addresses::{Doubles, give};
use super::ids::{Origin, derived};
use super::{ImportOptions, Importer, Refused};
use crate::item::{Account, Content, InviteRow, Item};
use crate::reason::Reason;
use crate::source::{Kind, SourceOptions};

/// A row as it will be written, unless something is there already.
pub(super) enum Prepared {
    User(Box<PreparedUser>),
    /// Identities of other actors.
    Identity(Box<ImportIdentity>),
    Invite(Box<ImportInvite>, Vec<RoleId>),
    ApiKey(Box<ImportApiKey>, Vec<RoleId>),
    Unusable {
        kind: &'static str,
        id: String,
        address: String,
        reason: Reason,
    },
}

pub(super) struct PreparedUser {
    pub(super) user: ImportUser,
    pub(super) identities: Vec<ImportIdentity>,
    pub(super) roles: Vec<RoleId>,
    pub(super) notes: Vec<Reason>,
}

/// What preparing needs to know.
pub(super) struct Preparing<'a> {
    pub(super) source: &'a SourceOptions,
    pub(super) options: &'a ImportOptions,
    pub(super) doubles: &'a Doubles,
    pub(super) default_roles: &'a [RoleId],
    /// Ours for those that the source has with what they allow.
    pub(super) source_roles: Option<&'a HashMap<String, Vec<RoleId>>>,
    /// When the import began: for what has no time of its own.
    pub(super) now: Timestamp,
}

impl Importer {
    pub(super) fn prepare(&self, item: Item, with: &Preparing<'_>) -> Prepared {
        match item.content {
            Content::Unusable { kind, id, address, reason } => Prepared::Unusable { kind, id, address, reason },
            // A publishable key grants nothing.
            Content::ApiKey(key) => {
                let is_secret = matches!(key.token, vestibule_auth::imports::ImportedToken::Hash(_));
                Prepared::ApiKey(key, if is_secret { with.default_roles.to_vec() } else { Vec::new() })
            }
            Content::Invite(invite) => with.invite(*invite),
            Content::Account(account) if account.user.is_none() => with.identity(*account),
            Content::Account(account) => with.user(*account, item.mark.parse().ok()),
        }
    }
}

impl Preparing<'_> {
    fn invite(&self, row: InviteRow) -> Prepared {
        let InviteRow { mut invite, address, roles } = row;
        let id = invite.id.to_string();
        match EmailAddress::parse(&address) {
            Ok(email) => {
                invite.email = email;
                let roles = match self.source_roles {
                    Some(ours) => roles.iter().filter_map(|role| ours.get(role)).flatten().cloned().collect(),
                    None => self.default_roles.to_vec(),
                };
                Prepared::Invite(Box::new(invite), roles)
            }
            // No mail would reach it, and accepting it would create a user who is refused.
            Err(error) if invite.is_pending => {
                let reason = Reason::AddressRefused { problem: error.to_string() };
                Prepared::Unusable { kind: "invite", id, address, reason }
            }
            Err(_) => Prepared::Invite(Box::new(invite), Vec::new()),
        }
    }

    fn identity(&self, account: Account) -> Prepared {
        let Some(mut identity) = account.identities.into_iter().next() else {
            let (id, address) = (account.source_id, String::new());
            return Prepared::Unusable { kind: "identity", id, address, reason: Reason::Empty };
        };
        name_parts(&mut identity, None, self.options);
        Prepared::Identity(Box::new(identity))
    }

    fn user(&self, mut account: Account, row: Option<u64>) -> Prepared {
        let given = match give(&account, self.options, self.doubles) {
            Ok(given) => given,
            Err(reason) => {
                let address = account.user.map(|person| person.email).unwrap_or_default();
                return Prepared::Unusable { kind: "user", id: account.source_id, address, reason };
            }
        };
        let Some(person) = account.user.take() else {
            let (id, address) = (account.source_id, String::new());
            return Prepared::Unusable { kind: "user", id, address, reason: Reason::Empty };
        };
        let mut notes = std::mem::take(&mut account.notes);
        notes.extend(given.note.clone());
        let created_at = person.created_at.unwrap_or(self.now);
        let row = row.filter(|_| person.created_at.is_none());
        let origin = Origin { program: self.source.kind.name(), created_at, row };
        let id = person.id.unwrap_or_else(|| derived(origin, "user", &account.source_id));
        let metadata = Metadata::new(person.metadata.clone());
        if let Err(error) = &metadata {
            notes.push(Reason::Metadata { problem: error.to_string() });
        }
        let mut user = ImportUser {
            id,
            email: given.email.clone(),
            is_as_written: given.is_as_written,
            first_name: person.first_name.clone(),
            last_name: person.last_name.clone(),
            avatar_url: person.avatar_url.clone(),
            phone: person.phone.clone(),
            metadata: metadata.ok().filter(|metadata| !metadata.as_object().is_empty() || !person.metadata.is_empty()),
            has_second_factor: account.identities.iter().flat_map(|identity| &identity.factors).any(is_enabled),
            // A ban that is over locks no one; one that lasts stays until someone unlocks the user.
            locked_at: person.locked_at.filter(|_| person.locked_until.is_none_or(|until| until > self.now)),
            created_at,
            updated_at: person.updated_at.unwrap_or(created_at),
            deleted_at: person.deleted_at,
        };
        let adapted = user.adapt();
        if !adapted.is_empty() {
            notes.push(Reason::Shortened { fields: adapted.into_iter().map(str::to_owned).collect() });
        }
        drop_unstorable(&mut account.identities, &mut notes);
        let mut names = HashSet::new();
        for (number, identity) in account.identities.iter_mut().enumerate() {
            let name = format!("{}\0{number}", account.source_id);
            identity.id = identity.id.or_else(|| Some(derived(origin, "identity", &name)));
            identity.created_at = identity.created_at.or(Some(created_at));
            identity.actors.push((vestibule_flows::USER.to_owned(), id.to_string()));
            name_parts(identity, Some(&given), self.options);
            tell_factors_apart(identity, &mut names);
        }
        if person.is_verified && !given.is_as_written {
            verify(&mut account, &given.email, created_at);
        }
        let roles = self.roles(&account, &mut notes);
        // Of a deleted user nothing is left but the row.
        if user.deleted_at.is_some() {
            account.identities.clear();
            return Prepared::User(Box::new(PreparedUser { user, identities: Vec::new(), roles: Vec::new(), notes }));
        }
        Prepared::User(Box::new(PreparedUser { user, identities: account.identities, roles, notes }))
    }

    fn roles(&self, account: &Account, notes: &mut Vec<Reason>) -> Vec<RoleId> {
        let mut roles = self.options.roles.clone();
        if self.source.kind.has_no_roles() && roles.is_empty() && self.source_roles.is_none() {
            roles.extend(self.default_roles.iter().cloned());
        }
        for name in &account.roles {
            let settled = self.source_roles.and_then(|ours| ours.get(name).cloned());
            match settled.or_else(|| self.source.map.roles(name)) {
                Some(ours) => roles.extend(ours),
                None if self.source.kind == Kind::Csv && name.starts_with("role_") => roles.extend(name.parse().ok()),
                None => notes.push(Reason::Role { role: name.clone() }),
            }
        }
        roles.sort();
        roles.dedup();
        roles
    }
}

/// Whether a second factor counts.
fn is_enabled(factor: &ImportFactor) -> bool {
    factor.status == MfaStatus::Enabled
}

/// Sets the forms in which an identity's names are compared.
fn name_parts(identity: &mut ImportIdentity, given: Option<&super::addresses::Given>, options: &ImportOptions) {
    for part in &mut identity.provider_identities {
        let name = part.entity_id.as_str();
        part.entity_canonical = match EmailAddress::parse(name) {
            Ok(email) => {
                let is_as_written = given.is_some_and(|given| given.is_as_written && given.email == email);
                let is_mail = part.provider == EMAILPASS;
                if is_as_written && is_mail { EmailAddress::key_as_written(name) } else { email.canonical().to_owned() }
            }
            Err(_) if part.provider == EMAILPASS && options.refused == Refused::Keep => {
                EmailAddress::key_as_written(name)
            }
            Err(_) => name.to_owned(),
        };
    }
}

/// PostgreSQL stores no NUL, so that no database gets one.
fn drop_unstorable(identities: &mut Vec<ImportIdentity>, notes: &mut Vec<Reason>) {
    let count = identities.len();
    identities.retain(|identity| {
        let mut names = identity.provider_identities.iter().flat_map(|part| [&part.provider, &part.entity_id]);
        !names.any(|name| name.contains('\0'))
    });
    if identities.len() < count {
        notes.push(Reason::MethodName);
    }
}

/// A user's second factors have names of their own.
fn tell_factors_apart(identity: &mut ImportIdentity, names: &mut HashSet<String>) {
    for factor in &mut identity.factors {
        let name = factor.name.clone();
        let mut number = 2;
        while !names.insert(factor.name.clone()) {
            factor.name = format!("{name} {number}");
            number += 1;
        }
    }
}

/// The source has verified the address.
fn verify(account: &mut Account, email: &EmailAddress, at: Timestamp) {
    for identity in &mut account.identities {
        if identity.verifications.is_empty() {
            identity.verifications.push(ImportVerification {
                id: None,
                entity_type: "email".to_owned(),
                entity_id: email.as_str().to_owned(),
                code_hash: None,
                verified_at: Some(at),
                requested_at: Some(at),
                metadata: None,
            });
        }
    }
}
