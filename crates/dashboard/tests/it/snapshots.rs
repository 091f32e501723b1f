//! The HTML of each page as a snapshot, so that a review shows changes. `INSTA_UPDATE=always` writes it again.

use std::time::Duration;

use vestibule_flows::{Context, NewInvite};
use vestibule_testing::on_both_engines;

use crate::support::{Browser, Site, again, failed};

on_both_engines!(pages_match_their_snapshots);

async fn assert_page(name: &str, browser: &Browser, path: &str) {
    let mut text = browser.get(path).await.text;
    // Changes of the stylesheet and the script do not change the page.
    for asset in ["/app/assets/page-", "/app/assets/icon-", "/app/assets/inter-"] {
        while let Some((before, after)) = text.split_once(asset) {
            text = format!("{before}{}…{}", asset.trim_end_matches('-'), &after[16..]);
        }
    }
    insta::assert_snapshot!(name, text);
}

async fn pages_match_their_snapshots(site: Site) {
    let anonymous = site.browser();
    let set_up = site.flows.issue_first_user_token().await.unwrap().unwrap();
    assert_page("setup", &anonymous, &format!("/app/setup?token={set_up}")).await;
    assert_page("login", &anonymous, "/app/login?next=/app/audit").await;
    assert_page("forgot", &anonymous, "/app/forgot").await;
    assert_page("verify", &anonymous, "/app/verify?code=abc").await;
    assert_page("reset_invalid", &anonymous, "/app/reset-password?token=rubbish").await;

    let admin = site.admin().await;
    let role = site.role("Support", &["user:read", "invite:create"]).await;
    let grace = site.create_user("grace@example.com", Some(vec![role.clone()])).await;
    let invite = site.flows.invite(&NewInvite::new("new@example.com".parse().unwrap()), &Context::user(grace.id)).await;
    assert!(invite.is_err(), "the default roles give more than she has");
    let invite =
        site.flows.invite(&NewInvite::new("new@example.com".parse().unwrap()), &Context::operator()).await.unwrap();
    let link = format!("/app/invite?token={}", invite.token.unwrap());
    site.clock.advance(Duration::from_secs(7_200));
    assert_page("invitation", &anonymous, &link).await;
    assert_page("invitation_for_another_user", &admin, &link).await;
    let (user, invite) = (format!("/app/users/{}", grace.id), format!("/app/invites/{}", invite.id));
    assert_page("webhooks_empty", &admin, "/app/webhooks").await;
    let fields = [("url", "https://hooks.example.com/people"), ("description", "CRM"), ("event", "user.*")];
    let made = admin.post("/app/webhooks/new", &fields).await;
    let webhook = made.between("action=\"/app/webhooks/", "\"");
    assert_page("deliveries_empty", &admin, "/app/deliveries").await;
    let outcomes = [again("the server is busy", None), failed("there is no such mailbox")];
    site.deliver(&[], outcomes).await;
    let webhook_path = format!("/app/webhooks/{webhook}");
    admin.post(&format!("{webhook_path}/test"), &[]).await.is(303);
    site.deliver(&[&webhook], [again("answered 500", Some(500))]).await;
    for (name, path) in [
        ("webhooks", "/app/webhooks".to_owned()),
        ("webhook_new", "/app/webhooks/new".to_owned()),
        ("webhook", webhook_path.clone()),
        ("webhook_delete", format!("{webhook_path}/delete")),
        ("deliveries", "/app/deliveries".to_owned()),
        ("users", "/app/users".to_owned()),
        ("users_none", "/app/users?q=unmatched".to_owned()),
        ("home", "/app".to_owned()),
        ("user", user.clone()),
        ("user_security", format!("{user}?tab=security")),
        ("user_activity", format!("{user}?tab=activity")),
        ("user_mail", format!("{user}?tab=mail")),
        ("user_delete", format!("{user}/delete")),
        ("invites", "/app/invites".to_owned()),
        ("invites_empty", "/app/invites?state=accepted".to_owned()),
        ("invites_new", "/app/invites/new".to_owned()),
        ("invite_revoke", format!("{invite}/revoke")),
        ("roles", "/app/roles".to_owned()),
        ("role", format!("/app/roles/{role}")),
        ("role_new", "/app/roles/new".to_owned()),
        ("role_delete", format!("/app/roles/{role}/delete")),
        ("api_keys", "/app/api-keys".to_owned()),
        ("audit", "/app/audit?action=user".to_owned()),
        ("profile", "/app/profile".to_owned()),
        ("second_factor", "/app/profile/second-factor".to_owned()),
        ("not_found", "/app/nosuch".to_owned()),
    ] {
        assert_page(name, &admin, &path).await;
    }
    let mut french = site.signed_in("ada@example.com").await;
    french.language = "fr";
    for (name, path) in [("user", &user[..]), ("webhook", &webhook_path), ("profile", "/app/profile")] {
        assert_page(&format!("{name}_fr"), &french, path).await;
    }
    let reader = site.signed_in("grace@example.com").await;
    assert_page("user_for_a_reader", &reader, &user).await;
    assert_page("not_allowed", &reader, "/app/audit").await;
    let protected = crate::matrix::enrol_factor(&site, "grace@example.com").await;
    assert_page("second_factor_on", &protected, "/app/profile/second-factor").await;
    assert_page("user_with_second_factor", &admin, &format!("{user}?tab=security")).await;
    site.clock.advance(Duration::from_secs(86_400));
    assert_page("invitation_expired", &anonymous, &link).await;
}
