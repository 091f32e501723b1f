//! Creating invites.

use serde_json::json;
use vestibule_core::{Environment, ErrorKind};
use vestibule_testing::on_both_engines;
use vestibule_user::invites::{CreateInvitesError, InviteState};
use vestibule_user::{CreateInvite, Invite, UserId, UserModule, UserOptions};

use super::accept;
use crate::support::{DAY, Module, SECOND, email, metadata, options, refusal};

on_both_engines!(
    one_address_is_invited_for_a_day,
    many_are_invited_all_or_none,
    a_user_s_address_is_refused_by_name,
    an_address_is_invited_once_in_every_spelling,
    an_expired_invite_makes_way_for_a_new_one,
    an_invite_of_the_past_never_stands_in_the_way,
    a_longer_life_can_be_configured,
    a_user_created_in_advance_can_be_invited,
);
on_both_engines!(4 threads: of_sixty_four_invites_of_one_address_one_is_made, of_sixty_four_invites_after_an_expired_one_one_is_made);

async fn one_address_is_invited_for_a_day(module: Module) {
    let wanted = CreateInvite {
        metadata: Some(metadata(json!({"note": "welcome"}))),
        invited_by: Some("user_01J00000000000000000000000".into()),
        ..CreateInvite::new(email("Ada@Example.com"))
    };
    let invite = module.service.create_invites(wanted).await.unwrap();
    let value = serde_json::to_value(&invite).unwrap();
    let expected = json!({
        "id": invite.id.to_string(),
        "email": "Ada@Example.com",
        "accepted": false,
        "token": invite.token,
        "state": "pending",
        "expires_at": "2026-11-23T09:30:00.000Z",
        "metadata": {"note": "welcome"},
        "invited_by": "user_01J00000000000000000000000",
        "accepted_by": null,
        "accepted_at": null,
        "revoked_at": null,
        "replaced_by": null,
        "times_sent": 1,
        "sent_at": "2026-11-22T09:30:00.000Z",
        "created_at": "2026-11-22T09:30:00.000Z",
        "updated_at": "2026-11-22T09:30:00.000Z",
        "deleted_at": null,
    });
    for (name, expected) in expected.as_object().unwrap() {
        assert_eq!(value[name], *expected, "{name}");
    }
    assert_eq!(module.service.retrieve_invite(invite.id).await.unwrap(), invite, "with the same token");
    assert_eq!(module.service.validate_invite_token(invite.token.as_deref().unwrap()).await.unwrap(), invite);
    assert_eq!(module.events().await, [("invite.created".to_owned(), invite.id.to_string())]);
}

async fn many_are_invited_all_or_none(module: Module) {
    module.invite("pending@example.com").await;
    module.user("user@example.com").await;
    let invites = |last: &str| ["a@example.com", "b@example.com", last].map(|text| CreateInvite::new(email(text)));
    for last in ["pending@example.com", "A@example.com", "user@example.com"] {
        module.service.create_invites(invites(last)).await.unwrap_err();
    }
    assert_eq!(module.events().await.len(), 2, "nothing is announced that did not happen");
    let many: Vec<Invite> = module.service.create_invites(invites("c@example.com")).await.unwrap();
    let tokens: std::collections::BTreeSet<_> = many.iter().map(|invite| invite.token.as_deref().unwrap()).collect();
    assert_eq!((many.len(), tokens.len()), (3, 3));
    assert_eq!(module.new_events(2).await, ["invite.created"; 3]);
    assert!(module.service.create_invites(Vec::new()).await.unwrap().is_empty());
}

async fn a_user_s_address_is_refused_by_name(module: Module) {
    let ada = module.user("Ada@Example.com").await;
    module.user("eve@example.com").await;
    let invites = ["ada@example.com", "new@example.com", "EVE@example.com"].map(|text| CreateInvite::new(email(text)));
    let error = module.service.create_invites(invites).await.unwrap_err();
    let message = "User account for following email(s) already exist: Ada@Example.com, eve@example.com".to_owned();
    assert_eq!(refusal(&error), (ErrorKind::InvalidData, Some("user_exists"), message));
    // More addresses than one statement accepts values.
    let many: Vec<_> = (0..1_500).map(|number| CreateInvite::new(email(&format!("{number}@example.com")))).collect();
    let error = module.service.create_invites([many, vec![CreateInvite::new(email("eve@example.com"))]].concat()).await;
    assert!(matches!(error, Err(CreateInvitesError::UsersExist { emails }) if emails == ["eve@example.com"]));
    module.service.soft_delete_users(ada.id).await.unwrap();
    module.invite("ada@example.com").await;
}

/// security.md 15
async fn an_address_is_invited_once_in_every_spelling(module: Module) {
    module.invite("Ada@bücher.example").await;
    for spelling in ["ada@BÜCHER.example", "ada@xn--bcher-kva.example", "ａｄａ@bücher.example"] {
        let error = module.service.create_invites(CreateInvite::new(email(spelling))).await.unwrap_err();
        let message = format!("Invite with email: {spelling}, already exists.");
        assert_eq!(refusal(&error), (ErrorKind::InvalidData, Some("invite_exists"), message));
    }
}

async fn an_expired_invite_makes_way_for_a_new_one(module: Module) {
    let old = module.invite("ada@example.com").await;
    module.clock.advance(DAY - SECOND);
    let error = module.service.create_invites(CreateInvite::new(email("ada@example.com"))).await.unwrap_err();
    assert!(matches!(error, CreateInvitesError::InviteExists { .. }), "a second too early: {error:?}");
    module.clock.advance(SECOND);
    let new = module.invite("ADA@example.com").await;
    let replaced = module.service.retrieve_invite(old.id).await.unwrap();
    assert_eq!((replaced.state, replaced.token), (InviteState::Revoked, None));
    assert_eq!(replaced.replaced_by, Some(new.id.to_string()));
    // security.md 3: the old link gives the reason.
    let error = module.service.validate_invite_token(old.token.as_deref().unwrap()).await.unwrap_err();
    assert_eq!(refusal(&error).1, Some("invite_token_replaced"));
    accept(&module.database, &module.service, new.token.as_deref().unwrap()).await.unwrap();
}

async fn an_invite_of_the_past_never_stands_in_the_way(module: Module) {
    let accepted = module.invite("ada@example.com").await;
    accept(&module.database, &module.service, accepted.token.as_deref().unwrap()).await.unwrap();
    let revoked = module.invite("ada@example.com").await;
    module.service.revoke_invites(revoked.id).await.unwrap();
    let deleted = module.invite("ada@example.com").await;
    module.service.soft_delete_invites(deleted.id).await.unwrap();
    let gone = module.invite("ada@example.com").await;
    module.service.delete_invites(gone.id).await.unwrap();
    let pending = module.invite("ada@example.com").await;
    assert_eq!(module.service.retrieve_invite(pending.id).await.unwrap().state, InviteState::Pending);
}

async fn a_longer_life_can_be_configured(module: Module) {
    let week = UserOptions { invite_lifetime: 7 * DAY, ..options() };
    let (environment, _) = vestibule_testing::test_environment();
    let service = UserModule::new(module.database.clone(), environment, week);
    let invite = service.create_invites(CreateInvite::new(email("ada@example.com"))).await.unwrap();
    assert_eq!(invite.expires_at, invite.created_at + 7 * DAY);
}

async fn a_user_created_in_advance_can_be_invited(module: Module) {
    let ada = module.user("ada@example.com").await;
    let invite =
        |user_id: UserId| CreateInvite { user_id: Some(user_id), ..CreateInvite::new(email("ada@example.com")) };
    let stranger = module.service.create_invites(invite(Environment::system().id())).await.unwrap_err();
    assert_eq!(refusal(&stranger).1, Some("user_exists"), "another user's address");
    let created = module.service.create_invites(invite(ada.id)).await.unwrap();
    assert_eq!(created.user_id, Some(ada.id));
    assert_eq!(module.service.retrieve_invite(created.id).await.unwrap(), created);
}

async fn of_sixty_four_invites_of_one_address_one_is_made(module: Module) {
    one_of_sixty_four(&module).await;
    assert_eq!(module.events().await.len(), 1);
}

async fn of_sixty_four_invites_after_an_expired_one_one_is_made(module: Module) {
    let old = module.invite("ada@example.com").await;
    module.clock.advance(DAY);
    let new = one_of_sixty_four(&module).await;
    assert_eq!(module.service.retrieve_invite(old.id).await.unwrap().replaced_by, Some(new.id.to_string()));
    assert_eq!(module.events().await.len(), 2);
}

/// By a unique constraint, not by checking first.
async fn one_of_sixty_four(module: &Module) -> Invite {
    let results = module
        .sixty_four(
            |service, _| async move { service.create_invites(CreateInvite::new(email("ada@example.com"))).await },
        )
        .await;
    let (created, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!(created.len(), 1);
    for error in refused.into_iter().filter_map(Result::err) {
        assert!(matches!(error, CreateInvitesError::InviteExists { .. }), "{error:?}");
    }
    created.into_iter().next().unwrap().unwrap()
}
