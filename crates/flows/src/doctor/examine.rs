//! Finds what is wrong. Reads only.

use std::collections::HashMap;

use vestibule_auth::PartFault;
use vestibule_core::{Counting, Direction, Filter, FindConfig, Timestamp};
use vestibule_database::{Error, Walked};
use vestibule_rbac::{AssignRolesError, Permissions};
use vestibule_user::users::AddressFault;
use vestibule_user::{Invite, InviteField, InviteState};

use super::{Finding, FindingKind, NAMED};
use crate::Flows;
use crate::queries::doctor;
use crate::queries::invite_grants::grants_of_invites;

/// How many invites are read at once.
const INVITES: u64 = 500;

/// How many inviters' permissions are remembered.
const INVITERS: usize = 1_000;

impl Flows {
    /// Examines users, identities, roles and invites. Reads all of them, a batch at a time.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn examine(&self) -> Result<Vec<Finding>, Error> {
        let mut findings = self.examine_addresses().await?;
        for kind in [
            FindingKind::IdentityWithoutUser,
            FindingKind::IdentityWithoutOwner,
            FindingKind::UserWithoutSignIn,
            FindingKind::AssignmentDangling,
            FindingKind::SecretLost,
            FindingKind::SecondFactorMisnoted,
        ] {
            let mut finding = Finding::new(kind);
            let mut place = Some(String::new());
            while let Some(after) = place {
                let walked = self.walk_of(kind, &after).await?;
                walked.found.into_iter().for_each(|id| finding.add(id));
                place = walked.last;
            }
            findings.push(finding);
        }
        let mut invites = Finding::new(FindingKind::InviteWithoutInviter);
        let mut walk = InviteWalk::start(self.environment.now());
        while let Some(orphaned) = self.next_orphaned_invites(&mut walk).await? {
            orphaned.iter().for_each(|invite| invites.add(invite.id.to_string()));
        }
        findings.push(invites);
        findings.push(self.examine_configured_roles().await?);
        let number = self.rbac.count_assignments_of_deleted_roles().await?;
        findings.push(Finding { number, ..Finding::new(FindingKind::AssignmentOfDeletedRole) });
        let (number, concerns) = self.auth.overdue_registrations(u32::try_from(NAMED).unwrap_or(u32::MAX)).await?;
        findings.push(Finding { number, concerns, ..Finding::new(FindingKind::RegistrationOverdue) });
        let wrong = self.wrong_counts().await?.into_iter();
        let wrong =
            wrong.map(|count| format!("{} {}: {} instead of {}", count.name, count.bucket, count.kept, count.counted));
        findings.push(Finding::new(FindingKind::CountWrong).with(wrong));
        let last = doctor::unprotected_last_super_admin(&self.database).await?;
        findings.push(Finding::new(FindingKind::LastSuperAdminUnprotected).with(last));
        Ok(super::sorted(findings))
    }

    /// A batch of a kind that is found by ids alone.
    pub(super) async fn walk_of(&self, kind: FindingKind, after: &str) -> Result<Walked<String>, Error> {
        match kind {
            FindingKind::IdentityWithoutUser => doctor::identities_without_user(&self.database, after).await,
            FindingKind::IdentityWithoutOwner => self.auth.examine_owners(after).await,
            FindingKind::UserWithoutSignIn => {
                doctor::users_without_sign_in(&self.database, after, self.environment.now()).await
            }
            FindingKind::AssignmentDangling => doctor::dangling_subjects(&self.database, after).await,
            FindingKind::SecondFactorMisnoted => doctor::misnoted_second_factors(&self.database, after).await,
            FindingKind::SecretLost => self.auth.examine_sealed_factors(after).await,
            _ => Ok(Walked { last: None, found: Vec::new() }),
        }
    }

    /// Examines the addresses of users and of sign-in methods, and on the way the hashes of passwords.
    async fn examine_addresses(&self) -> Result<Vec<Finding>, Error> {
        let [mut colliding, mut outdated, mut invalid, mut weak] = [
            FindingKind::AddressColliding,
            FindingKind::AddressOutdated,
            FindingKind::AddressInvalid,
            FindingKind::HashWeak,
        ]
        .map(Finding::new);
        let mut place = Some(String::new());
        while let Some(after) = place {
            let walked = self.users.examine_addresses(&after).await?;
            for (id, fault) in walked.found {
                match fault {
                    AddressFault::Invalid => invalid.add(id),
                    AddressFault::Outdated => outdated.add(id),
                    AddressFault::Colliding => colliding.add(id),
                }
            }
            place = walked.last;
        }
        let mut place = Some(String::new());
        while let Some(after) = place {
            let walked = self.auth.examine_parts(&after).await?;
            for (id, fault) in walked.found {
                match fault {
                    PartFault::WeakHash => weak.add(id),
                    PartFault::OutdatedAddress => outdated.add(id),
                    PartFault::CollidingAddress => colliding.add(id),
                }
            }
            place = walked.last;
        }
        Ok(vec![colliding, outdated, invalid, weak])
    }

    async fn examine_configured_roles(&self) -> Result<Finding, Error> {
        let mut finding = Finding::new(FindingKind::ConfiguredRoleMissing);
        for roles in [self.default_roles(), &self.sign_up_rule().roles] {
            match self.rbac.grants_of_roles(&self.database, roles).await {
                Ok(_) => {}
                Err(AssignRolesError::Roles(unknown)) => finding = finding.with(unknown.ids),
                Err(AssignRolesError::Database(error)) => return Err(error),
                Err(_) => {}
            }
        }
        Ok(finding)
    }

    /// Finds those of the next pending invites whose inviter may not give what they carry, as accepting them would; `None` after the
    /// last.
    pub(super) async fn next_orphaned_invites(&self, walk: &mut InviteWalk) -> Result<Option<Vec<Invite>>, Error> {
        if walk.is_over {
            return Ok(None);
        }
        let page = self.users.list_page_of_invites(&walk.pending, &walk.find).await?;
        walk.is_over = page.next.is_none();
        walk.find.after = page.next;
        let vouched: Vec<Invite> = page.rows.into_iter().filter(|invite| invite.invited_by.is_some()).collect();
        let ids: Vec<_> = vouched.iter().map(|invite| invite.id).collect();
        let grants = grants_of_invites(&self.database, &ids).await?;
        let mut orphaned = Vec::new();
        for invite in vouched {
            let Some(inviter) = invite.invited_by.clone() else { continue };
            if walk.inviters.len() >= INVITERS {
                walk.inviters.clear();
            }
            if !walk.inviters.contains_key(&inviter) {
                let held = self.permissions_of_subject(&self.database, &inviter).await?;
                walk.inviters.insert(inviter.clone(), held);
            }
            let given = grants.get(&invite.id.to_string());
            let may = given.is_none_or(|given| walk.inviters.get(&inviter).is_some_and(|held| held.covers(given)));
            if !may {
                orphaned.push(invite);
            }
        }
        Ok(Some(orphaned))
    }
}

/// A walk through the pending invites.
pub(super) struct InviteWalk {
    pending: Filter<InviteField>,
    find: FindConfig<InviteField>,
    /// What the inviters so far may do.
    inviters: HashMap<String, Permissions>,
    is_over: bool,
}

impl InviteWalk {
    pub(super) fn start(now: Timestamp) -> Self {
        let mut find = FindConfig::default().order_by(InviteField::ExpiresAt, Direction::Ascending).page(0, INVITES);
        find.counting = Counting::None;
        Self { pending: InviteState::Pending.filter(now), find, inviters: HashMap::new(), is_over: false }
    }
}
