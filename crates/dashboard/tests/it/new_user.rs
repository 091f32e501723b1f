//! Users created on the page, and users who cannot sign in yet: a link to set a password, mailed or shown, and an invite.

use vestibule_core::{Filter, FindConfig};
use vestibule_flows::{Context, CreateUserAccount, SignInMethod};
use vestibule_testing::on_both_engines;
use vestibule_user::{CreateUser, Invite, User};

use crate::support::{PASSWORD, Site};

on_both_engines!(
    a_user_is_created_with_a_link_to_set_a_password,
    a_user_who_cannot_sign_in_is_sent_a_link,
    inviting_the_address_of_a_user_who_cannot_sign_in_works,
    the_form_begins_with_the_least_and_shows_what_roles_allow,
);

impl Site {
    async fn pending(&self) -> Vec<Invite> {
        self.flows.users().list_invites(&Filter::everything(), &FindConfig::default()).await.unwrap()
    }

    async fn user_at(&self, email: &str) -> User {
        let users = self.flows.users().list_users(&Filter::everything(), &FindConfig::default()).await.unwrap();
        users.into_iter().find(|user| user.email.as_str() == email).unwrap()
    }

    /// A user without a sign-in method.
    async fn user_without_method(&self, email: &str) -> User {
        let user = CreateUser::new(email.parse().unwrap());
        let account = CreateUserAccount::new(user, SignInMethod::None);
        self.flows.create_user_account(&account, &Context::operator()).await.unwrap().user
    }

    /// Accepts an invite by its link.
    async fn accept(&self, link: &str) {
        let browser = self.browser();
        browser.get(link).await.is(200);
        let token = link.split_once("token=").unwrap().1;
        let fields = [("token", token), ("first_name", "Grace"), ("password", PASSWORD)];
        browser.post("/app/invite", &fields).await.leads_to("/app?done=welcome");
    }
}

async fn a_user_is_created_with_a_link_to_set_a_password(site: Site) {
    let browser = site.admin().await;
    browser.get("/app/users").await.shows("href=\"/app/users/new\"");
    browser.get("/app/users/new").await.is(200).shows("name=\"invite\" value=\"1\" checked");
    let fields =
        [("email", "grace@example.com"), ("first_name", "Gr\u{202e}ace"), ("invite", "1"), ("role", "role_viewer")];
    let made = browser.post("/app/users/new", &fields).await;
    let user = site.user_at("grace@example.com").await;
    made.leads_to(&format!("/app/users/{}?done=user-created", user.id));
    assert_eq!(user.first_name.as_deref(), Some("Grace"), "without what reverses text");
    browser.get(&made.location).await.is(200).shows("The user is created.");
    let invite = site.pending().await.pop().unwrap();
    assert_eq!(invite.user_id, Some(user.id));
    site.accept(&format!("/app/invite?token={}", invite.token.unwrap())).await;
    site.signed_in("grace@example.com").await.get("/app/users").await.is(200).hides("/app/users/new");
    // Problems are beside the address, and what was typed stays.
    for (email, problem) in [("nonsense", "has the form"), ("grace@example.com", "already exists")] {
        let page = browser.post("/app/users/new", &[("email", email), ("last_name", "Typed")]).await;
        page.is(400).shows("id=\"email-problem\"").shows(problem).shows("value=\"Typed\"");
        page.hides("name=\"invite\" value=\"1\" checked");
    }
    let limited = site.limited(&["user:create", "user:read"]).await;
    limited.get("/app/users/new").await.is(200).hides("role_super_admin");
    let fields = [("email", "x@example.com"), ("role", "role_super_admin")];
    limited.post("/app/users/new", &fields).await.is(403).shows("do not have permission");
}

async fn a_user_who_cannot_sign_in_is_sent_a_link(site: Site) {
    let browser = site.admin().await;
    let user = site.user_without_method("grace@example.com").await;
    let path = format!("/app/users/{}", user.id);
    browser.get(&path).await.is(200).shows(&format!("action=\"{path}/invite\""));
    browser.get(&format!("{path}?tab=security")).await.shows("this user cannot sign in");
    browser.post(&format!("{path}/invite"), &[]).await.leads_to(&format!("{path}?done=reset-mailed"));
    let invite = site.pending().await.pop().unwrap();
    assert_eq!((invite.user_id, invite.email.as_str()), (Some(user.id), "grace@example.com"));
    // The link that is shown replaces the one that was mailed.
    let page = browser.post(&format!("{path}/invite-link"), &[]).await;
    let link = page.is(200).between("value=\"http://localhost:9000", "\"");
    assert!(link.starts_with("/app/invite?token="), "{link}");
    site.browser().get(&format!("/app/invite?token={}", invite.token.unwrap())).await.is(401);
    assert_eq!(site.pending().await.len(), 1);
    site.accept(&link).await;
    browser.get(&path).await.is(200).hides(&format!("action=\"{path}/invite\"")).shows("/reset-link");
    browser.post(&format!("{path}/invite"), &[]).await.is(400).shows("can sign in already");
    // security.md 38: not for a user who may do more.
    let limited = site.limited(&["user:read", "user:update"]).await;
    let other = site.user_without_method("other@example.com").await;
    let refused = limited.post(&format!("/app/users/{}/invite-link", other.id), &[]).await;
    refused.is(403).shows("ou lack").hides("token=");
}

async fn inviting_the_address_of_a_user_who_cannot_sign_in_works(site: Site) {
    let browser = site.admin().await;
    let user = site.user_without_method("grace@example.com").await;
    let fields = [("addresses", "grace@example.com ada@example.com"), ("role", "role_viewer")];
    let page = browser.post("/app/invites/new", &fields).await;
    page.is(200).shows("1 of 2 invited").shows("already exists");
    let invite = site.pending().await.pop().unwrap();
    assert_eq!(invite.user_id, Some(user.id));
    site.accept(&format!("/app/invite?token={}", invite.token.unwrap())).await;
    site.signed_in("grace@example.com").await;
}

/// security.md 5
async fn the_form_begins_with_the_least_and_shows_what_roles_allow(site: Site) {
    let mut browser = site.admin().await;
    let page = browser.get("/app/invites/new").await;
    page.is(200).shows("value=\"role_viewer\" checked").hides("value=\"role_super_admin\" checked");
    page.shows("Sees everything and changes nothing").shows("Invites: see. ").shows("Everything");
    browser.language = "de";
    let page = browser.get("/app/invites/new").await;
    page.shows("Sieht alles und ändert nichts").shows("Einladungen: sehen. ").hides("Sees everything");
    // A user who may invite and not read roles chooses among those that they could give.
    let limited = site.limited(&["invite:create", "user:read"]).await;
    let page = limited.get("/app/invites/new").await;
    page.is(200).shows("> Limited</label>").hides("role_super_admin").hides("role_viewer");
    let role = page.between("name=\"role\" value=\"", "\"");
    let page = limited.post("/app/invites/new", &[("addresses", "a@example.com"), ("role", &role)]).await;
    page.is(200).shows("1 of 1 invited");
    let fields = [("addresses", "b@example.com"), ("role", "role_viewer")];
    limited.post("/app/invites/new", &fields).await.is(422).shows("do not have permission");
}
