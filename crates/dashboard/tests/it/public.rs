//! Pages without a session: setting up, signing in, passwords, invitations.

use std::sync::Arc;
use std::time::Duration;

use vestibule_auth::identities::{AuthIdentityFilter, ClaimError};
use vestibule_auth::{ForbiddenPasswords, PasswordPolicy};
use vestibule_core::FindConfig;
use vestibule_database::transaction;
use vestibule_flows::{Context, NewInvite};
use vestibule_rbac::CreateRole;
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::{Browser, PASSWORD, Site};

on_both_engines!(
    the_first_administrator_is_created_by_a_link_that_works_once,
    a_failed_sign_in_shows_the_problem_and_keeps_the_address,
    a_user_signs_in_by_another_provider,
    the_strength_of_a_password_is_evaluated_while_typing,
    pages_show_the_least_length_that_holds_for_the_account,
    a_forbidden_password_is_refused_in_the_readers_language,
    signing_in_returns_to_the_requested_page,
    a_forgotten_password_is_reset_by_a_link,
    an_invitation_shows_the_inviter_and_the_expiry,
    an_invitation_that_cannot_be_accepted_shows_the_reason,
    an_expired_invitation_is_resent_to_the_invited_address_only,
    an_invitation_opened_by_another_user_offers_to_sign_out,
);

const DAY: Duration = Duration::from_secs(86_400);

/// security.md 1, 2, 3, 14
async fn the_first_administrator_is_created_by_a_link_that_works_once(site: Site) {
    let older = site.flows.issue_first_user_token().await.unwrap().unwrap();
    let token = site.flows.issue_first_user_token().await.unwrap().unwrap();
    let browser = site.browser();
    for wrong in [&older, "", "rubbish"] {
        browser.get(&format!("/app/setup?token={wrong}")).await.is(401).shows("no longer works");
    }
    browser.get(&format!("/app/setup?token={token}")).await.is(200).shows("Create account");
    let fields = |email, password| {
        [
            ("token", token.as_str()),
            ("email", email),
            ("first_name", "Ada"),
            ("last_name", "Lovelace"),
            ("password", password),
        ]
    };
    let page = browser.post("/app/setup", &fields("ada@", PASSWORD)).await;
    page.is(400)
        .shows("has the form name@example.com")
        .shows("value=\"ada@\"")
        .shows("value=\"Lovelace\"")
        .hides(PASSWORD);
    browser.post("/app/setup", &fields("ada@example.com", "password")).await.is(400).shows("ada@example.com");
    browser.post("/app/setup", &fields("ada@example.com", PASSWORD)).await.leads_to("/app?done=welcome");
    browser.get("/app/users").await.is(200).shows("Ada Lovelace").shows("Super Admin");
    site.browser().get(&format!("/app/setup?token={token}")).await.is(401);
    assert_eq!(site.flows.issue_first_user_token().await.unwrap(), None);
}

/// security.md 10
async fn a_failed_sign_in_shows_the_problem_and_keeps_the_address(site: Site) {
    site.create_user("ada@example.com", None).await;
    let browser = site.browser();
    let wrong = browser.post("/app/login", &[("email", "ada@example.com"), ("password", "Wrong-one-here-1")]).await;
    wrong.is(401).shows("value=\"ada@example.com\"").hides("Wrong-one-here-1").shows("role=\"alert\"");
    let unknown = browser.post("/app/login", &[("email", "bob@example.com"), ("password", "Wrong-one-here-1")]).await;
    assert_eq!(unknown.text.replace("bob@", "ada@"), wrong.text, "the response does not reveal who has an account");
    browser.get("/app/users").await.is(303);
    let before = browser.cookies.lock().unwrap().clone();
    browser.post("/app/login", &[("email", "ADA@example.com"), ("password", PASSWORD)]).await.leads_to("/app");
    assert_ne!(before, *browser.cookies.lock().unwrap());
    browser.get("/app").await.is(200).shows("<span class=\"name\">Users</span>");
    browser.get("/app/login").await.leads_to("/app");
    browser.post("/app/logout", &[]).await.leads_to("/app/login?done=signed-out");
    browser.get("/app/users").await.is(303);
    browser.get("/app/login?done=signed-out").await.shows("You are signed out.");
    browser.get("/app/login?done=%3Cscript%3E").await.hides("<script>");
}

async fn signing_in_returns_to_the_requested_page(site: Site) {
    site.create_user("ada@example.com", None).await;
    let browser = site.browser();
    let page = browser.get("/app/users?q=grace&page=2").await;
    page.leads_to("/app/login?next=%2Fapp%2Fusers%3Fq%3Dgrace%26page%3D2");
    let next = browser.get(&page.location).await.between("name=\"next\" value=\"", "\"").replace("&#38;", "&");
    assert_eq!(next, "/app/users?q=grace&page=2");
    let fields = [("email", "ada@example.com"), ("password", PASSWORD), ("next", next.as_str())];
    browser.post("/app/login", &fields).await.leads_to("/app/users?q=grace&page=2");
    for evil in ["https://evil.example", "//evil.example", "/\\evil.example"] {
        let fields = [("email", "ada@example.com"), ("password", PASSWORD), ("next", evil)];
        site.browser().post("/app/login", &fields).await.leads_to("/app");
    }
}

/// security.md 3, 10, 13
async fn a_forgotten_password_is_reset_by_a_link(site: Site) {
    let ada = site.create_user("ada@example.com", None).await;
    let inside = site.signed_in("ada@example.com").await;
    let browser = site.browser();
    let known = browser.post("/app/forgot", &[("email", "ada@example.com")]).await;
    let unknown = browser.post("/app/forgot", &[("email", "bob@example.com")]).await;
    assert_eq!(known.is(200).text, unknown.text);
    let reset = site.flows.issue_password_reset(ada.id, &Context::operator()).await.unwrap();
    let page = browser.get(&format!("/app/reset-password?token={}", reset.token)).await;
    page.is(200).shows("ada@example.com");
    let fields = |password| [("token", reset.token.as_str()), ("password", password)];
    browser.post("/app/reset-password", &fields("12345678")).await.is(400).shows("too easy to guess");
    browser
        .post("/app/reset-password", &fields("Barometer-dandelion-9"))
        .await
        .leads_to("/app/login?done=password-set");
    inside.get("/app/users").await.is(303);
    browser.post("/app/reset-password", &fields("Barometer-dandelion-8")).await.is(401).shows("Ask for a new link");
    let fields = [("email", "ada@example.com"), ("password", "Barometer-dandelion-9")];
    browser.post("/app/login", &fields).await.leads_to("/app");
}

async fn an_invitation_shows_the_inviter_and_the_expiry(site: Site) {
    let admin = site.admin().await;
    let page =
        admin.post("/app/invites/new", &[("addresses", "grace@example.com"), ("role", "role_super_admin")]).await;
    let link = page.is(200).between("value=\"http://localhost:9000/app/invite?token=", "\"");
    let browser = site.browser();
    let page = browser.get(&format!("/app/invite?token={link}")).await;
    page.is(200)
        .shows("ada@example.com</strong> invites you")
        .shows("grace@example.com")
        .shows("23 Nov 2026, 09:30 UTC");
    let fields =
        |password| [("token", link.as_str()), ("first_name", "Grace"), ("last_name", ""), ("password", password)];
    browser
        .post("/app/invite", &fields("grace@example.com"))
        .await
        .is(400)
        .shows("value=\"Grace\"")
        .shows("little more than");
    browser.post("/app/invite", &fields(PASSWORD)).await.leads_to("/app?done=welcome");
    browser.get("/app?done=welcome").await.is(200).shows("Welcome! You are signed in.").shows("Hello, Grace");
    site.browser().get(&format!("/app/invite?token={link}")).await.is(401).shows("accepted already").shows("Sign in");
}

async fn an_invitation_that_cannot_be_accepted_shows_the_reason(site: Site) {
    let invite = async |email: &str| {
        let invite = NewInvite::new(email.parse().unwrap());
        site.flows.invite(&invite, &Context::operator()).await.unwrap()
    };
    let (replaced, revoked) = (invite("a@example.com").await, invite("b@example.com").await);
    site.clock.advance(Duration::from_secs(60));
    site.flows.resend_invite(replaced.id, &Context::operator()).await.unwrap();
    site.flows.revoke_invite(revoked.id, &Context::operator()).await.unwrap();
    let browser = site.browser();
    let open = async |token: &str| browser.get(&format!("/app/invite?token={token}")).await;
    open(&replaced.token.unwrap()).await.is(401).shows("There is a newer link").shows("22 Nov 2026, 09:31 UTC");
    open(&revoked.token.unwrap()).await.is(401).shows("This invite was revoked");
    let inviter = site.role("Inviters", &["invite:create", "user:read"]).await;
    let inviter = site.create_user("inviter@example.com", Some(vec![inviter])).await;
    let readers = site.role("Readers", &["user:read"]).await;
    let limited = NewInvite { roles: Some(vec![readers]), ..NewInvite::new("c@example.com".parse().unwrap()) };
    let limited = site.flows.invite(&limited, &Context::user(inviter.id)).await.unwrap().token.unwrap();
    open(&limited).await.is(200);
    site.flows.lock_user(inviter.id, &Context::operator()).await.unwrap();
    open(&limited).await.is(403).shows("This invite cannot be accepted").hides("name=\"password\"");
    open("rubbish").await.is(401).shows("This link does not work");
    open("").await.is(401).shows("This link does not work");
}

/// security.md 7, 15: an old link shows nothing.
async fn an_expired_invitation_is_resent_to_the_invited_address_only(site: Site) {
    let invite =
        site.flows.invite(&NewInvite::new("a@example.com".parse().unwrap()), &Context::operator()).await.unwrap();
    let token = invite.token.unwrap();
    site.clock.advance(DAY);
    let browser = site.browser();
    browser.get(&format!("/app/invite?token={token}")).await.is(401).shows("has expired").shows("Ask for a new link");
    let sent = browser.post("/app/invite/renew", &[("token", &token)]).await;
    sent.is(200).shows("Check your mail").hides("token=");
    let nothing = browser.post("/app/invite/renew", &[("token", "rubbish")]).await;
    assert_eq!(nothing.text, sent.text, "the response does not reveal the state of the link");
    let renewed = site.flows.users().retrieve_invite(invite.id).await.unwrap();
    assert_eq!((renewed.times_sent, renewed.email.as_str()), (2, "a@example.com"));
    browser.get(&format!("/app/invite?token={token}")).await.is(401).shows("There is a newer link");
    browser.get(&format!("/app/invite?token={}", renewed.token.unwrap())).await.is(200);
    // A second time: the invite can be accepted, so nothing is sent.
    browser.post("/app/invite/renew", &[("token", &token)]).await.is(200);
    assert_eq!(site.flows.users().retrieve_invite(invite.id).await.unwrap().times_sent, 2);
}

async fn an_invitation_opened_by_another_user_offers_to_sign_out(site: Site) {
    let invite =
        site.flows.invite(&NewInvite::new("a@example.com".parse().unwrap()), &Context::operator()).await.unwrap();
    let path = format!("/app/invite?token={}", invite.token.unwrap());
    let browser = site.admin().await;
    browser.get(&path).await.is(200).shows("You are signed in as").hides("name=\"password\"");
    browser.post("/app/logout", &[("next", &path)]).await.leads_to(&path);
    browser.get(&path).await.is(200).shows("name=\"password\"");
}

/// security.md 8
async fn the_strength_of_a_password_is_evaluated_while_typing(site: Site) {
    let browser = site.browser();
    let evaluate = async |password, email| {
        let page = browser.post("/app/password-strength", &[("password", password), ("email", email)]).await;
        page.is(200);
        serde_json::from_str::<serde_json::Value>(&page.text).unwrap()
    };
    assert_eq!(evaluate(PASSWORD, "").await, serde_json::json!({ "good": true, "hint": "This password is good." }));
    for (password, email, hint) in [
        ("short", "", "too short"),
        ("password1234", "", "too easy to guess"),
        ("ada@example.com", "ada@example.com", "little more than your name"),
    ] {
        let evaluated = evaluate(password, email).await;
        assert!(evaluated["good"] == false && evaluated["hint"].as_str().unwrap().contains(hint), "{evaluated}");
    }
}

/// security.md 8
async fn pages_show_the_least_length_that_holds_for_the_account(place: Arc<TestDatabase>) {
    let site = Site::with(place, |options| options.password_policy = PasswordPolicy::default().nist()).await;
    let setup = site.flows.issue_first_user_token().await.unwrap().unwrap();
    let (long, short) = (["minlength=\"15\"", "15 characters"], ["minlength=\"8\"", "8 characters"]);
    let browser = site.browser();
    let shows = async |browser: &Browser, path: &str, texts: [&str; 2]| {
        let page = browser.get(path).await;
        page.is(200);
        texts.iter().for_each(|text| _ = page.shows(text));
    };
    shows(&browser, &format!("/app/setup?token={setup}"), long).await;
    let mut strict = CreateRole::new("Strict");
    strict.requires_mfa = true;
    let strict = site.flows.rbac().create_rbac_roles(strict).await.unwrap().id;
    let ada = site.create_user("ada@example.com", None).await;
    for (roles, texts) in [(None, long), (Some(vec![strict.clone()]), short)] {
        let invite = NewInvite { roles, ..NewInvite::new("bob@example.com".parse().unwrap()) };
        let invite = site.flows.invite(&invite, &Context::operator()).await.unwrap();
        let token = invite.token.unwrap();
        let path = format!("/app/invite?token={token}");
        shows(&browser, &path, texts).await;
        let page = browser.post("/app/invite", &[("token", &token), ("password", "Lan-42")]).await;
        page.is(400).shows(texts[0]).shows(&format!("too short: {} at least", texts[1]));
        site.flows.revoke_invite(invite.id, &Context::operator()).await.unwrap();
    }
    let reset = site.flows.issue_password_reset(ada.id, &Context::operator()).await.unwrap();
    let path = format!("/app/reset-password?token={}", reset.token);
    shows(&browser, &path, long).await;
    shows(&site.signed_in("ada@example.com").await, "/app/profile", long).await;
    site.flows.rbac().assign_roles(&ada.id.to_string(), &[strict]).await.unwrap();
    shows(&browser, &path, short).await;
    // The script sends the length of its field.
    for (least, is_good) in [("8", true), ("15", false), ("", false), ("x", false)] {
        let page = browser.post("/app/password-strength", &[("password", "Lanter-tromb42"), ("least", least)]).await;
        page.is(200).shows(if is_good { "\"good\":true" } else { "15 characters" });
    }
}

/// security.md 8
async fn a_forbidden_password_is_refused_in_the_readers_language(place: Arc<TestDatabase>) {
    let site = Site::with(place, |options| {
        let list = ForbiddenPasswords::build(&b"Lantern-trombone-43"[..]).unwrap();
        options.forbidden_passwords = Some(Arc::new(list));
    });
    let site = site.await;
    let token = site.flows.issue_first_user_token().await.unwrap().unwrap();
    let fields = [("token", token.as_str()), ("email", "ada@example.com"), ("password", "lantern-trombone-43")];
    for (language, text) in [
        ("en", "This password may not be used here."),
        ("de", "Dieses Passwort darf hier nicht verwendet werden."),
        ("fr", "Ce mot de passe ne peut pas être utilisé ici."),
    ] {
        let mut browser = site.browser();
        browser.language = language;
        let page = browser.post("/app/setup", &fields).await;
        page.is(400).shows(&format!("id=\"password-problem\" role=\"alert\">{text}"));
    }
    // The reasons of other refusals have their data in them.
    let weak = [("token", token.as_str()), ("email", "ada@example.com"), ("password", "password1")];
    let short = [("token", token.as_str()), ("email", "ada@example.com"), ("password", "Lan-42")];
    for (language, text, least) in [
        ("de", "Das Passwort ist zu leicht zu erraten. Es ist ein sehr häufiges Passwort.", "mindestens 8 Zeichen"),
        (
            "fr",
            "Le mot de passe est trop facile à deviner. C’est un mot de passe très courant.",
            "au moins 8 caractères",
        ),
    ] {
        let mut browser = site.browser();
        browser.language = language;
        browser.post("/app/setup", &weak).await.is(400).shows(text).hides("easy to guess");
        browser.post("/app/setup", &short).await.is(400).shows(least).hides("too short");
    }
}

async fn a_user_signs_in_by_another_provider(site: Site) {
    let ada = site.create_user("ada@example.com", None).await;
    let browser = site.browser();
    browser.get("/app/login").await.shows("Continue with <bdi>Elsewhere &#38; Sons</bdi>");
    let page = browser.post("/app/login/elsewhere", &[("next", "/app/audit")]).await;
    page.is(200)
        .shows("url=https://elsewhere.example/?a=1&#38;b=2")
        .shows("href=\"https://elsewhere.example/?a=1&#38;b=2\"");
    browser.post("/app/login/nosuch", &[]).await.is(400).shows("sign-in method does not exist");

    let back = async |query: &str| browser.get(&format!("/app/login/callback/elsewhere?{query}")).await;
    back("code=wrong&name=ada").await.is(401).shows("Elsewhere does not know you");
    back("code=right&name=ada").await.leads_to("/app/sign-up");
    browser.get("/app/sign-up").await.is(200).shows("Ask an administrator for an invite").hides("Create my account");
    browser.post("/app/sign-up", &[]).await.is(400).shows("confirms no e-mail address");
    browser.get("/app/users").await.is(303);
    // The identity signs in once a user owns it.
    let (everything, find) = (AuthIdentityFilter::everything(), FindConfig::default());
    let identities = site.flows.auth().list_auth_identities(&everything, &find);
    let identity = identities.await.unwrap().into_iter().find(|identity| !identity.is_claimed()).unwrap();
    let claimed: Result<(), ClaimError> = async {
        transaction!(site.flows.database(), |transaction| {
            let user = ada.id.to_string();
            site.flows.auth().claim_identity_within(transaction, identity.id, "user", &user).await
        })
    }
    .await;
    claimed.unwrap();
    back("code=right&name=ada").await.leads_to("/app");
    browser.get("/app/users").await.is(200).shows("ada@example.com");
}
