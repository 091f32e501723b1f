//! Changing what is told of a user.

use serde_json::{Value as Json, json};
use vestibule_database::{Error, transaction};
use vestibule_user::users::UpdateUsersError;
use vestibule_user::{UpdateUser, User, UserId};

use crate::{By, Flows};

impl Flows {
    /// Changes a user.
    ///
    /// # Errors
    ///
    /// [`UpdateUsersError`].
    pub async fn update_user_account(&self, update: &UpdateUser, by: &By) -> Result<User, UpdateUsersError> {
        transaction!(self.database, |transaction| {
            let before = self.users.lock_two_users_within(transaction, update.id, update.id).await?;
            let updates = std::slice::from_ref(update);
            let after = self.users.update_users_within(transaction, updates).await?.into_iter().next();
            let after = after.ok_or_else(|| Error::Other("a user was changed and is not there".into()))?;
            let told = before.first().filter(|before| **before != after).map(told);
            if let Some(before) = told {
                let id: UserId = after.id;
                let target = id.to_string();
                self.record(transaction, by, "user.updated", ("user", &target), Some(before), Some(self::told(&after)))
                    .await?;
            }
            Ok(after)
        })
    }
}

/// What an auditor would ask for. Metadata is the programs' own, and may be large.
fn told(user: &User) -> Json {
    json!({
        "email": user.email.as_str(),
        "first_name": user.first_name,
        "last_name": user.last_name,
        "avatar_url": user.avatar_url,
    })
}
