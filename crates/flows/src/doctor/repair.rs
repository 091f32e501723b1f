//! Repairs what can be repaired without a decision: each in a transaction of its own, which looks again, with an entry of the audit log.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_auth::{AuthIdentityId, PartFault, ProviderIdentityId};
use vestibule_database::{Error, Transaction, transaction};
use vestibule_user::users::AddressFault;
use vestibule_user::{Invite, UserId};

use super::examine::InviteWalk;
use super::{Finding, FindingKind};
use crate::queries::doctor;
use crate::{Context, Flows, USER};

impl Flows {
    /// Repairs what [`Flows::examine`] finds and a doctor may repair. Returns what was repaired.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database. What was repaired before stays so.
    pub async fn repair(&self, context: &Context) -> Result<Vec<Finding>, Error> {
        let mut repaired = Vec::new();
        for kind in [
            FindingKind::IdentityWithoutUser,
            FindingKind::IdentityWithoutOwner,
            FindingKind::AssignmentDangling,
            FindingKind::SecondFactorMisnoted,
        ] {
            let mut done = Finding::new(kind);
            let mut place = Some(String::new());
            while let Some(after) = place {
                let walked = self.walk_of(kind, &after).await?;
                for id in walked.found {
                    if self.repair_one(kind, &id, context).await? {
                        done.add(id);
                    }
                }
                place = walked.last;
            }
            repaired.push(done);
        }
        repaired.push(self.repair_addresses(context).await?);
        repaired.push(self.revoke_orphaned_invites(context).await?);
        repaired.push(self.delete_overdue(context).await?);
        repaired.push(self.delete_assignments_of_deleted_roles(context).await?);
        repaired.push(self.count_again(context).await?);
        Ok(super::sorted(repaired))
    }

    async fn repair_one(&self, kind: FindingKind, id: &str, context: &Context) -> Result<bool, Error> {
        transaction!(self.database, |transaction| {
            let is_done = match kind {
                FindingKind::IdentityWithoutUser => {
                    let is_gone = match id.parse::<UserId>() {
                        Ok(user) => self.users.lock_two_users_within(transaction, user, user).await?.is_empty(),
                        Err(_) => true,
                    };
                    if is_gone {
                        self.auth.remove_actor_within(transaction, USER, id).await?;
                    }
                    is_gone
                }
                FindingKind::IdentityWithoutOwner => match id.parse::<AuthIdentityId>() {
                    Ok(identity) => self.auth.let_expire_within(transaction, identity).await?,
                    Err(_) => false,
                },
                FindingKind::SecondFactorMisnoted => self.note_second_factor_again(transaction, id).await?,
                _ => {
                    let is_gone = !doctor::is_subject_there(transaction, id).await?;
                    if is_gone {
                        self.rbac.remove_subject_within(transaction, id).await?;
                    }
                    is_gone
                }
            };
            if is_done {
                self.record_repair(transaction, kind, id, context).await?;
            }
            Ok(is_done)
        })
    }

    async fn note_second_factor_again(&self, transaction: &mut Transaction, id: &str) -> Result<bool, Error> {
        let Ok(user) = id.parse::<UserId>() else { return Ok(false) };
        // A change of the factors waits for this lock, and is noted after it.
        self.users.lock_two_users_within(transaction, user, user).await?;
        let Some(has_factor) = doctor::misnoted_second_factor(transaction, id).await? else { return Ok(false) };
        self.users.note_second_factor_within(transaction, user, has_factor).await?;
        Ok(true)
    }

    /// Writes a repair to the audit log.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn record_repair(
        &self,
        transaction: &mut Transaction,
        kind: FindingKind,
        concerned: &str,
        context: &Context,
    ) -> Result<(), Error> {
        let after = json!({ "finding": kind });
        self.record(transaction, context, Action::DoctorRepaired, ("finding", concerned), None, Some(after)).await
    }

    async fn repair_addresses(&self, context: &Context) -> Result<Finding, Error> {
        let mut done = Finding::new(FindingKind::AddressOutdated);
        let mut place = Some(String::new());
        while let Some(after) = place {
            let walked = self.users.examine_addresses(&after).await?;
            for (id, fault) in walked.found {
                let user = id.parse().ok().filter(|_| fault == AddressFault::Outdated);
                if let Some(user) = user
                    && self.renew_user(user, context).await?
                {
                    done.add(id);
                }
            }
            place = walked.last;
        }
        let mut place = Some(String::new());
        while let Some(after) = place {
            let walked = self.auth.examine_parts(&after).await?;
            for (id, fault) in walked.found {
                let part = id.parse().ok().filter(|_| fault == PartFault::OutdatedAddress);
                if let Some(part) = part
                    && self.renew_part(part, context).await?
                {
                    done.add(id);
                }
            }
            place = walked.last;
        }
        Ok(done)
    }

    async fn renew_user(&self, id: UserId, context: &Context) -> Result<bool, Error> {
        transaction!(self.database, |transaction| {
            let renewed = self.users.renew_canonical_address_within(transaction, id).await?;
            if renewed {
                self.record_repair(transaction, FindingKind::AddressOutdated, &id.to_string(), context).await?;
            }
            Ok(renewed)
        })
    }

    async fn renew_part(&self, id: ProviderIdentityId, context: &Context) -> Result<bool, Error> {
        transaction!(self.database, |transaction| {
            let renewed = self.auth.renew_canonical_entity_within(transaction, id).await?;
            if renewed {
                self.record_repair(transaction, FindingKind::AddressOutdated, &id.to_string(), context).await?;
            }
            Ok(renewed)
        })
    }

    async fn revoke_orphaned_invites(&self, context: &Context) -> Result<Finding, Error> {
        let mut done = Finding::new(FindingKind::InviteWithoutInviter);
        let mut walk = InviteWalk::start(self.environment.now());
        while let Some(orphaned) = self.next_orphaned_invites(&mut walk).await? {
            for invite in orphaned {
                if self.revoke_orphaned_invite(&invite, context).await? {
                    done.add(invite.id.to_string());
                }
            }
        }
        Ok(done)
    }

    async fn revoke_orphaned_invite(&self, invite: &Invite, context: &Context) -> Result<bool, Error> {
        transaction!(self.database, |transaction| {
            // The inviter may have been given the roles since.
            if self.may_inviter_grant(&mut *transaction, invite).await?
                || self.users.revoke_invites_within(transaction, &[invite.id]).await?.is_empty()
            {
                return Ok(false);
            }
            let id = invite.id.to_string();
            self.record(transaction, context, Action::InviteRevoked, ("invite", &id), None, None).await?;
            self.record_repair(transaction, FindingKind::InviteWithoutInviter, &id, context).await?;
            Ok(true)
        })
    }

    async fn delete_overdue(&self, context: &Context) -> Result<Finding, Error> {
        let kind = FindingKind::RegistrationOverdue;
        let mut done = Finding::new(kind);
        loop {
            let deleted: Result<u64, Error> = transaction!(self.database, |transaction| {
                let deleted = self.auth.delete_overdue_registrations_within(transaction).await?;
                if deleted > 0 {
                    self.record_repair(transaction, kind, &format!("{deleted} registrations"), context).await?;
                }
                Ok(deleted)
            });
            match deleted? {
                0 => return Ok(done),
                deleted => done.number += deleted,
            }
        }
    }

    async fn delete_assignments_of_deleted_roles(&self, context: &Context) -> Result<Finding, Error> {
        let kind = FindingKind::AssignmentOfDeletedRole;
        let number = self.rbac.delete_assignments_of_deleted_roles().await?;
        if number > 0 {
            self.note_repair(kind, &format!("{number} assignments"), context).await?;
        }
        Ok(Finding { number, ..Finding::new(kind) })
    }

    async fn count_again(&self, context: &Context) -> Result<Finding, Error> {
        let kind = FindingKind::CountWrong;
        let wrong = self.wrong_counts().await?;
        if !wrong.is_empty() {
            self.repair_counts().await?;
            self.note_repair(kind, "counts", context).await?;
        }
        Ok(Finding::new(kind).with(wrong.into_iter().map(|count| count.name)))
    }

    /// Writes a repair to the audit log that had transactions of its own.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn note_repair(&self, kind: FindingKind, concerned: &str, context: &Context) -> Result<(), Error> {
        transaction!(self.database, |transaction| self.record_repair(transaction, kind, concerned, context).await)
    }
}
