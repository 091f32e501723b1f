//! All of it or nothing (security.md 2 and 33).

use vestibule_database::{Error, transaction, values};
use vestibule_flows::Context;
use vestibule_testing::on_both_engines;
use vestibule_testing::polling::cancel_after;
use vestibule_user::InviteState;

use crate::support::{ADA, OTHER_PASSWORD, PASSWORD, Site, accept, account, device, password};

on_both_engines!(
    given_up_half_way_with_a_registration,
    given_up_half_way_with_a_password,
    given_up_half_way_to_an_account
);

/// A client that disconnects, at each await. On PostgreSQL it may have disconnected after COMMIT was sent; then all of
/// it is there.
async fn given_up_half_way_with_a_registration(site: Site) {
    let invite = site.invite(ADA).await;
    site.register(ADA, OTHER_PASSWORD).await;
    let identity = site.register(ADA, PASSWORD).await.auth_identity_id.parse().unwrap();
    let before = site.everything().await;
    let (accept, client) = (accept(&invite), device("curl/8.5.0", "192.0.2.7"));
    for limit in 1.. {
        let ended = cancel_after(limit, site.flows.accept_invite(&accept, identity, &client)).await;
        if is_done(&site, &before, ended.map(|result| result.map(drop))).await {
            break;
        }
    }
    assert_eq!(site.again(&invite).await.state, InviteState::Accepted);
    assert_eq!((site.count("users").await, site.count("auth_identities").await), (1, 1));
    site.sign_in(ADA, PASSWORD).await.unwrap();
    site.assert_consistent().await;
}

async fn given_up_half_way_with_a_password(site: Site) {
    let (_, invite) = site.invited_user(ADA).await;
    site.register(ADA, OTHER_PASSWORD).await;
    let before = site.everything().await;
    let (accept, client) = (accept(&invite), device("curl/8.5.0", "192.0.2.7"));
    for limit in 1.. {
        let ended = cancel_after(limit, site.flows.accept_invite_with_password(&accept, PASSWORD, &client)).await;
        if is_done(&site, &before, ended.map(|result| result.map(drop))).await {
            break;
        }
    }
    assert_eq!((site.count("users").await, site.count("auth_identities").await), (1, 1));
    site.sign_in(ADA, PASSWORD).await.unwrap();
    site.assert_consistent().await;
}

async fn given_up_half_way_to_an_account(site: Site) {
    let invite = site.invite(ADA).await;
    site.register(ADA, OTHER_PASSWORD).await;
    let before = site.everything().await;
    let account = account(ADA, password(PASSWORD));
    for limit in 1.. {
        let ended = cancel_after(limit, site.flows.create_user_account(&account, &Context::operator())).await;
        if is_done(&site, &before, ended.map(|result| result.map(drop))).await {
            break;
        }
    }
    assert_eq!(site.again(&invite).await.state, InviteState::Revoked);
    assert_eq!((site.count("users").await, site.count("auth_identities").await), (1, 1));
    site.assert_consistent().await;
}

/// Whether the work was done. If not, everything is as before.
async fn is_done<E: std::fmt::Debug>(site: &Site, before: &[String], ended: Option<Result<(), E>>) -> bool {
    let now = site.everything().await;
    match ended {
        Some(Ok(())) => true,
        // The last cancelled attempt was committed after the check, or on SQLite is about to be: a later writer is
        // notified of its own commit once that one is on the disk as well.
        Some(Err(error)) => {
            let written: Result<u64, Error> = async {
                transaction!(site.database, |transaction| {
                    transaction.execute("UPDATE users SET updated_at = updated_at WHERE id = $1", values!["none"]).await
                })
            }
            .await;
            written.unwrap();
            assert_ne!(site.everything().await, before, "{error:?}");
            true
        }
        None => now != before,
    }
}
