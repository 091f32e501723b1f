//! Why somebody may do something, or may not.

use vestibule_rbac::{Reason, Role};
use vestibule_user::users::RetrieveUserError;
use vestibule_user::{User, UserId};

use crate::Flows;

/// Why somebody may do something, or may not.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Who. Whoever is locked may do nothing.
    pub user: User,
    /// The roles that he has himself.
    pub roles: Vec<Role>,
    /// By which of them he has the policy; nothing where he has not.
    pub reasons: Vec<Reason>,
}

impl Explanation {
    /// Whether he may.
    pub fn is_allowed(&self) -> bool {
        !self.reasons.is_empty() && self.user.locked_at.is_none()
    }
}

impl Flows {
    /// Says by which of his roles a user has a policy, and which roles he has where none of them has it.
    ///
    /// # Errors
    ///
    /// [`RetrieveUserError`].
    pub async fn explain(&self, user: UserId, policy: &str) -> Result<Explanation, RetrieveUserError> {
        let user = self.users.retrieve_user(user).await?;
        let subject = user.id.to_string();
        let roles = self.rbac.roles_of(&self.database, &subject).await?;
        let reasons = self.rbac.explain(&self.database, &subject, policy).await?;
        Ok(Explanation { user, roles, reasons })
    }
}
