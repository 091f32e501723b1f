//! What refers to something that is gone, across the modules.
//!
//! Reason: each question is about rows of two modules. A batch of a million rows is examined where it is, and only what is wrong
//! leaves the database.

use vestibule_core::Timestamp;
use vestibule_database::{Database, Error, Transaction, WALK, Walked, values};
use vestibule_rbac::RoleId;

/// Users whom identities name, and who do not exist.
const WITHOUT_USER: &str = "WITH page AS MATERIALIZED (
         SELECT DISTINCT actor_id AS id FROM auth_identity_actors WHERE actor_type = 'user' AND actor_id > $1
         ORDER BY actor_id LIMIT $2)
     SELECT id, 1 = 0 AS is_last FROM page
     WHERE NOT EXISTS (SELECT 1 FROM users WHERE users.id = page.id AND users.deleted_at IS NULL)
     UNION ALL SELECT max(id), 1 = 1 FROM page";

/// Users without an identity, and without an invite that would give them one.
const WITHOUT_SIGN_IN: &str = "WITH page AS MATERIALIZED (
         SELECT id, deleted_at FROM users WHERE id > $1 ORDER BY id LIMIT $2)
     SELECT id, 1 = 0 AS is_last FROM page
     WHERE deleted_at IS NULL
         AND NOT EXISTS (SELECT 1 FROM auth_identity_actors actor
                         WHERE actor.actor_type = 'user' AND actor.actor_id = page.id)
         AND NOT EXISTS (SELECT 1 FROM invites
                         WHERE invites.user_id = page.id AND invites.state = 'pending' AND invites.deleted_at IS NULL
                             AND invites.expires_at > $3)
     UNION ALL SELECT max(id), 1 = 1 FROM page";

/// Whether the user with the id `page.id` has a second factor, as a literal for `concat!`.
macro_rules! has_factor {
    () => {
        "EXISTS (SELECT 1 FROM auth_identity_actors actor
                 JOIN auth_mfa_factors factor ON factor.auth_identity_id = actor.auth_identity_id
                 WHERE actor.actor_type = 'user' AND actor.actor_id = page.id AND factor.status = 'enabled')"
    };
}

/// Users with whom it is noted wrongly whether they have a second factor.
const MISNOTED: &str = concat!(
    "WITH page AS MATERIALIZED (
         SELECT id, deleted_at, has_second_factor FROM users WHERE id > $1 ORDER BY id LIMIT $2)
     SELECT id, 1 = 0 AS is_last FROM page WHERE deleted_at IS NULL AND has_second_factor <> ",
    has_factor!(),
    " UNION ALL SELECT max(id), 1 = 1 FROM page"
);

/// Users, invites and API keys that have roles, and do not exist. Other subjects are an embedder's.
const DANGLING: &str = "WITH page AS MATERIALIZED (
         SELECT DISTINCT subject_id AS id FROM rbac_assignments WHERE subject_id > $1 ORDER BY subject_id LIMIT $2)
     SELECT id, 1 = 0 AS is_last FROM page
     WHERE substr(id, 1, 5) = 'user_'
             AND NOT EXISTS (SELECT 1 FROM users WHERE users.id = page.id AND users.deleted_at IS NULL)
         OR substr(id, 1, 7) = 'invite_' AND NOT EXISTS (SELECT 1 FROM invites WHERE invites.id = page.id)
         OR substr(id, 1, 4) = 'apk_'
             AND NOT EXISTS (SELECT 1 FROM auth_api_keys WHERE auth_api_keys.id = page.id AND auth_api_keys.deleted_at IS NULL)
     UNION ALL SELECT max(id), 1 = 1 FROM page";

/// Finds users after `after` whom identities name, and who do not exist.
pub(crate) async fn identities_without_user(database: &Database, after: &str) -> Result<Walked<String>, Error> {
    Walked::read(database, WITHOUT_USER, values![after, WALK]).await
}

/// Finds users after `after` without a sign-in method.
pub(crate) async fn users_without_sign_in(
    database: &Database,
    after: &str,
    now: Timestamp,
) -> Result<Walked<String>, Error> {
    Walked::read(database, WITHOUT_SIGN_IN, values![after, WALK, now]).await
}

/// Finds subjects after `after` that have roles, and do not exist.
pub(crate) async fn dangling_subjects(database: &Database, after: &str) -> Result<Walked<String>, Error> {
    Walked::read(database, DANGLING, values![after, WALK]).await
}

/// Finds users after `after` with whom it is noted wrongly whether they have a second factor.
pub(crate) async fn misnoted_second_factors(database: &Database, after: &str) -> Result<Walked<String>, Error> {
    Walked::read(database, MISNOTED, values![after, WALK]).await
}

/// Whether a user has a second factor, if that is noted wrongly.
pub(crate) async fn misnoted_second_factor(transaction: &mut Transaction, id: &str) -> Result<Option<bool>, Error> {
    let text = concat!(
        "SELECT ",
        has_factor!(),
        " AS has_factor FROM users AS page WHERE id = $1 AND deleted_at IS NULL AND has_second_factor <> ",
        has_factor!()
    );
    transaction.query_scalar_optional(text, values![id]).await
}

/// Whether this subject exists, seen in the transaction that is to remove its roles.
pub(crate) async fn is_subject_there(transaction: &mut Transaction, id: &str) -> Result<bool, Error> {
    let text = "SELECT 1 AS one FROM users WHERE id = $1 AND deleted_at IS NULL
                UNION ALL SELECT 1 FROM invites WHERE id = $1
                UNION ALL SELECT 1 FROM auth_api_keys WHERE id = $1 AND deleted_at IS NULL";
    Ok(transaction.query_optional::<()>(text, values![id]).await?.is_some())
}

/// Finds the one super admin who can sign in, if there is one alone and without a second factor.
pub(crate) async fn unprotected_last_super_admin(database: &Database) -> Result<Option<String>, Error> {
    let text = "SELECT users.id FROM rbac_assignments assignment JOIN users ON users.id = assignment.subject_id
                WHERE assignment.role_id = $1 AND users.deleted_at IS NULL AND users.locked_at IS NULL
                  AND EXISTS (SELECT 1 FROM auth_identity_actors actor
                              WHERE actor.actor_type = 'user' AND actor.actor_id = users.id)
                LIMIT 2";
    let found: Vec<String> = database.query_scalars(text, values![&RoleId::super_admin()]).await?;
    let [only] = found.as_slice() else { return Ok(None) };
    let text = "SELECT 1 AS one FROM auth_mfa_factors factor
                JOIN auth_identity_actors actor ON actor.auth_identity_id = factor.auth_identity_id
                WHERE actor.actor_type = 'user' AND actor.actor_id = $1 AND factor.status = 'enabled' LIMIT 1";
    let has_factor = database.query_optional::<()>(text, values![only.as_str()]).await?.is_some();
    Ok((!has_factor).then(|| only.clone()))
}
