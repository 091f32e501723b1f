//! A new password for users who have lost theirs, and for users who want another.

use std::time::Duration;

use tokio::time::Instant;
use vestibule_auth::{AuthenticateError, RequestPasswordReset, ResetPasswordError};
use vestibule_core::ErrorKind;
use vestibule_flows::{Client, Context, Flows, FreshProof};
use vestibule_testing::on_both_engines;
use vestibule_user::CreateUser;

use crate::support::{ADA, OTHER_PASSWORD, PASSWORD, Site, account, email, password, refusal};

on_both_engines!(
    a_password_made_of_the_name_is_refused,
    a_reset_for_another_is_checked_in_the_transaction,
    a_caller_who_may_do_less_cannot_issue_or_send,
    a_request_takes_the_same_time_for_any_address,
);
on_both_engines!(4 threads:
    of_sixty_four_resets_by_one_token_one_succeeds,
    a_session_begun_by_the_old_password_ends,
);

/// security.md 10: no sooner where nothing is done, and the work for an owner takes less.
async fn a_request_takes_the_same_time_for_any_address(site: Site) {
    let ada = site.user(ADA).await;
    let locked = site.user("locked@example.com").await;
    site.flows.lock_user(locked.id, &Context::user(ada.id)).await.unwrap();
    for entity_id in [ADA, "locked@example.com", "nobody@example.com", "rubbish", ""] {
        for _ in 0..3 {
            let request = RequestPasswordReset { provider: "emailpass", entity_id, actor_type: "user" };
            let began = Instant::now();
            site.flows.request_password_reset(request, None, &Context::anonymous(Client::default())).await.unwrap();
            assert!(began.elapsed() >= Duration::from_millis(50), "{entity_id}");
        }
    }
}

async fn token(site: &Site) -> String {
    let request = RequestPasswordReset { provider: "emailpass", entity_id: ADA, actor_type: "user" };
    site.flows.auth().clear_attempts(&format!("reset {ADA}")).await.unwrap();
    site.flows.request_password_reset(request, None, &Context::operator()).await.unwrap();
    let events = vestibule_outbox::newest(&site.database, 100).await.unwrap();
    let event = events.iter().find(|event| event.name == "auth.password_reset").unwrap();
    site.flows.auth().reveal_event(event).unwrap()["token"].as_str().unwrap().to_owned()
}

async fn reset(flows: &Flows, token: &str, password: &str) -> Result<(), ResetPasswordError> {
    let pending = flows.find_password_reset(token, "user", "emailpass").await?;
    flows.reset_password(&pending, password, &Context::operator()).await.map(drop)
}

/// security.md 8
async fn a_password_made_of_the_name_is_refused(site: Site) {
    let named = |sign_in_method| {
        let mut account = account(ADA, sign_in_method);
        account.user = CreateUser {
            first_name: Some("Cassiopeia".to_owned()),
            last_name: Some("Quetzalcoatl".to_owned()),
            ..CreateUser::new(email(ADA))
        };
        account
    };
    let of_the_name = "Cassiopeia-Quetzalcoatl";
    let refused = site.flows.create_user_account(&named(password(of_the_name)), &Context::operator()).await;
    let (kind, code, _) = refusal(refused);
    assert_eq!((kind, code), (ErrorKind::InvalidData, Some("weak_password")));
    site.flows.create_user_account(&named(password(PASSWORD)), &Context::operator()).await.unwrap();

    let token = token(&site).await;
    assert_eq!(refusal(reset(&site.flows, &token, of_the_name).await).1, Some("weak_password"));
    let session = site.sign_in(ADA, PASSWORD).await.unwrap();
    let caller = site.bearer(&session).await.unwrap();
    let change = |new: &'static str| {
        let (flows, caller) = (site.flows.clone(), caller.clone());
        async move { flows.change_password(&caller, PASSWORD, new, &FreshProof::default(), &Context::operator()).await }
    };
    assert_eq!(refusal(change(of_the_name).await).1, Some("weak_password"));
    change(OTHER_PASSWORD).await.unwrap();
    assert!(site.bearer(&session).await.is_some(), "where it was changed it goes on");
}

/// security.md 5: a right that the caller has lost since the request counts as lost.
async fn a_reset_for_another_is_checked_in_the_transaction(site: Site) {
    let ada = site.user(ADA).await;
    let bob = site.user("bob@example.com").await;
    site.flows.issue_password_reset(ada.id, &Context::user(bob.id)).await.unwrap();
    site.flows.users().lock_users(bob.id).await.unwrap();
    let (kind, code, _) = refusal(site.flows.issue_password_reset(ada.id, &Context::user(bob.id)).await);
    assert_eq!((kind, code), (ErrorKind::Unauthorized, None));
}

/// security.md 2
async fn of_sixty_four_resets_by_one_token_one_succeeds(site: Site) {
    site.user(ADA).await;
    let token = token(&site).await;
    let results = site
        .sixty_four(|flows, caller| {
            let token = token.clone();
            async move {
                match reset(&flows, &token, &format!("Lantern-quarry-{caller}")).await {
                    Ok(()) => 1,
                    Err(ResetPasswordError::InvalidToken) => 0,
                    Err(error) => panic!("{error}"),
                }
            }
        })
        .await;
    assert_eq!(results.into_iter().sum::<i32>(), 1);
    assert_eq!(site.count("audit_entries WHERE action = 'password.reset'").await, 1);
    assert_eq!(site.count("auth_password_resets").await, 0);
}

/// security.md 13: also for a session begun at the very moment.
async fn a_session_begun_by_the_old_password_ends(site: Site) {
    site.user(ADA).await;
    let mut old = PASSWORD.to_owned();
    for round in 0..24 {
        let token = token(&site).await;
        let new = format!("Lantern-quarry-{round}");
        let (by_old, done) = tokio::join!(site.sign_in(ADA, &old), reset(&site.flows, &token, &new));
        done.unwrap();
        match by_old {
            Ok(session) => assert!(site.bearer(&session).await.is_none(), "round {round}"),
            Err(AuthenticateError::Refused(_)) => {}
            Err(error) => panic!("{error}"),
        }
        old = new;
    }
}

/// security.md 5
async fn a_caller_who_may_do_less_cannot_issue_or_send(site: Site) {
    let ada = site.user(ADA).await.id;
    let keepers = site.role_of("Keepers", &["user:read", "user:update"]).await;
    let keeper = Context::user(site.user_with("keeper@example.com", vec![keepers]).await.id);
    let refused = site.flows.issue_password_reset(ada, &keeper).await;
    assert_eq!(refusal(refused).1, Some("policies_missing"), "the token would sign the caller in as Ada");
    // security.md 38
    assert_eq!(refusal(site.flows.send_password_reset(ada, &keeper).await).1, Some("policies_missing"));
    let operator = Context::operator();
    site.flows.send_password_reset(ada, &operator).await.unwrap();
    let events = vestibule_outbox::newest(&site.database, 100).await.unwrap();
    let event = events.iter().find(|event| event.name == "auth.password_reset").unwrap();
    assert_eq!(event.data["entity_id"], ADA);
    let token = site.flows.auth().reveal_event(event).unwrap()["token"].as_str().unwrap().to_owned();
    reset(&site.flows, &token, OTHER_PASSWORD).await.unwrap();
    site.sign_in(ADA, OTHER_PASSWORD).await.unwrap();

    let bob = site.create("bob@example.com", vestibule_flows::SignInMethod::None).await.user.id;
    assert_eq!(refusal(site.flows.send_password_reset(bob, &operator).await).1, Some("no_password"));
    site.flows.lock_user(ada, &Context::operator()).await.unwrap_err();
    site.user("root@example.com").await;
    site.flows.lock_user(ada, &Context::operator()).await.unwrap();
    assert_eq!(refusal(site.flows.send_password_reset(ada, &operator).await).1, Some("user_locked"));
}
