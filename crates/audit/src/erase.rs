//! Erasing a person: what was done, when and by whom stays, under the person's id, which names no one any longer.

use serde_json::Value as Json;
use vestibule_core::{EmailAddress, Erasure};
use vestibule_database::{Error, FromRow, Transaction, WALK, values};

use crate::AuditLog;

/// What stays of the fields of an entry about the person: what the entry needs to say what was done. A field that is not
/// here goes, so that one that is added later is not forgotten.
const KEPT: [&str; 19] = [
    "actor_id",
    "actor_type",
    "auth_identity_id",
    "challenge_id",
    "count",
    "factors",
    "failed",
    "finding",
    "locked",
    "mfa_id",
    "policies",
    "provider",
    "reason",
    "replaced_by",
    "role",
    "roles",
    "sessions",
    "status",
    "user_id",
];

#[derive(FromRow)]
struct Details {
    id: String,
    target_id: String,
    before: Option<Json>,
    after: Option<Json>,
}

impl AuditLog {
    /// Returns the addresses in the entries about a user: those that they have had, as far as the log goes back.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn addresses_of_within(
        &self,
        transaction: &mut Transaction,
        user: &str,
    ) -> Result<Vec<EmailAddress>, Error> {
        let text =
            "SELECT id, target_id, before, after FROM audit_entries WHERE target_type = 'user' AND target_id = $1";
        let entries: Vec<Details> = transaction.query(text, values![user]).await?;
        let details = entries.iter().flat_map(|entry| [&entry.before, &entry.after]).flatten();
        let addresses = details.filter_map(|details| EmailAddress::parse(details.get("email")?.as_str()?).ok());
        Ok(addresses.collect())
    }

    /// Takes from the log what tells who a person was: where they acted from, and in entries about them all but what the
    /// entries need. Elsewhere their addresses become their id. Returns how many entries were changed.
    ///
    /// Reads the whole log for each address.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn erase_within(&self, transaction: &mut Transaction, erasure: &Erasure) -> Result<u64, Error> {
        let mut changed = 0;
        for id in &erasure.ids {
            let text = "UPDATE audit_entries SET address = NULL, user_agent = NULL, request_id = NULL
                        WHERE (actor_id = $1 OR (target_id = $1 AND actor_id IS NULL))
                            AND (address IS NOT NULL OR user_agent IS NOT NULL OR request_id IS NOT NULL)";
            changed += transaction.execute(text, values![id.as_str()]).await?;
            changed += self.erase_details(transaction, erasure, "target_id = $1", id).await?;
        }
        let named = r"lower(CAST(before AS text)) LIKE $1 ESCAPE '\' OR lower(CAST(after AS text)) LIKE $1 ESCAPE '\'";
        // Where only an id is named, there is nothing to erase.
        for pattern in erasure.address_patterns() {
            changed += self.erase_details(transaction, erasure, named, &pattern).await?;
        }
        Ok(changed)
    }

    /// Erases in the entries of a condition on `$1`. An entry that has been erased before is left as it is.
    async fn erase_details(
        &self,
        transaction: &mut Transaction,
        erasure: &Erasure,
        condition: &str,
        value: &str,
    ) -> Result<u64, Error> {
        let (mut changed, mut after) = (0, String::new());
        loop {
            let text = format!(
                "SELECT id, target_id, before, after FROM audit_entries WHERE ({condition}) AND id > $2
                 ORDER BY id LIMIT {WALK}"
            );
            let entries: Vec<Details> = transaction.query(text, values![value, after.as_str()]).await?;
            let Some(last) = entries.last() else { return Ok(changed) };
            after.clone_from(&last.id);
            for mut entry in entries {
                let kept = erasure.is_about(&entry.target_id).then_some(&KEPT[..]);
                let earlier = (entry.before.clone(), entry.after.clone());
                entry.before.iter_mut().chain(&mut entry.after).for_each(|details| erasure.erase(details, kept));
                if earlier == (entry.before.clone(), entry.after.clone()) {
                    continue;
                }
                let text = "UPDATE audit_entries SET before = $2, after = $3 WHERE id = $1";
                changed += transaction.execute(text, values![entry.id, entry.before, entry.after]).await?;
            }
        }
    }
}
