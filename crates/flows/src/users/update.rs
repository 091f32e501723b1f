//! Changing a user's profile.

use serde_json::{Map, Value as Json, json};
use vestibule_audit::Action;
use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction, transaction};
use vestibule_user::users::UpdateUsersError;
use vestibule_user::{UpdateUser, User};

use crate::{Context, Flows, GrantError};

/// Why a user was not changed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum UpdateUserAccountError {
    /// The user cannot be changed like this.
    #[error(transparent)]
    Update(#[from] UpdateUsersError),
    /// The user may do more than the caller.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Changes a user.
    ///
    /// # Errors
    ///
    /// [`UpdateUserAccountError`].
    pub async fn update_user_account(
        &self,
        update: &UpdateUser,
        context: &Context,
    ) -> Result<User, UpdateUserAccountError> {
        transaction!(self.database, |transaction| {
            self.update_user_account_within(transaction, update, context).await
        })
    }

    /// The same within a transaction.
    pub(crate) async fn update_user_account_within(
        &self,
        transaction: &mut Transaction,
        update: &UpdateUser,
        context: &Context,
    ) -> Result<User, UpdateUserAccountError> {
        self.check_may_act_on_within(transaction, context, update.id).await?;
        let before = self.users.lock_two_users_within(transaction, update.id, update.id).await?;
        let updates = std::slice::from_ref(update);
        let after = self.users.update_users_within(transaction, updates).await?.into_iter().next();
        let after = after.ok_or_else(|| Error::Other("a user was changed and is not there".into()))?;
        if let Some(before) = before.first().filter(|before| **before != after) {
            let (id, before, after) = (after.id.to_string(), Some(audited(before)), Some(audited(&after)));
            self.record(transaction, context, Action::UserUpdated, ("user", &id), before, after).await?;
        }
        Ok(after)
    }
}

/// What the audit log keeps of a user. Metadata belongs to other programs, and may be large.
fn audited(user: &User) -> Json {
    let mut audited: Map<String, Json> =
        user.profile().into_iter().map(|(field, text)| (field.to_owned(), json!(text))).collect();
    audited.insert("email".to_owned(), json!(user.email.as_str()));
    Json::Object(audited)
}
