//! Second factors with the users who have them.
//!
//! Reason: the User Module notes what the Auth Module knows, and to ask for all users one by one would take hours.

use vestibule_core::Value;
use vestibule_database::{Database, Error, FromRow};

/// A second factor of a user.
#[derive(FromRow)]
pub(crate) struct UserFactor {
    pub(crate) id: String,
    pub(crate) user: String,
}

/// The next enabled factors, in the order of their ids.
pub(crate) async fn next(database: &Database, after: &str, most: u32) -> Result<Vec<UserFactor>, Error> {
    let text = "SELECT factor.id AS id, actor.actor_id AS \"user\" FROM auth_mfa_factors factor
                JOIN auth_identity_actors actor
                  ON actor.auth_identity_id = factor.auth_identity_id AND actor.actor_type = 'user'
                WHERE factor.id > $1 AND factor.status = 'enabled' ORDER BY factor.id LIMIT $2";
    let values: [Value; 2] = [after.into(), most.into()];
    database.query(text, &values).await
}
