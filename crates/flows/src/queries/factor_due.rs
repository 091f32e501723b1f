//! Whether a second factor is required and missing.
//!
//! Reason: it runs within the transaction that changes a role, before and after; one query by keys.

use vestibule_database::{Error, Transaction, values};

/// Whether the roles of a user, or of the user who made an API key, require a second factor that this user lacks.
pub(crate) async fn is_factor_due(transaction: &mut Transaction, id: &str) -> Result<bool, Error> {
    let text = "SELECT subject.requires_mfa AND NOT EXISTS (
                    SELECT 1 FROM auth_mfa_factors factor
                    JOIN auth_identity_actors actor ON actor.auth_identity_id = factor.auth_identity_id
                    WHERE actor.actor_type = 'user' AND actor.actor_id = subject.id AND factor.status = 'enabled')
                FROM rbac_subjects subject
                WHERE subject.id = COALESCE((SELECT created_by FROM auth_api_keys WHERE id = $1), $1)";
    Ok(transaction.query_scalar_optional(text, values![id]).await?.unwrap_or(false))
}
