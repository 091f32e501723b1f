//! One batch: what is there already is looked for, and the rest is written.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::json;
use vestibule_auth::imports::{ImportIdentity, PresentIdentities, Sought};
use vestibule_database::{Error, Transaction};
use vestibule_rbac::RoleId;
use vestibule_user::User;
use vestibule_user::imports::{ImportUser, PresentUsers, SoughtUsers};

use super::journal::Changes;
use super::prepare::{Prepared, PreparedUser};
use super::{Importer, OnConflict};
use crate::reason::Reason;
use crate::report::Line;

/// What a batch has done.
#[derive(Default)]
pub(super) struct Done {
    pub(super) changes: Changes,
    pub(super) lines: Vec<Line>,
    pub(super) conflicts: Vec<String>,
    /// Open invites that were created.
    pub(super) invites: Vec<String>,
    pub(super) roles: Vec<(String, Vec<RoleId>)>,
}

/// What is there already, and what the batch itself writes.
struct Present {
    users: PresentUsers,
    identities: PresentIdentities,
    written: HashSet<String>,
}

/// What is written when all rows were looked at: by few statements.
#[derive(Default)]
struct Pending<'a> {
    users: Vec<&'a ImportUser>,
    identities: Vec<Cow<'a, ImportIdentity>>,
}

impl Importer {
    /// Writes a batch.
    pub(super) async fn write_batch(
        &self,
        transaction: &mut Transaction,
        rows: &[(String, Prepared)],
    ) -> Result<Done, Error> {
        let mut present = self.look(transaction, rows).await?;
        let (mut done, mut pending) = (Done::default(), Pending::default());
        for (place, row) in rows {
            self.write_row(transaction, place, row, &mut present, &mut pending, &mut done).await?;
        }
        self.flows.users().import_users_within(transaction, pending.users).await?;
        let identities = pending.identities.iter().map(Cow::as_ref);
        let ids = self.flows.auth().import_identities_within(transaction, identities).await?;
        done.changes.identities.extend(ids.iter().map(ToString::to_string));
        self.flows.rbac().import_assignments_within(transaction, &done.roles).await?;
        Ok(done)
    }

    async fn look(&self, transaction: &mut Transaction, rows: &[(String, Prepared)]) -> Result<Present, Error> {
        let (mut people, mut sought) = (SoughtUsers::default(), Sought::default());
        for (_, row) in rows {
            match row {
                Prepared::User(row) => {
                    people.ids.push(row.user.id.to_string());
                    people.canonicals.push(row.user.canonical());
                    row.identities.iter().for_each(|identity| seek(&mut sought, identity));
                }
                Prepared::Identity(identity) => seek(&mut sought, identity),
                Prepared::Invite(invite, _) => {
                    people.invites.push(invite.id.to_string());
                    people.invited.push(invite.email.canonical().to_owned());
                    people.canonicals.push(invite.email.canonical().to_owned());
                }
                Prepared::ApiKey(key, _) => sought.keys.push(key.id.to_string()),
                Prepared::Unusable { .. } => {}
            }
        }
        Ok(Present {
            users: self.flows.users().find_present_within(transaction, &people).await?,
            identities: self.flows.auth().find_present_within(transaction, &sought).await?,
            written: HashSet::new(),
        })
    }

    async fn write_row<'a>(
        &self,
        transaction: &mut Transaction,
        place: &str,
        row: &'a Prepared,
        present: &mut Present,
        pending: &mut Pending<'a>,
        done: &mut Done,
    ) -> Result<(), Error> {
        let mut line = |kind, id: &str, address: &str, result, reasons: Vec<Reason>| {
            let (place, id, address) = (place.to_owned(), id.to_owned(), address.to_owned());
            done.lines.push(Line { place, kind, id, address, result, reasons });
        };
        match row {
            Prepared::Unusable { kind, id, address, reason } => {
                line(kind, id, address, "left_out", vec![reason.clone()])
            }
            Prepared::User(user) => return self.write_user(transaction, place, user, present, pending, done).await,
            Prepared::Identity(identity) => {
                let (id, name) = (identity.id.map(|id| id.to_string()).unwrap_or_default(), name_of(identity));
                match present.identities.ids.contains(&id) {
                    true => line("identity", &id, &name, "exists", Vec::new()),
                    false if present.has_name(identity) => {
                        line("identity", &id, &name, "left_out", vec![Reason::NameTaken]);
                    }
                    false => {
                        line("identity", &id, &name, "created", Vec::new());
                        pending.add(Cow::Borrowed(identity), present);
                    }
                }
            }
            Prepared::Invite(invite, roles) => {
                let (id, address) = (invite.id.to_string(), invite.email.to_string());
                let canonical = invite.email.canonical();
                if present.users.invites.contains(&id) {
                    line("invite", &id, &address, "exists", Vec::new());
                } else if invite.is_pending && present.has_address(canonical) {
                    line("invite", &id, &address, "left_out", vec![Reason::AddressTaken]);
                } else if invite.is_pending && !present.users.invited.insert(canonical.to_owned()) {
                    line("invite", &id, &address, "left_out", vec![Reason::Invited]);
                } else {
                    line("invite", &id, &address, "created", Vec::new());
                    self.flows.users().import_invite_within(transaction, invite).await?;
                    if invite.is_pending {
                        done.roles.push((id.clone(), roles.clone()));
                        done.invites.push(id.clone());
                    }
                    done.changes.people.push(id);
                }
            }
            Prepared::ApiKey(key, roles) => {
                let id = key.id.to_string();
                match present.identities.ids.contains(&id) {
                    true => line("api_key", &id, &key.title, "exists", Vec::new()),
                    false => {
                        line("api_key", &id, &key.title, "created", Vec::new());
                        self.flows.auth().import_api_key_within(transaction, key).await?;
                        done.roles.push((id.clone(), roles.clone()));
                        done.changes.identities.push(id);
                    }
                }
            }
        }
        Ok(())
    }

    async fn write_user<'a>(
        &self,
        transaction: &mut Transaction,
        place: &str,
        row: &'a PreparedUser,
        present: &mut Present,
        pending: &mut Pending<'a>,
        done: &mut Done,
    ) -> Result<(), Error> {
        let (id, address, canonical) = (row.user.id.to_string(), row.user.email.to_string(), row.user.canonical());
        let line = |result, reasons: Vec<Reason>| Line {
            place: place.to_owned(),
            kind: "user",
            id: id.clone(),
            address: address.clone(),
            result,
            reasons,
        };
        let is_deleted = row.user.deleted_at.is_some();
        let same = present.users.by_id.get(&id).cloned();
        let other = present.users.by_address.get(&canonical).filter(|_| !is_deleted).cloned();
        let Some(found) = same.clone().or(other) else {
            if !is_deleted && present.users.reserved.contains(&canonical) {
                done.lines.push(line("left_out", vec![Reason::Reserved]));
                return Ok(());
            }
            if !present.written.insert(id.clone()) || (!is_deleted && !present.written.insert(canonical)) {
                done.lines.push(line("left_out", vec![Reason::UserTwice]));
                return Ok(());
            }
            pending.users.push(&row.user);
            let mut notes = row.notes.clone();
            add_identities(row, present, pending, &mut notes);
            if !row.roles.is_empty() {
                done.roles.push((id.clone(), row.roles.clone()));
            }
            done.changes.people.push(id.clone());
            done.lines.push(line("created", notes));
            return Ok(());
        };
        // A user of an earlier run of the same import is no conflict.
        let is_same = same.is_some() && found.email.as_str() == row.user.email.as_str();
        if !is_same {
            done.conflicts.push(format!("{address} ({place}): {}", found.id));
        }
        if self.options.on_conflict != OnConflict::Update || found.deleted_at.is_some() || (same.is_some() && !is_same)
        {
            let present = (!is_same).then(|| Reason::Present { user: found.id.to_string() });
            done.lines.push(line("exists", present.into_iter().collect()));
            return Ok(());
        }
        let mut notes = row.notes.clone();
        let is_changed = self.update_user(transaction, row, &found, done).await?;
        let added = add_missing(row, &found, present, pending, &mut notes);
        done.lines.push(line(if is_changed || added { "updated" } else { "exists" }, notes));
        Ok(())
    }

    /// Sets the profile of a user who is there; returns whether it changed.
    async fn update_user(
        &self,
        transaction: &mut Transaction,
        row: &PreparedUser,
        found: &User,
        done: &mut Done,
    ) -> Result<bool, Error> {
        let mut user = row.user.clone();
        user.id = found.id;
        user.email = found.email.clone();
        // What the source does not have stays.
        user.first_name = user.first_name.or_else(|| found.first_name.clone());
        user.last_name = user.last_name.or_else(|| found.last_name.clone());
        user.avatar_url = user.avatar_url.or_else(|| found.avatar_url.clone());
        user.phone = user.phone.or_else(|| found.phone.clone());
        user.metadata = match (user.metadata, found.metadata.clone()) {
            (Some(new), Some(present)) => present.clone().merged_with(new).ok().or(Some(present)),
            (new, present) => new.or(present),
        };
        let is_same = user.first_name == found.first_name
            && user.last_name == found.last_name
            && user.avatar_url == found.avatar_url
            && user.phone == found.phone
            && user.metadata == found.metadata;
        if is_same {
            return Ok(false);
        }
        done.changes.before.push(json!(found));
        self.flows.users().update_imported_within(transaction, &user).await?;
        Ok(true)
    }
}

/// Adds the sign-in methods of a new user; what another one has is left out.
fn add_identities<'a>(
    row: &'a PreparedUser,
    present: &mut Present,
    pending: &mut Pending<'a>,
    notes: &mut Vec<Reason>,
) {
    for identity in &row.identities {
        if present.has_name(identity) || present.has_id(identity) {
            notes.push(Reason::Method { method: name_of(identity) });
        } else {
            pending.add(Cow::Borrowed(identity), present);
        }
    }
}

/// Adds the sign-in methods that a user who is there lacks; returns whether there were any.
fn add_missing<'a>(
    row: &'a PreparedUser,
    found: &User,
    present: &mut Present,
    pending: &mut Pending<'a>,
    notes: &mut Vec<Reason>,
) -> bool {
    let mut added = false;
    for identity in &row.identities {
        if present.has_name(identity) || present.has_id(identity) {
            continue;
        }
        let mut identity = identity.clone();
        identity.actors = vec![(vestibule_flows::USER.to_owned(), found.id.to_string())];
        if !identity.factors.is_empty() || !identity.recovery_codes.is_empty() {
            identity.factors.clear();
            identity.recovery_codes.clear();
            notes.push(Reason::Factors);
        }
        pending.add(Cow::Owned(identity), present);
        added = true;
    }
    added
}

impl<'a> Pending<'a> {
    fn add(&mut self, identity: Cow<'a, ImportIdentity>, present: &mut Present) {
        let names = identity.provider_identities.iter();
        present.identities.names.extend(names.map(|part| (part.provider.clone(), part.entity_canonical.clone())));
        present.identities.ids.extend(identity.id.map(|id| id.to_string()));
        self.identities.push(identity);
    }
}

impl Present {
    fn has_address(&self, canonical: &str) -> bool {
        self.users.by_address.contains_key(canonical) || self.written.contains(canonical)
    }

    fn has_name(&self, identity: &ImportIdentity) -> bool {
        let mut parts = identity.provider_identities.iter();
        parts.any(|part| self.identities.names.contains(&(part.provider.clone(), part.entity_canonical.clone())))
    }

    fn has_id(&self, identity: &ImportIdentity) -> bool {
        let mut sought = Sought::default();
        seek(&mut sought, identity);
        sought.ids.iter().any(|id| self.identities.ids.contains(id))
    }
}

/// The names and ids of an identity.
fn seek(sought: &mut Sought, identity: &ImportIdentity) {
    sought.ids.extend(identity.id.map(|id| id.to_string()));
    for part in &identity.provider_identities {
        sought.names.push((part.provider.clone(), part.entity_canonical.clone()));
        sought.ids.extend(part.id.map(|id| id.to_string()));
    }
    sought.ids.extend(identity.factors.iter().filter_map(|factor| factor.id).map(|id| id.to_string()));
    sought.ids.extend(identity.verifications.iter().filter_map(|row| row.id).map(|id| id.to_string()));
}

fn name_of(identity: &ImportIdentity) -> String {
    let parts = identity.provider_identities.iter();
    parts.map(|part| format!("{} {}", part.provider, part.entity_id)).collect::<Vec<_>>().join(", ")
}
