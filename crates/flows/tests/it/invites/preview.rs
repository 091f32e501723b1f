//! Previewing an invite by its token alone.

use serde_json::json;
use vestibule_flows::{Context, NewInvite, SignInMethod};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, BOB, DAY, PASSWORD, START, Site, account, code};

on_both_engines!(a_preview_has_address_inviter_and_expiry, a_preview_changes_nothing, a_useless_token_gives_the_reason);

async fn a_preview_has_address_inviter_and_expiry(site: Site) {
    let mut inviter = account(BOB, SignInMethod::None);
    inviter.user.first_name = Some("Bob".to_owned());
    let inviter = site.flows.create_user_account(&inviter, &Context::operator()).await.unwrap().user;
    let new = NewInvite { roles: Some(vec![]), ..NewInvite::new("Ada@Example.com".parse().unwrap()) };
    let invite = site.flows.invite(&new, &Context::user(inviter.id)).await.unwrap();
    let token = invite.token.unwrap();
    let preview = async || serde_json::to_value(site.flows.preview_invite(&token).await.unwrap()).unwrap();
    let mut expected = json!({
        "email": "Ada@Example.com", "state": "pending", "expires_at": "2026-11-23T09:30:00.000Z",
        "invited_by": { "first_name": "Bob", "last_name": null, "email": BOB },
            "min_password_length": 8,
    });
    assert_eq!(preview().await, expected);
    site.flows.remove_user_account(inviter.id, &Context::operator()).await.unwrap();
    expected["invited_by"] = json!(null);
    assert_eq!(preview().await, expected, "who is not there any more is not named");
    let nobodys =
        site.flows.invite(&NewInvite::new("eve@example.com".parse().unwrap()), &Context::operator()).await.unwrap();
    assert_eq!(site.flows.preview_invite(&nobodys.token.unwrap()).await.unwrap().invited_by, None);
}

/// security.md 7: a mail scanner opens links.
async fn a_preview_changes_nothing(site: Site) {
    let invite = site.invite(ADA).await;
    let before = site.everything().await;
    for _ in 0..3 {
        site.flows.preview_invite(invite.token.as_deref().unwrap()).await.unwrap();
    }
    assert_eq!(site.everything().await, before);
    site.accept_with_password(&invite, PASSWORD).await.unwrap();
}

async fn a_useless_token_gives_the_reason(site: Site) {
    let look = async |invite: &vestibule_user::Invite| {
        site.flows.preview_invite(invite.token.as_deref().unwrap()).await.map(drop)
    };
    let accepted = site.invite(ADA).await;
    site.accept_with_password(&accepted, PASSWORD).await.unwrap();
    assert_eq!(code(look(&accepted).await), "invite_already_accepted");
    let old = site.invite(BOB).await;
    let newer = site.flows.resend_invite(old.id, &Context::operator()).await.unwrap();
    assert_eq!(code(look(&old).await), "invite_token_replaced");
    site.clock.set(START + DAY);
    assert_eq!(code(look(&newer).await), "invite_expired");
    site.flows.revoke_invite(old.id, &Context::operator()).await.unwrap();
    assert_eq!(code(look(&newer).await), "invite_revoked");
    assert_eq!(code(site.flows.preview_invite("rubbish").await), "invite_token_invalid");
    let session = site.register("eve@example.com", PASSWORD).await;
    assert_eq!(code(site.flows.preview_invite(&session.token).await), "invite_token_invalid", "security.md 4");
}
