//! Why a user may do something, or may not.

use vestibule_rbac::{Reason, Role};
use vestibule_user::users::RetrieveUserError;
use vestibule_user::{User, UserId};

use crate::Flows;

/// Why a user may do something, or may not.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The user. A locked user may do nothing.
    pub user: User,
    /// The roles given directly.
    pub roles: Vec<Role>,
    /// The role that gives the policy; `None` if none does.
    pub reasons: Vec<Reason>,
}

impl Explanation {
    /// Whether the user may.
    pub fn is_allowed(&self) -> bool {
        !self.reasons.is_empty() && self.user.locked_at.is_none()
    }
}

impl Flows {
    /// Reports which role gives a user a policy, and the user's roles if none does.
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
