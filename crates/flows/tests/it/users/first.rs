//! The first user, by a link that works once.

use vestibule_core::ErrorKind;
use vestibule_database::values;
use vestibule_flows::{Client, Context, FirstUserError};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, DAY, MICROSECOND, PASSWORD, Site, account, password, refusal};

on_both_engines!(
    a_link_makes_one_super_admin_and_is_gone,
    a_link_lasts_a_day_and_a_newer_one_kills_it,
    there_is_no_link_once_there_is_a_user,
);
on_both_engines!(4 threads: of_sixty_four_uses_of_a_link_at_once_one_succeeds);

fn invalid() -> (ErrorKind, Option<&'static str>) {
    (ErrorKind::Unauthorized, Some("set_up_link_invalid"))
}

/// security.md 1
async fn a_link_makes_one_super_admin_and_is_gone(site: Site) {
    let token = site.flows.issue_first_user_token().await.unwrap().unwrap();
    assert_eq!(token.len(), 48);
    let text = "SELECT 1 AS one FROM user_first_link WHERE token_hash = $1";
    let stored = site.database.query_optional::<()>(text, values![token.as_bytes().to_vec()]).await.unwrap();
    assert_eq!(stored, None, "the database does not hold the token");
    let create = async |chosen: &str| {
        site.flows.create_first_user(&token, &account(ADA, password(chosen)), &Client::default()).await
    };
    let (kind, _, message) = refusal(create("password").await);
    assert!(kind == ErrorKind::InvalidData && message.contains("guess"), "{message}");
    assert!(site.flows.is_first_user_token(&token).await.unwrap(), "a refused password does not use it up");
    let user = create(PASSWORD).await.unwrap();
    let permissions = site.flows.rbac().permissions_of(&site.database, &user.id.to_string()).await.unwrap();
    assert!(permissions.allows("anything:whatever"));
    site.sign_in(ADA, PASSWORD).await.unwrap();
    let (kind, code, _) = refusal(create(PASSWORD).await);
    assert_eq!((kind, code), invalid());
    assert_eq!(site.count("user_first_link").await, 0);
}

/// security.md 3
async fn a_link_lasts_a_day_and_a_newer_one_kills_it(site: Site) {
    let older = site.flows.issue_first_user_token().await.unwrap().unwrap();
    let newer = site.flows.issue_first_user_token().await.unwrap().unwrap();
    let works = async |token: &str| site.flows.is_first_user_token(token).await.unwrap();
    assert_eq!([works(&older).await, works(&newer).await, works("").await], [false, true, false]);
    site.clock.advance(DAY - MICROSECOND);
    assert!(works(&newer).await);
    site.clock.advance(MICROSECOND);
    assert!(!works(&newer).await);
    let late = site.flows.create_first_user(&newer, &account(ADA, password(PASSWORD)), &Client::default()).await;
    assert!(matches!(late, Err(FirstUserError::InvalidLink)));
    assert_eq!(site.count("users").await, 0);
}

async fn there_is_no_link_once_there_is_a_user(site: Site) {
    let token = site.flows.issue_first_user_token().await.unwrap().unwrap();
    site.flows
        .create_user_account(&account("bob@example.com", password(PASSWORD)), &Context::operator())
        .await
        .unwrap();
    assert!(!site.flows.is_first_user_token(&token).await.unwrap());
    let late = site.flows.create_first_user(&token, &account(ADA, password(PASSWORD)), &Client::default()).await;
    assert!(matches!(late, Err(FirstUserError::InvalidLink)));
    assert_eq!(site.flows.issue_first_user_token().await.unwrap(), None);
    assert_eq!(site.count("users").await, 1);
}

/// security.md 2
async fn of_sixty_four_uses_of_a_link_at_once_one_succeeds(site: Site) {
    let token = site.flows.issue_first_user_token().await.unwrap().unwrap();
    let results = site
        .sixty_four(|flows, caller| {
            let token = token.clone();
            async move {
                let account = account(&format!("user{caller}@example.com"), password(PASSWORD));
                flows.create_first_user(&token, &account, &Client::default()).await
            }
        })
        .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let refused = results.iter().filter(|result| matches!(result, Err(FirstUserError::InvalidLink))).count();
    assert_eq!(refused, 63, "{results:?}");
    assert_eq!((site.count("users").await, site.count("auth_identities").await), (1, 1));
}
