//! `/admin/invites`

mod accept;
mod accept_refused;
mod create;
mod delete;
mod list;
mod resend;
mod retrieve;

use std::time::Duration;

use crate::support::{Invited, TestApp, User};

/// Longer than an invite can be accepted, and than a token is valid.
const OVER_A_DAY: Duration = Duration::from_secs(25 * 60 * 60);

/// Invites in every state, and an administrator who is signed in at the end.
struct History {
    app: TestApp,
    admin: User,
    pending: Invited,
    expired: Invited,
    accepted: Invited,
    revoked: Invited,
    /// Had expired when its address was invited again, by `pending`.
    replaced: Invited,
}

impl History {
    async fn of(app: TestApp) -> Self {
        let admin = app.admin().await;
        let expired = admin.invite("expired@y.test").await;
        let replaced = admin.invite("pending@y.test").await;
        let accepted = admin.invite("accepted@y.test").await;
        app.registered("accepted@y.test").await.accept(&accepted.token).await.ok();
        let revoked = admin.invite("revoked@y.test").await;
        admin.delete(&format!("/admin/invites/{}", revoked.id)).await.ok();
        app.clock.advance(OVER_A_DAY);
        let admin = app.admin().await;
        let pending = admin.invite("Pending@y.test").await;
        Self { app, admin, pending, expired, accepted, revoked, replaced }
    }
}
