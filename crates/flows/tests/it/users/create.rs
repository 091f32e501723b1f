//! Creating a user directly.

use vestibule_core::ErrorKind;
use vestibule_flows::{Client, Context, SignInMethod, UserAccount};
use vestibule_testing::on_both_engines;
use vestibule_user::InviteState;

use crate::support::{
    ADA, BOB, OTHER_PASSWORD, PASSWORD, START, Site, account, code, credentials, password, refusal, wrong_password,
};

on_both_engines!(
    with_a_password,
    with_an_invite,
    without_a_sign_in_method,
    an_address_has_one_user,
    a_pending_invite_has_become_useless,
    what_cannot_be_created_changes_nothing,
    an_identity_of_another_user_is_not_taken,
);
on_both_engines!(4 threads: of_sixty_four_at_once_one_is_created);

async fn with_a_password(site: Site) {
    let stranger = site.register(ADA, OTHER_PASSWORD).await;
    let mut create = account("Ada@Example.com", password(PASSWORD));
    create.user.first_name = Some("Ada".to_owned());
    let context = Context::user(site.user(BOB).await.id);
    let UserAccount { user, invite } = site.flows.create_user_account(&create, &context).await.unwrap();
    assert_eq!((user.email.as_str(), user.first_name.as_deref(), invite), ("Ada@Example.com", Some("Ada"), None));
    assert_eq!(user.created_at, START);
    assert_eq!(site.events().await, ["user.created", "user.created"]);
    assert_eq!(site.user_of(&site.sign_in(ADA, PASSWORD).await.unwrap()).await, Some(user.id));
    assert_eq!(site.identities_of(user.id).await.len(), 1);
    assert_eq!(site.bearer(&stranger).await, None, "security.md 6");
    assert_eq!(refusal(site.sign_in(ADA, OTHER_PASSWORD).await), wrong_password());
    site.assert_consistent().await;
}

async fn with_an_invite(site: Site) {
    let context = site.user(BOB).await;
    let create = account(ADA, SignInMethod::Invite);
    let UserAccount { user, invite } =
        site.flows.create_user_account(&create, &Context::user(context.id)).await.unwrap();
    let invite = invite.unwrap();
    assert_eq!((invite.user_id, invite.invited_by.clone()), (Some(user.id), Some(context.id.to_string())));
    assert_eq!((invite.email.as_str(), invite.state), (ADA, InviteState::Pending));
    assert_eq!(site.events().await[1..], ["user.created", "invite.created"]);
    assert_eq!(refusal(site.sign_in(ADA, PASSWORD).await), wrong_password());
    let (accepted, _) = site.accept_with_password(&invite, PASSWORD).await.unwrap();
    assert_eq!(accepted.id, user.id);
    site.assert_consistent().await;
}

async fn without_a_sign_in_method(site: Site) {
    let UserAccount { user, invite } = site.create(ADA, SignInMethod::None).await;
    assert_eq!((invite, site.identities_of(user.id).await), (None, Vec::new()));
    assert_eq!(refusal(site.sign_in(ADA, PASSWORD).await), wrong_password());
    let registered = site.register(ADA, PASSWORD).await;
    assert_eq!(site.bearer(&registered).await.unwrap().user, None, "who registers the address is not its user");
    assert_eq!(SignInMethod::default(), SignInMethod::None);
}

/// security.md 15
async fn an_address_has_one_user(site: Site) {
    site.user("Ada@Example.com").await;
    let before = site.everything().await;
    for (spelling, sign_in_method) in [
        (ADA, SignInMethod::None),
        (" ADA@EXAMPLE.COM ", SignInMethod::Invite),
        ("ａｄａ@example.com", password(OTHER_PASSWORD)),
    ] {
        let refused =
            refusal(site.flows.create_user_account(&account(spelling, sign_in_method), &Context::operator()).await);
        let message = format!("User with email: {}, already exists.", spelling.trim());
        assert_eq!(refused, (ErrorKind::InvalidData, Some("email_taken"), message));
    }
    assert_eq!(site.everything().await, before);
    site.sign_in(ADA, PASSWORD).await.unwrap();
}

async fn a_pending_invite_has_become_useless(site: Site) {
    for (number, sign_in_method) in
        [SignInMethod::None, password(PASSWORD), SignInMethod::Invite].into_iter().enumerate()
    {
        let address = format!("user{number}@example.com");
        let pending = site.invite(&address.to_uppercase()).await;
        let bystander = site.invite(&format!("bystander{number}@example.com")).await;
        let events = site.events().await.len();
        let account = site.create(&address, sign_in_method).await;
        let mut expected = vec!["invite.deleted", "user.created"];
        expected.extend(account.invite.iter().map(|_| "invite.created"));
        assert_eq!(site.events().await[events..], expected);
        let revoked = site.again(&pending).await;
        assert_eq!((revoked.state, revoked.revoked_at), (InviteState::Revoked, Some(START)));
        assert_eq!(code(site.accept_with_password(&pending, PASSWORD).await), "invite_revoked");
        assert_eq!(site.again(&bystander).await.state, InviteState::Pending);
    }
    site.assert_consistent().await;
}

async fn what_cannot_be_created_changes_nothing(site: Site) {
    site.invite(ADA).await;
    site.register(ADA, OTHER_PASSWORD).await;
    let before = site.everything().await;
    let long_name = || {
        let mut create = account(ADA, password(PASSWORD));
        create.user.first_name = Some("x".repeat(256));
        create
    };
    let script = || {
        let mut create = account(ADA, SignInMethod::Invite);
        create.user.avatar_url = Some("javascript:alert(1)".to_owned());
        create
    };
    for (create, message) in [
        (account(ADA, password("")), "The password is too short: 8 characters at least"),
        (account(ADA, password(&"x".repeat(1_025))), "The password is too long: 1024 characters at most"),
        (long_name(), "first_name is longer than 255 characters"),
        (script(), "avatar_url is no http or https address of at most 2048 bytes"),
    ] {
        let refused = refusal(site.flows.create_user_account(&create, &Context::operator()).await);
        let code = match message {
            _ if message.contains("too short") => "weak_password",
            _ if message.contains("too long") => "password_too_long",
            _ if message.contains("first_name") => "name_too_long",
            _ => "invalid_avatar_url",
        };
        assert_eq!(refused, (ErrorKind::InvalidData, Some(code), message.to_owned()));
    }
    assert_eq!(site.everything().await, before, "the pending invite among it");
}

/// The identity of a user whose address changed keeps its entity id.
async fn an_identity_of_another_user_is_not_taken(site: Site) {
    let bob = site.user(ADA).await;
    let mut change = vestibule_user::UpdateUser::new(bob.id);
    change.email = Some(BOB.parse().unwrap());
    site.flows.users().update_users(change).await.unwrap();
    let before = site.everything().await;
    let refused =
        refusal(site.flows.create_user_account(&account(ADA, password(OTHER_PASSWORD)), &Context::operator()).await);
    let message = format!("Provider identity with entity_id: {ADA}, provider: emailpass, already exists.");
    assert_eq!(refused, (ErrorKind::InvalidData, Some("identity_exists"), message));
    assert_eq!(site.everything().await, before);
    assert_eq!(site.sign_in(ADA, PASSWORD).await.unwrap().actor_id, bob.id.to_string());
}

async fn of_sixty_four_at_once_one_is_created(site: Site) {
    let results = site
        .sixty_four(|flows, caller| async move {
            let sign_in_method = match caller % 4 {
                0 | 1 => password(&format!("Password-number-{caller}")),
                2 => SignInMethod::Invite,
                _ => SignInMethod::None,
            };
            let created = flows.create_user_account(&account(ADA, sign_in_method), &Context::operator()).await;
            created.map(|account| (caller, account)).map_err(|error| error.to_string())
        })
        .await;
    let (created, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!((created.len(), refused.len()), (1, 63));
    for refusal in refused {
        assert_eq!(refusal.unwrap_err(), format!("User with email: {ADA}, already exists."));
    }
    let (winner, account) = created.into_iter().flatten().next().unwrap();
    let signed_in = site
        .flows
        .sign_in("user", "emailpass", &credentials(ADA, &format!("Password-number-{winner}")), &Client::default())
        .await;
    assert_eq!(signed_in.is_ok(), winner % 4 < 2);
    assert_eq!(account.invite.is_some(), winner % 4 == 2);
    assert_eq!(site.count("users").await, 1);
    assert_eq!(site.count("invites").await, i64::from(winner % 4 == 2));
    site.assert_consistent().await;
}
