//! Deletes regularly what has expired. Nothing depends on it: expiry is checked whenever a row is used.

use std::time::Duration;

use tokio::sync::watch;
use vestibule::Vestibule;
use vestibule::transfer::Uploads;

/// How often expired rows are deleted.
const CLEANUP: Duration = Duration::from_secs(60 * 60);

/// Deletes expired rows regularly, and entries of the audit log that are older than `audit_keep`, until the other end of `stopped` is
/// dropped.
pub(super) async fn run(vestibule: Vestibule, audit_keep: Option<Duration>, mut stopped: watch::Receiver<()>) {
    let mut times = tokio::time::interval(CLEANUP);
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            _ = times.tick() => {}
        }
        match vestibule.auth().delete_expired().await {
            Ok(0) => {}
            Ok(rows) => tracing::debug!(rows, "expired registrations and sessions were deleted"),
            Err(error) => tracing::warn!(%error, "expired registrations and sessions could not be deleted"),
        }
        if let Err(error) = vestibule.flows().users().delete_expired_reservations().await {
            tracing::warn!(%error, "expired reservations of addresses could not be deleted");
        }
        match vestibule.flows().rbac().delete_assignments_of_deleted_roles().await {
            Ok(0) => {}
            Ok(rows) => tracing::debug!(rows, "assignments of deleted roles were deleted"),
            Err(error) => tracing::warn!(%error, "assignments of deleted roles could not be deleted"),
        }
        match Uploads::new(vestibule.flows().clone()).delete_old().await {
            Ok(0) => {}
            Ok(tables) => tracing::debug!(tables, "tables that were uploaded a day ago were deleted"),
            Err(error) => tracing::warn!(%error, "tables that were uploaded a day ago could not be deleted"),
        }
        if let Err(error) = vestibule.flows().fold_counts().await {
            tracing::warn!(%error, "counts could not be added up");
        }
        if let Some(keep) = audit_keep {
            delete_audit_entries(&vestibule, keep).await;
        }
    }
}

async fn delete_audit_entries(vestibule: &Vestibule, keep: Duration) {
    match vestibule.flows().audit().delete_before(vestibule.flows().environment().now() - keep).await {
        Ok(0) => {}
        Ok(entries) => tracing::info!(entries, "entries of the audit log that are older than audit.keep were deleted"),
        Err(error) => tracing::warn!(%error, "old entries of the audit log could not be deleted"),
    }
}
