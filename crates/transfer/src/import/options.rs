//! What an import does where it has a choice.

use vestibule_rbac::RoleId;

/// What an import does where it has a choice.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ImportOptions {
    /// Whether it changes nothing.
    pub dry_run: bool,
    /// What it does with a user who is there already.
    pub on_conflict: OnConflict,
    /// Which of several users with one address has it.
    pub collisions: Collisions,
    /// What it does with addresses that are refused here.
    pub refused: Refused,
    /// What it does with open invites.
    pub invites: Invites,
    /// The roles that every imported user gets, beside those of the map.
    pub roles: Vec<RoleId>,
}

/// What an import does with a user whose address or id another user has here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnConflict {
    /// The user who is here stays as they are.
    #[default]
    Skip,
    /// The user who is here gets the profile of the import, and the sign-in methods that they lack. A password is never replaced.
    Update,
    /// Nothing is imported.
    Fail,
}

/// Which of several users gets an address that they have in different spellings. The others are imported as well: they sign in with the
/// address exactly as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Collisions {
    /// The one who was created first.
    #[default]
    Oldest,
    /// The one who was created last.
    Newest,
    /// The one who was created first; the others are left out.
    Skip,
}

/// What an import does with users whose address is refused here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Refused {
    /// They are imported, and sign in with the address exactly as it is written. No mail reaches them.
    #[default]
    Keep,
    /// They are left out.
    Skip,
}

/// What an import does with open invites, whose links do not work any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Invites {
    /// The report has their new links.
    #[default]
    List,
    /// They are sent again.
    Resend,
}
