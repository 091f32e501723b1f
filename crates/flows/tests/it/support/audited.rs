//! Entries of the audit log.

use serde_json::{Value as Json, json};
use vestibule_audit::AuditField;
use vestibule_core::{Field as _, FindConfig};

use super::Site;

impl Site {
    /// Actor, target, before and after of every entry of this action, oldest first.
    pub(crate) async fn audited(&self, action: &str) -> Vec<Json> {
        let find = FindConfig::default();
        let (entries, _) = self.flows.audit().list_and_count(&AuditField::Action.eq(action), &find).await.unwrap();
        let fields = |entry: vestibule_audit::Entry| {
            json!([entry.actor_type, entry.actor_id, entry.target_type, entry.target_id, entry.before, entry.after])
        };
        entries.into_iter().map(fields).collect()
    }
}
