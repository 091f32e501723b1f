//! What can be wrong, whom it concerns, and what is done about it.

use serde::{Serialize, Serializer};

/// What is wrong with the data of an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// Identities of users who are gone.
    IdentityWithoutUser,
    /// Identities that belong to no one and never expire.
    IdentityWithoutOwner,
    /// Users who have no sign-in method, and no invite that would give them one.
    UserWithoutSignIn,
    /// Addresses that are one by the rule of today, of different users.
    AddressColliding,
    /// Addresses that are stored in another canonical form than that of today.
    AddressOutdated,
    /// Addresses that are none by the rule of today.
    AddressInvalid,
    /// Users, invites and API keys that are gone and still have roles.
    AssignmentDangling,
    /// Assignments of deleted roles.
    AssignmentOfDeletedRole,
    /// Roles that the configuration gives to new users, and that do not exist.
    ConfiguredRoleMissing,
    /// Open invites whose inviter is gone, or can no longer give what they carry: they cannot be accepted.
    InviteWithoutInviter,
    /// Deliveries that are due and that no process tries.
    DeliveryStuck,
    /// Registrations that expired and that no process has deleted.
    RegistrationOverdue,
    /// Passwords with hashes weaker than those made today.
    HashWeak,
    /// Secrets that the key of today does not open.
    SecretLost,
    /// Counts that differ from what is there.
    CountWrong,
    /// Users with whom it is noted wrongly whether they have a second factor: the list of those without is wrong.
    SecondFactorMisnoted,
    /// Indexes that the database lacks.
    IndexMissing,
    /// The only super admin has no second factor.
    LastSuperAdminUnprotected,
    /// The mail server does not respond, or the folder for mails cannot be written.
    MailServerSilent,
}

impl FindingKind {
    /// All kinds, in the order in which they are reported.
    pub const ALL: [Self; 19] = [
        Self::LastSuperAdminUnprotected,
        Self::SecretLost,
        Self::MailServerSilent,
        Self::ConfiguredRoleMissing,
        Self::AddressColliding,
        Self::AddressInvalid,
        Self::AddressOutdated,
        Self::UserWithoutSignIn,
        Self::InviteWithoutInviter,
        Self::IdentityWithoutUser,
        Self::IdentityWithoutOwner,
        Self::AssignmentDangling,
        Self::AssignmentOfDeletedRole,
        Self::DeliveryStuck,
        Self::RegistrationOverdue,
        Self::HashWeak,
        Self::CountWrong,
        Self::SecondFactorMisnoted,
        Self::IndexMissing,
    ];

    /// The name in JSON and in the audit log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IdentityWithoutUser => "identity_without_user",
            Self::IdentityWithoutOwner => "identity_without_owner",
            Self::UserWithoutSignIn => "user_without_sign_in",
            Self::AddressColliding => "address_colliding",
            Self::AddressOutdated => "address_outdated",
            Self::AddressInvalid => "address_invalid",
            Self::AssignmentDangling => "assignment_dangling",
            Self::AssignmentOfDeletedRole => "assignment_of_deleted_role",
            Self::ConfiguredRoleMissing => "configured_role_missing",
            Self::InviteWithoutInviter => "invite_without_inviter",
            Self::DeliveryStuck => "delivery_stuck",
            Self::RegistrationOverdue => "registration_overdue",
            Self::HashWeak => "hash_weak",
            Self::SecretLost => "secret_lost",
            Self::CountWrong => "count_wrong",
            Self::SecondFactorMisnoted => "second_factor_misnoted",
            Self::IndexMissing => "index_missing",
            Self::LastSuperAdminUnprotected => "last_super_admin_unprotected",
            Self::MailServerSilent => "mail_server_silent",
        }
    }

    /// Whether the doctor repairs it. The rest needs a decision.
    pub fn is_repaired(self) -> bool {
        matches!(
            self,
            Self::IdentityWithoutUser
                | Self::IdentityWithoutOwner
                | Self::AddressOutdated
                | Self::AssignmentDangling
                | Self::AssignmentOfDeletedRole
                | Self::InviteWithoutInviter
                | Self::DeliveryStuck
                | Self::RegistrationOverdue
                | Self::CountWrong
                | Self::SecondFactorMisnoted
                | Self::IndexMissing
        )
    }

    /// What it is, in English.
    pub fn title(self) -> &'static str {
        match self {
            Self::IdentityWithoutUser => "Identities of users who are gone",
            Self::IdentityWithoutOwner => "Identities that belong to no one and never expire",
            Self::UserWithoutSignIn => "Users who cannot sign in: they have no sign-in method and no open invite",
            Self::AddressColliding => "E-mail addresses that another user or sign-in method has in another spelling",
            Self::AddressOutdated => "E-mail addresses that are not found, because they are stored by an older rule",
            Self::AddressInvalid => "E-mail addresses that are not valid",
            Self::AssignmentDangling => "Roles of users, invites and API keys that are gone",
            Self::AssignmentOfDeletedRole => "Assignments of deleted roles",
            Self::ConfiguredRoleMissing => "Roles in the configuration that do not exist",
            Self::InviteWithoutInviter => {
                "Open invites that cannot be accepted: the inviter is gone, or may no longer give their roles"
            }
            Self::DeliveryStuck => "Deliveries that are due and not tried",
            Self::RegistrationOverdue => "Expired registrations that were not deleted",
            Self::HashWeak => "Passwords whose hash is weaker than those made today",
            Self::SecretLost => "Secrets that the present key does not open",
            Self::CountWrong => "Counts that are wrong",
            Self::SecondFactorMisnoted => "Users whom lists show wrongly as with or without a second factor",
            Self::IndexMissing => "Indexes that are missing",
            Self::LastSuperAdminUnprotected => "The only super admin has no second factor",
            Self::MailServerSilent => "Mails cannot be sent",
        }
    }

    /// What the doctor does about it, or what you can do, in English.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::IdentityWithoutUser => "Deletes these identities with their sessions and second factors.",
            Self::IdentityWithoutOwner => "Lets them expire as any registration that no one claims.",
            Self::UserWithoutSignIn => {
                "Delete these users, or invite them. Users of a directory have no sign-in method until they first sign in \
                 through their provider."
            }
            Self::AddressColliding => "Change the address of one of the two, or delete one.",
            Self::AddressOutdated => "Stores them by the present rule.",
            Self::AddressInvalid => "Change these addresses.",
            Self::AssignmentDangling => "Removes these roles.",
            Self::AssignmentOfDeletedRole => "Deletes these assignments.",
            Self::ConfiguredRoleMissing => "Correct rbac.default_roles, auth.sign_up.roles, or create the roles.",
            Self::InviteWithoutInviter => {
                "Revokes these invites. To keep one, have someone who may give its roles send it again."
            }
            Self::DeliveryStuck => {
                "Tries them again now. If they stay, no process delivers: run `vestibule serve` or `vestibule worker`."
            }
            Self::RegistrationOverdue => "Deletes them.",
            Self::HashWeak => {
                "Nothing to do: each is replaced when its owner signs in. To replace the rest, have their owners set new \
                 passwords."
            }
            Self::SecretLost => {
                "Restore the secret with which they were sealed (auth.mfa_encryption_key or auth.jwt_secret). Otherwise \
                 reset these second factors, and rotate the secrets of these webhooks."
            }
            Self::CountWrong => "Counts again.",
            Self::SecondFactorMisnoted => "Notes it again.",
            Self::IndexMissing => "Builds them.",
            Self::LastSuperAdminUnprotected => {
                "Have this user add a second factor, or make another user a super admin."
            }
            Self::MailServerSilent => "Correct the settings below mail.smtp. `vestibule mail test` tries them.",
        }
    }
}

impl Serialize for FindingKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// How many of those that a finding concerns it names.
pub const NAMED: usize = 10;

/// What is wrong, and whom it concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// How many there are.
    pub number: u64,
    /// Some of those that it concerns, [`NAMED`] at most: ids, or the names of indexes and counts.
    pub concerns: Vec<String>,
}

impl Finding {
    /// None of this kind yet.
    pub fn new(kind: FindingKind) -> Self {
        Self { kind, number: 0, concerns: Vec::new() }
    }

    /// Adds one.
    pub fn add(&mut self, concerned: impl Into<String>) {
        self.number = self.number.saturating_add(1);
        if self.concerns.len() < NAMED {
            self.concerns.push(concerned.into());
        }
    }

    /// Adds all of these.
    #[must_use]
    pub fn with(mut self, concerned: impl IntoIterator<Item = String>) -> Self {
        concerned.into_iter().for_each(|one| self.add(one));
        self
    }
}

/// Sorts findings as they are reported, and leaves out kinds of which there are none.
pub fn sorted(findings: impl IntoIterator<Item = Finding>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = findings.into_iter().filter(|finding| finding.number > 0).collect();
    findings.sort_by_key(|finding| FindingKind::ALL.iter().position(|kind| *kind == finding.kind));
    findings
}
