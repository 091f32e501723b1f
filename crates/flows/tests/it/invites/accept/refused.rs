//! Refused invites, with the reason. Each time nothing has changed (security.md 2, 3, 4 and 5).

use vestibule_auth::CreateProviderIdentity;
use vestibule_auth::identities::AuthIdentityFilter;
use vestibule_auth::{AuthIdentityId, CreateAuthIdentity};
use vestibule_core::{ErrorKind, FindConfig, SigningKey};
use vestibule_flows::{Client, Context};
use vestibule_testing::on_both_engines;
use vestibule_user::{CreateUser, Invite};

use crate::support::{
    ADA, BOB, DAY, HOUR, MICROSECOND, OTHER_PASSWORD, PASSWORD, SECRET, START, Site, accept, accept_as, code, email,
    refusal,
};

on_both_engines!(
    a_token_that_is_none_or_has_had_its_time,
    a_token_of_another_kind,
    another_address,
    a_registration_that_is_not_there_any_more,
    a_registration_with_an_owner,
    an_address_that_a_user_has,
    a_name_that_cannot_be_stored,
);

/// Accepts with both methods, and asserts that neither has changed anything.
async fn refused_by_both_methods(
    site: &Site,
    invite: &Invite,
    identity: &str,
) -> (ErrorKind, Option<&'static str>, String) {
    let before = site.everything().await;
    let identity: AuthIdentityId = identity.parse().unwrap();
    let one = refusal(site.flows.accept_invite(&accept(invite), identity, &Client::default()).await);
    let other = refusal(site.accept_with_password(invite, OTHER_PASSWORD).await);
    assert_eq!(one, other);
    assert_eq!(site.everything().await, before);
    one
}

fn with_token(invite: &Invite, token: &str) -> Invite {
    Invite { token: Some(token.to_owned()), ..invite.clone() }
}

async fn a_token_that_is_none_or_has_had_its_time(site: Site) {
    let invite = site.invite(ADA).await;
    let ada = site.register(ADA, PASSWORD).await.auth_identity_id;
    let token = invite.token.clone().unwrap();
    let invalid = (
        ErrorKind::Unauthorized,
        Some("invite_token_invalid"),
        "This is not a valid invite link. Open the link exactly as it stands in the mail, or ask for a new one."
            .to_owned(),
    );
    for rubbish in ["", "x", "a.b.c", token.trim_start_matches('e'), &format!("{token}x"), &token.replace('.', "..")] {
        assert_eq!(refused_by_both_methods(&site, &with_token(&invite, rubbish), &ada).await, invalid, "{rubbish}");
    }

    let newer = site.flows.resend_invite(invite.id, &Context::operator()).await.unwrap();
    let (kind, replaced, message) = refused_by_both_methods(&site, &invite, &ada).await;
    assert_eq!((kind, replaced), (ErrorKind::Unauthorized, Some("invite_token_replaced")));
    assert!(message.starts_with("This invite was sent again on 2026-11-22."), "{message}");

    site.clock.set(START + DAY);
    let late = site.register(ADA, PASSWORD).await.auth_identity_id;
    let (_, expired, message) = refused_by_both_methods(&site, &newer, &late).await;
    assert_eq!(expired, Some("invite_expired"));
    assert!(message.starts_with("This invite expired on 2026-11-23."), "{message}");
    let newest = site.flows.resend_invite(invite.id, &Context::operator()).await.unwrap();
    site.clock.set(START + 2 * DAY - MICROSECOND);
    site.accept(&newest, &site.register(ADA, PASSWORD).await).await.expect("until the very moment");
    let (_, accepted, _) = refused_by_both_methods(&site, &newest, &late).await;
    assert_eq!(accepted, Some("invite_already_accepted"));

    let taken_back = site.invite(BOB).await;
    site.flows.revoke_invite(taken_back.id, &Context::operator()).await.unwrap();
    let bob = site.register(BOB, PASSWORD).await.auth_identity_id;
    assert_eq!(refused_by_both_methods(&site, &taken_back, &bob).await.1, Some("invite_revoked"));
    let deleted = site.invite(BOB).await;
    site.flows.users().delete_invites(deleted.id).await.unwrap();
    assert_eq!(refused_by_both_methods(&site, &deleted, &bob).await, invalid);
}

/// security.md 4
async fn a_token_of_another_kind(site: Site) {
    let invite = site.invite(ADA).await;
    let registered = site.register(ADA, PASSWORD).await;
    let claims: serde_json::Value = SigningKey::new(SECRET).read(invite.token.as_deref().unwrap()).unwrap();
    let signed = |change: fn(&mut serde_json::Value), key: &[u8]| {
        let mut claims = claims.clone();
        change(&mut claims);
        SigningKey::new(key).sign(&claims)
    };
    for token in [
        registered.token.clone(),
        signed(|claims| claims["purpose"] = "session".into(), SECRET),
        signed(|claims| claims["purpose"] = "password-reset".into(), SECRET),
        signed(|claims| drop(claims.as_object_mut().unwrap().remove("purpose")), SECRET),
        signed(|claims| claims["id"] = "invite_00000000000000000000000000".into(), SECRET),
        signed(|_| (), b"another secret of thirty-two byt"),
    ] {
        let (_, code, _) =
            refused_by_both_methods(&site, &with_token(&invite, &token), &registered.auth_identity_id).await;
        assert_eq!(code, Some("invite_token_invalid"), "{token}");
    }
    let nonce = signed(|claims| claims["jti"] = "0".into(), SECRET);
    let (_, code, _) = refused_by_both_methods(&site, &with_token(&invite, &nonce), &registered.auth_identity_id).await;
    assert_eq!(code, Some("invite_token_replaced"));
    let mut caller = invite.token.clone().unwrap();
    caller.insert(0, ' ');
    assert_eq!(site.bearer(&registered).await.map(|caller| caller.user), Some(None));
    for token in [invite.token.as_deref().unwrap(), &caller] {
        let credential = vestibule_flows::Credential::Bearer(token);
        assert_eq!(
            site.flows.identify(credential, Client::default).await.unwrap(),
            None,
            "and an invite's opens no session"
        );
    }
}

/// security.md 5
async fn another_address(site: Site) {
    let invite = site.invite("Ada@Example.com").await;
    let auth = site.flows.auth();
    let parts = |names: &[&str]| CreateAuthIdentity {
        provider_identities: names.iter().map(|name| CreateProviderIdentity::new("other", *name)).collect(),
        ..CreateAuthIdentity::default()
    };
    let stranger = site.register(BOB, PASSWORD).await.auth_identity_id.parse().unwrap();
    let look_alike = site.register("аda@example.com", PASSWORD).await.auth_identity_id.parse().unwrap();
    let two = auth.create_auth_identities(parts(&[ADA, BOB])).await.unwrap().id;
    let before = site.everything().await;
    for identity in [stranger, look_alike, two] {
        let refused = refusal(site.flows.accept_invite(&accept(&invite), identity, &Client::default()).await);
        let message = "This invite is for Ada@Example.com. Register with that address, or ask for an invite to yours.";
        assert_eq!(refused, (ErrorKind::InvalidData, Some("invite_for_another_address"), message.to_owned()));
    }
    assert_eq!(site.everything().await, before);
    let own = auth.create_auth_identities(parts(&["ADA@example.com", "octocat"])).await.unwrap();
    site.flows
        .accept_invite(&accept(&invite), own.id, &Client::default())
        .await
        .expect("another spelling is the same address");
}

async fn a_registration_that_is_not_there_any_more(site: Site) {
    let registered = site.register(ADA, PASSWORD).await;
    site.clock.advance(HOUR);
    let invite = site.invite(ADA).await;
    let gone = (
        ErrorKind::Unauthorized,
        Some("registration_expired"),
        "This registration is not valid any more. Register again.".to_owned(),
    );
    let missing: AuthIdentityId = site.flows.environment().id();
    site.clock.set(START + DAY);
    let before = site.everything().await;
    assert_eq!(refusal(site.flows.accept_invite(&accept(&invite), missing, &Client::default()).await), gone);
    assert_eq!(refusal(site.accept(&invite, &registered).await), gone, "at the very moment, before any cleanup");
    assert_eq!(site.everything().await, before);
    site.flows.auth().delete_expired().await.unwrap();
    assert_eq!(refusal(site.accept(&invite, &registered).await), gone);
    site.accept(&invite, &site.register(ADA, PASSWORD).await).await.unwrap();
}

async fn a_registration_with_an_owner(site: Site) {
    // A user whose identity kept its entity id when the address changed.
    let bob = site.user(ADA).await;
    let mut change = vestibule_user::UpdateUser::new(bob.id);
    change.email = Some(email(BOB));
    site.flows.users().update_users(change).await.unwrap();
    let own = site.identities_of(bob.id).await.remove(0);
    let invite = site.invite(ADA).await;
    let left_over = CreateAuthIdentity {
        provider_identities: vec![CreateProviderIdentity::new("emailpass", ADA)],
        ..CreateAuthIdentity::default()
    };
    let left_over = site.flows.auth().create_auth_identities(left_over).await.unwrap();
    let before = site.everything().await;
    let accept = accept(&invite);
    assert_eq!(code(site.flows.accept_invite(&accept, own.id, &Client::default()).await), "identity_claimed");
    assert_eq!(
        refusal(site.flows.accept_invite(&accept, left_over.id, &Client::default()).await),
        (ErrorKind::InvalidData, Some("identity_exists"), "Identity with email already exists".to_owned())
    );
    assert_eq!(
        refusal(site.accept_with_password(&invite, PASSWORD).await),
        (
            ErrorKind::InvalidData,
            Some("identity_exists"),
            format!("Provider identity with entity_id: {ADA}, provider: emailpass, already exists.")
        )
    );
    assert_eq!(site.everything().await, before);
    let (everything, find) = (AuthIdentityFilter::everything(), FindConfig::default());
    let all = site.flows.auth().list_auth_identities(&everything, &find).await.unwrap();
    assert_eq!(all.len(), 2);
}

async fn an_address_that_a_user_has(site: Site) {
    let invite = site.invite(ADA).await;
    let registered = site.register(ADA, PASSWORD).await;
    // By a program that does not know of invites.
    site.flows.users().create_users(CreateUser::new(email("ADA@example.com"))).await.unwrap();
    let refused = refused_by_both_methods(&site, &invite, &registered.auth_identity_id).await;
    let message = format!("User with email: {ADA}, already exists.");
    assert_eq!(refused, (ErrorKind::InvalidData, Some("email_taken"), message));
}

async fn a_name_that_cannot_be_stored(site: Site) {
    let invite = site.invite(ADA).await;
    let (_, beforehand) = site.invited_user(BOB).await;
    let registered = [site.register(ADA, PASSWORD).await, site.register(BOB, PASSWORD).await];
    let before = site.everything().await;
    for (name, message) in [
        ("x".repeat(256), "first_name is longer than 255 characters"),
        // Control characters are removed, and do not count.
        (format!("\0{}", "x".repeat(256)), "first_name is longer than 255 characters"),
    ] {
        for (invite, registered) in [(&invite, &registered[0]), (&beforehand, &registered[1])] {
            let accept = accept_as(invite, &name, "");
            let identity = registered.auth_identity_id.parse().unwrap();
            let expected = (ErrorKind::InvalidData, Some("name_too_long"), message.to_owned());
            assert_eq!(refusal(site.flows.accept_invite(&accept, identity, &Client::default()).await), expected);
            assert_eq!(
                refusal(site.flows.accept_invite_with_password(&accept, PASSWORD, &Client::default()).await),
                expected
            );
        }
    }
    assert_eq!(site.everything().await, before);
}
