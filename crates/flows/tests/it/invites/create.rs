//! Inviting, sending again, revoking.

use serde_json::json;
use vestibule_core::{ErrorKind, Metadata};
use vestibule_flows::{Context, NewInvite};
use vestibule_testing::on_both_engines;
use vestibule_user::InviteState;

use crate::support::{ADA, BOB, DAY, HOUR, PASSWORD, START, Site, code, email, refusal};

on_both_engines!(
    an_invite_has_inviter_and_expiry,
    an_address_is_invited_once,
    sent_again_it_is_another_token,
    a_revoked_invite_admits_no_one,
);
on_both_engines!(4 threads: of_sixty_four_invites_of_one_address_one_is_made);

async fn an_invite_has_inviter_and_expiry(site: Site) {
    let context = site.user(BOB).await;
    let metadata = Metadata::new(json!({ "team": "engines" }).as_object().unwrap().clone()).unwrap();
    let invite = site
        .flows
        .invite(
            &NewInvite { metadata: Some(metadata.clone()), ..NewInvite::new(email("Ada@Example.com")) },
            &Context::user(context.id),
        )
        .await
        .unwrap();
    assert_eq!((invite.email.as_str(), invite.state), ("Ada@Example.com", InviteState::Pending));
    assert_eq!((invite.expires_at, invite.metadata.clone()), (START + DAY, Some(metadata)));
    assert_eq!((invite.invited_by.clone(), invite.user_id), (Some(context.id.to_string()), None));
    assert_eq!(site.events().await, ["user.created", "invite.created"]);
    assert_eq!(site.again(&invite).await, invite);
    assert_eq!(site.invite("by-the-command-line@example.com").await.invited_by, None);
}

async fn an_address_is_invited_once(site: Site) {
    site.invite(ADA).await;
    site.user(BOB).await;
    let before = site.everything().await;
    for (address, code, message) in [
        (" ADA@example.com", "invite_exists", "Invite with email: ADA@example.com, already exists."),
        ("Bob@example.com", "user_exists", "User account for following email(s) already exist: bob@example.com"),
    ] {
        let refused = refusal(site.flows.invite(&NewInvite::new(email(address)), &Context::operator()).await);
        assert_eq!(refused, (ErrorKind::InvalidData, Some(code), message.to_owned()));
    }
    assert_eq!(site.everything().await, before);
    site.clock.advance(DAY);
    site.flows.invite(&NewInvite::new(email(ADA)), &Context::operator()).await.expect("an expired one blocks no one");
    site.assert_consistent().await;
}

/// security.md 3
async fn sent_again_it_is_another_token(site: Site) {
    let first = site.invite(ADA).await;
    site.clock.advance(HOUR);
    let second = site.flows.resend_invite(first.id, &Context::operator()).await.unwrap();
    assert_eq!((second.id, second.times_sent, second.expires_at), (first.id, 2, START + HOUR + DAY));
    assert_eq!(site.events().await, ["invite.created", "invite.resent"]);
    assert_eq!(code(site.accept_with_password(&first, PASSWORD).await), "invite_token_replaced");
    site.accept_with_password(&second, PASSWORD).await.unwrap();
    let unknown = site.flows.environment().id();
    for id in [first.id, unknown] {
        let refused = refusal(site.flows.resend_invite(id, &Context::operator()).await);
        assert_eq!(refused, (ErrorKind::InvalidData, None, format!("The following invites do not exist: {id}")));
    }
}

async fn a_revoked_invite_admits_no_one(site: Site) {
    let invite = site.invite(ADA).await;
    site.flows.revoke_invite(invite.id, &Context::operator()).await.unwrap();
    assert_eq!(code(site.accept_with_password(&invite, PASSWORD).await), "invite_revoked");
    let before = site.everything().await;
    site.flows.revoke_invite(invite.id, &Context::operator()).await.unwrap();
    site.flows.revoke_invite(site.flows.environment().id(), &Context::operator()).await.unwrap();
    assert_eq!(site.everything().await, before);
    assert_eq!(site.events().await, ["invite.created", "invite.deleted"]);
    let accepted = site.invite(ADA).await;
    site.accept_with_password(&accepted, PASSWORD).await.unwrap();
    site.flows.revoke_invite(accepted.id, &Context::operator()).await.unwrap();
    assert_eq!(site.again(&accepted).await.state, InviteState::Accepted, "what has happened stays");
}

async fn of_sixty_four_invites_of_one_address_one_is_made(site: Site) {
    let results = site
        .sixty_four(|flows, _| async move {
            flows.invite(&NewInvite::new(email(ADA)), &Context::operator()).await.map_err(|e| e.to_string())
        })
        .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    for error in results.into_iter().filter_map(Result::err) {
        assert_eq!(error, format!("Invite with email: {ADA}, already exists."));
    }
    assert_eq!(site.count("invites").await, 1);
}
