//! Whether an account needs more than its password at every sign-in. By NIST's policy, its password may then be shorter.
//!
//! Only what a role requires counts: a user can remove a second factor that no role requires. It is decided when the
//! password is set, by the roles that the user has then.

use vestibule_database::Error;
use vestibule_rbac::RoleId;
use vestibule_user::{Invite, User};

use crate::{Flows, USER};

impl Flows {
    /// The fewest characters of a new password of this actor.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn min_password_length_of(&self, actor_type: &str, actor_id: &str) -> Result<usize, Error> {
        Ok(self.min_password_length(self.needs_second_factor(actor_type, actor_id).await?))
    }

    /// The fewest characters of the first user's password.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn min_first_password_length(&self) -> Result<usize, Error> {
        Ok(self.min_password_length(self.do_roles_need_second_factor(&[RoleId::super_admin()]).await?))
    }

    /// The fewest characters of a password, with or without a second factor.
    pub(crate) fn min_password_length(&self, has_second_factor: bool) -> usize {
        self.auth.options().password_policy.min_length_for(has_second_factor)
    }

    pub(crate) async fn needs_second_factor(&self, actor_type: &str, actor_id: &str) -> Result<bool, Error> {
        match self.has_one_length() || actor_type != USER {
            true => Ok(false),
            false => self.rbac.requires_mfa(&self.database, actor_id).await,
        }
    }

    /// The same of a user, if the caller is one.
    pub(crate) async fn does_user_need_second_factor(&self, user: Option<&User>) -> Result<bool, Error> {
        match user {
            Some(user) => self.needs_second_factor(USER, &user.id.to_string()).await,
            None => Ok(false),
        }
    }

    /// The same of a user who will have these roles.
    pub(crate) async fn do_roles_need_second_factor(&self, roles: &[RoleId]) -> Result<bool, Error> {
        if self.has_one_length() { Ok(false) } else { self.rbac.do_roles_require_mfa(&self.database, roles).await }
    }

    /// The same of a user who accepts this invite: by its roles, or those that the user has already.
    pub(crate) async fn does_invite_need_second_factor(&self, invite: &Invite) -> Result<bool, Error> {
        let user = invite.user_id.map(|id| id.to_string());
        Ok(self.needs_second_factor(USER, &invite.id.to_string()).await?
            || match user {
                Some(user) => self.needs_second_factor(USER, &user).await?,
                None => false,
            })
    }

    /// Whether a password has the same least length in every account: then no query is needed.
    fn has_one_length(&self) -> bool {
        !self.auth.options().password_policy.depends_on_second_factor()
    }
}
