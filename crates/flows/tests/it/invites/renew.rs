//! Requesting a new link by an expired one.

use vestibule_flows::{Client, Context};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, DAY, Site};

on_both_engines!(only_an_expired_invite_is_sent_again);
on_both_engines!(4 threads: sixty_four_renewals_at_once_leave_one_working_link);

/// security.md 3, 5, 15
async fn only_an_expired_invite_is_sent_again(site: Site) {
    let invite = site.invite(ADA).await;
    let token = invite.token.clone().unwrap();
    let renew = async |token: &str| site.flows.renew_invite(token, &Client::default()).await.unwrap();
    assert_eq!(renew(&token).await, None, "it can be accepted");
    assert_eq!(renew("rubbish").await, None);
    site.clock.advance(DAY);
    let before = site.count("outbox_events WHERE name = 'invite.resent'").await;
    let renewed = renew(&token).await.unwrap();
    assert_eq!((renewed.email.as_str(), renewed.invited_by, renewed.times_sent), (ADA, invite.invited_by, 2));
    assert_eq!(site.count("outbox_events WHERE name = 'invite.resent'").await, before + 1);
    assert_eq!(site.count("audit_entries WHERE action = 'invite.renewed' AND actor_type = 'nobody'").await, 1);
    assert_eq!(renew(&token).await, None, "the older link is dead");
    site.clock.advance(DAY);
    site.flows.revoke_invite(invite.id, &Context::operator()).await.unwrap();
    assert_eq!(renew(renewed.token.as_deref().unwrap()).await, None, "it was taken back");
}

async fn sixty_four_renewals_at_once_leave_one_working_link(site: Site) {
    let invite = site.invite(ADA).await;
    let token = invite.token.unwrap();
    site.clock.advance(DAY);
    let renewed = site
        .sixty_four(|flows, _| {
            let token = token.clone();
            async move { flows.renew_invite(&token, &Client::default()).await.unwrap() }
        })
        .await;
    let links: Vec<String> = renewed.into_iter().flatten().filter_map(|invite| invite.token).collect();
    assert!(!links.is_empty());
    let mut working = 0;
    for link in &links {
        working += usize::from(site.flows.preview_invite(link).await.is_ok());
    }
    assert_eq!(working, 1);
}
