//! An invite for a user who was created in advance.

use vestibule_core::{ErrorKind, Patch};
use vestibule_flows::{Client, Context, SignInMethod};
use vestibule_testing::on_both_engines;
use vestibule_user::UpdateUser;

use crate::support::{
    ADA, HOUR, OTHER_PASSWORD, PASSWORD, START, Site, accept, accept_as, account, code, email, refusal,
};

on_both_engines!(
    the_user_is_the_one_who_was_created,
    names_stay_where_none_is_given,
    a_removed_user_cannot_accept,
    a_user_deleted_by_a_program_cannot_accept,
    what_strangers_registered_dies,
);

async fn the_user_is_the_one_who_was_created(site: Site) {
    for (number, with_password) in [true, false].into_iter().enumerate() {
        let address = format!("user{number}@example.com");
        let (user, invite) = site.invited_user(&address).await;
        assert_eq!(invite.user_id, Some(user.id));
        let events = site.events().await.len();
        let accepted = if with_password {
            let (accepted, identity) = site.accept_with_password(&invite, PASSWORD).await.unwrap();
            assert_eq!(identity.actor("user"), Some(user.id.to_string().as_str()));
            accepted
        } else {
            site.accept(&invite, &site.register(&address, PASSWORD).await).await.unwrap()
        };
        assert_eq!(accepted, user, "unchanged");
        assert_eq!(site.events().await[events..], ["invite.accepted"], "no user was created or changed");
        assert_eq!(site.again(&invite).await.accepted_by, Some(user.id.to_string()));
        assert_eq!(site.user_of(&site.sign_in(&address, PASSWORD).await.unwrap()).await, Some(user.id));
        assert_eq!(code(site.accept_with_password(&invite, OTHER_PASSWORD).await), "invite_already_accepted");
    }
    assert_eq!(site.count("users").await, 2);
    site.assert_consistent().await;
}

async fn names_stay_where_none_is_given(site: Site) {
    let mut create = account(ADA, SignInMethod::Invite);
    create.user.first_name = Some("Augusta".to_owned());
    create.user.avatar_url = Some("https://example.com/ada.png".to_owned());
    let created = site.flows.create_user_account(&create, &Context::operator()).await.unwrap();
    let mut accept = accept(&created.invite.unwrap());
    accept.last_name = Some("King".to_owned());
    site.clock.advance(HOUR);
    let (user, _) = site.flows.accept_invite_with_password(&accept, PASSWORD, &Client::default()).await.unwrap();
    assert_eq!((user.first_name.as_deref(), user.last_name.as_deref()), (Some("Augusta"), Some("King")));
    assert_eq!((user.avatar_url, user.created_at), (created.user.avatar_url, START));
    assert_eq!(user.updated_at, START + HOUR);
    assert_eq!(
        site.events().await,
        ["user.created", "invite.created", "invite.accepted", "user.updated"],
        "a name that is set is a change"
    );
}

/// security.md 5 and 28
async fn a_removed_user_cannot_accept(site: Site) {
    let (user, invite) = site.invited_user(ADA).await;
    let registered = site.register(ADA, PASSWORD).await;
    assert!(site.flows.remove_user_account(user.id, &Context::operator()).await.unwrap());
    let before = site.everything().await;
    assert_eq!(code(site.accept(&invite, &registered).await), "invite_revoked");
    assert_eq!(code(site.accept_with_password(&invite, PASSWORD).await), "invite_revoked");
    assert_eq!(site.everything().await, before);
    let again = site.invite(ADA).await;
    let (second, _) = site.accept_with_password(&again, PASSWORD).await.unwrap();
    assert_ne!(second.id, user.id);
    site.assert_consistent().await;
}

async fn a_user_deleted_by_a_program_cannot_accept(site: Site) {
    let (user, invite) = site.invited_user(ADA).await;
    let registered = site.register(ADA, PASSWORD).await;
    site.flows.users().soft_delete_users(user.id).await.unwrap();
    let before = site.everything().await;
    let not_found = (ErrorKind::NotFound, None, format!("User with id: {} was not found", user.id));
    let identity = registered.auth_identity_id.parse().unwrap();
    let named = accept_as(&invite, "Ada", "Lovelace");
    assert_eq!(refusal(site.flows.accept_invite(&named, identity, &Client::default()).await), not_found);
    assert_eq!(refusal(site.accept(&invite, &registered).await), not_found);
    assert_eq!(refusal(site.accept_with_password(&invite, PASSWORD).await), not_found);
    assert_eq!(site.everything().await, before);

    site.flows.users().restore_users(user.id).await.unwrap();
    let mut update = UpdateUser::new(user.id);
    (update.email, update.first_name) = (Some(email("new@example.com")), Patch::Set("Ada".to_owned()));
    site.flows.users().update_users(update).await.unwrap();
    let accepted = site.accept(&invite, &registered).await.unwrap();
    assert_eq!((accepted.id, accepted.email.as_str()), (user.id, "new@example.com"), "whose invite it is stays");
}

/// security.md 6
async fn what_strangers_registered_dies(site: Site) {
    let (user, invite) = site.invited_user(ADA).await;
    let stranger = site.register(ADA, OTHER_PASSWORD).await;
    assert_eq!(site.user_of(&site.refresh(&stranger).await.unwrap()).await, None, "an existing user helps no stranger");
    site.accept_with_password(&invite, PASSWORD).await.unwrap();
    assert_eq!(site.bearer(&stranger).await, None);
    assert_eq!(site.identities_of(user.id).await.len(), 1);
}
