//! Users who sign up with an address that a provider has proved, by the operator's rule.

use serde_json::json;
use vestibule_core::{DomainError, ErrorKind};
use vestibule_flows::{
    AcceptInvite, Client, Context, Flows, NewInvite, SignInMethod, SignUpError, SignUpRule, SignUpState,
};
use vestibule_rbac::RoleId;
use vestibule_testing::on_both_engines;
use vestibule_user::InviteState;

use crate::support::service::returned;
use crate::support::{ADA, BOB, DAY, PASSWORD, Site, accept, code, email, refusal, session};

on_both_engines!(
    an_admitted_address_becomes_a_user_with_the_roles_of_the_rule,
    the_rule_is_off_by_default,
    only_the_domains_of_the_rule_are_admitted,
    an_address_without_a_proof_creates_no_user,
    an_invited_address_is_left_to_its_invite,
    an_expired_invite_is_revoked,
    an_address_of_a_user_signs_no_one_in,
    an_actor_of_another_type_or_with_an_account_is_refused,
    a_role_that_does_not_exist_creates_no_user,
    a_strangers_identity_does_not_take_an_invite_over,
);
on_both_engines!(4 threads:
    sixty_four_sign_ups_of_one_identity_are_one_user,
    sixty_four_identities_of_one_address_are_one_user,
    an_acceptance_at_the_same_time_is_the_one_user,
    an_invite_at_the_same_time_makes_no_second_user,
);

fn rule(roles: &[RoleId]) -> SignUpRule {
    SignUpRule { domains: vec!["example.com".to_owned()], roles: roles.to_vec() }
}

/// The flows with a rule that admits `example.com`, without roles.
fn open(flows: &Flows) -> Flows {
    flows.clone().with_sign_up(rule(&[]))
}

async fn an_admitted_address_becomes_a_user_with_the_roles_of_the_rule(site: Site) {
    let role = site.role_of("Staff", &["user:read"]).await;
    let flows = site.flows.clone().with_sign_up(rule(std::slice::from_ref(&role)));
    let token = site.proved("ada at service", "Ada@Example.com").await;
    let caller = site.bearer(&token).await.unwrap();
    let state = flows.sign_up_state(&caller).await.unwrap();
    assert_eq!(state, SignUpState::Possible { email: email("Ada@Example.com") });

    let user = flows.sign_up(&caller, &Context::anonymous(Client::default())).await.unwrap();
    assert_eq!((user.email.as_str(), user.first_name.as_deref()), ("Ada@Example.com", Some("Ada")));
    assert_eq!(user.last_name.as_deref(), Some("Lovelace"));
    assert_eq!(site.events().await, ["user.created"]);
    let signed_in = site.proved_caller("ada at service", ADA).await;
    assert_eq!((signed_in.user.unwrap().id, signed_in.roles), (user.id, vec![role.clone()]));
    let created = site.audited("user.created").await;
    let after = json!({ "email": "Ada@Example.com", "roles": [role], "provider": "service" });
    assert_eq!(
        created,
        [json!(["identity", caller.auth_identity_id.to_string(), "user", user.id.to_string(), null, after])]
    );
    site.assert_consistent().await;
}

async fn the_rule_is_off_by_default(site: Site) {
    let caller = site.proved_caller("ada at service", ADA).await;
    let before = site.everything().await;
    assert_eq!(site.flows.sign_up_state(&caller).await.unwrap(), SignUpState::Refused);
    let refused = refusal(site.flows.sign_up(&caller, &Context::operator()).await);
    let message = "There is no account for ada@example.com. Ask an administrator for an invite.".to_owned();
    assert_eq!(refused, (ErrorKind::Forbidden, Some("sign_up_refused"), message));
    assert_eq!(site.everything().await, before);
}

async fn only_the_domains_of_the_rule_are_admitted(site: Site) {
    let flows = open(&site.flows);
    for (number, address) in [
        "ada@example.net",
        "ada@sub.example.com",
        "ada@example.com.evil.example",
        "ada@evilexample.com",
        "\"ada@example.com\"@evil.example",
    ]
    .into_iter()
    .enumerate()
    {
        let caller = site.proved_caller(&format!("{number}"), address).await;
        let code = code(flows.sign_up(&caller, &Context::operator()).await);
        assert!(["sign_up_refused", "email_not_proven"].contains(&code), "{address}: {code}");
    }
    assert_eq!(site.count("users").await, 0);
    let caller = site.proved_caller("upper case", "ada@EXAMPLE.COM").await;
    flows.sign_up(&caller, &Context::operator()).await.unwrap();
}

/// security.md 41: peers create and link users by an address that the provider only states.
async fn an_address_without_a_proof_creates_no_user(site: Site) {
    let flows = open(&site.flows);
    for (id, stated) in [("stated", Some(ADA)), (ADA, None)] {
        let token = session(site.return_from("service", &returned(id, None, stated)).await);
        let caller = site.bearer(&token).await.unwrap();
        assert_eq!(flows.sign_up_state(&caller).await.unwrap(), SignUpState::Refused);
        let refused = refusal(flows.sign_up(&caller, &Context::operator()).await);
        let message = "Email is required to create a user account".to_owned();
        assert_eq!(refused, (ErrorKind::InvalidData, Some("email_not_proven"), message));
    }
    // A password proves no address either.
    let registered = site.register(ADA, PASSWORD).await;
    let caller = site.bearer(&registered).await.unwrap();
    assert_eq!(code(flows.sign_up(&caller, &Context::operator()).await), "email_not_proven");
    assert_eq!(site.count("users").await, 0);
}

/// The invite carries roles, and its link was sent to the owner of the address.
async fn an_invited_address_is_left_to_its_invite(site: Site) {
    let flows = open(&site.flows);
    let invite = site.invite("Ada@Example.com").await;
    let caller = site.proved_caller("ada at service", ADA).await;
    assert_eq!(flows.sign_up_state(&caller).await.unwrap(), SignUpState::Invited);
    assert_eq!(code(flows.sign_up(&caller, &Context::operator()).await), "invite_pending");
    assert_eq!(site.again(&invite).await.state, InviteState::Pending);
    let user = site.flows.accept_invite(&accept(&invite), caller.auth_identity_id, &Client::default()).await.unwrap();
    assert_eq!(site.proved_caller("ada at service", ADA).await.user.unwrap().id, user.id);
    site.assert_consistent().await;
}

async fn an_expired_invite_is_revoked(site: Site) {
    let invite = site.invite(ADA).await;
    site.clock.advance(DAY);
    let caller = site.proved_caller("ada at service", ADA).await;
    open(&site.flows).sign_up(&caller, &Context::operator()).await.unwrap();
    assert_eq!(site.again(&invite).await.state, InviteState::Revoked);
    let (identity, id) = (caller.auth_identity_id.to_string(), invite.id.to_string());
    assert_eq!(site.audited("invite.revoked").await, [json!(["identity", identity, "invite", id, null, null])]);
    site.assert_consistent().await;
}

/// security.md 41: peers sign in as the user of an address, if a provider states it. Here its owner links by consent.
async fn an_address_of_a_user_signs_no_one_in(site: Site) {
    let flows = open(&site.flows);
    site.user(ADA).await;
    site.create(BOB, SignInMethod::None).await;
    for (id, address) in [("1", "ADA@example.com"), ("2", BOB), ("3", "ａｄａ@example.com")] {
        let caller = site.proved_caller(id, address).await;
        assert_eq!((&caller.actor_id, &caller.user), (&None, &None), "{address}");
        assert_eq!(flows.sign_up_state(&caller).await.unwrap(), SignUpState::UserExists);
        let (kind, code, _) = refusal(flows.sign_up(&caller, &Context::operator()).await);
        assert_eq!((kind, code), (ErrorKind::Conflict, Some("user_exists")), "{address}");
    }
    assert_eq!((site.count("users").await, site.count("auth_identities WHERE expires_at IS NULL").await), (2, 1));
    site.assert_consistent().await;
}

async fn an_actor_of_another_type_or_with_an_account_is_refused(site: Site) {
    let flows = open(&site.flows);
    let input = returned("customer", Some("customer@example.com"), None);
    let customer = site.flows.sign_in_by_callback("customer", "service", &input, &Client::default()).await.unwrap();
    let customer = site.bearer(&session(customer.sign_in)).await.unwrap();
    assert_eq!(code(flows.sign_up(&customer, &Context::operator()).await), "identity_claimed");
    let caller = site.proved_caller("ada at service", ADA).await;
    flows.sign_up(&caller, &Context::operator()).await.unwrap();
    let again = site.proved_caller("ada at service", ADA).await;
    assert_eq!(code(flows.sign_up(&again, &Context::operator()).await), "identity_claimed");
    assert_eq!(site.count("users").await, 1);
}

async fn a_role_that_does_not_exist_creates_no_user(site: Site) {
    let role = site.role_of("Staff", &["user:read"]).await;
    site.flows.rbac().delete_rbac_roles(role.clone()).await.unwrap();
    let flows = site.flows.clone().with_sign_up(rule(&[role]));
    let caller = site.proved_caller("ada at service", ADA).await;
    assert!(matches!(flows.sign_up(&caller, &Context::operator()).await, Err(SignUpError::Roles(_))));
    assert_eq!((site.count("users").await, site.events().await.len()), (0, 0));
}

/// Peers let a stranger accept an invite by a provider that states the invited address, or leave the account to the
/// identity that was registered first. The link of the mail is what counts.
async fn a_strangers_identity_does_not_take_an_invite_over(site: Site) {
    let flows = open(&site.flows);
    let invite = site.invite(ADA).await;
    let stranger = session(site.return_from("elsewhere", &returned(ADA, None, Some(ADA))).await);
    let stranger = site.bearer(&stranger).await.unwrap();
    assert_eq!(code(flows.sign_up(&stranger, &Context::operator()).await), "email_not_proven");
    let owner = site.proved_caller("ada at service", ADA).await;
    let user = site.flows.accept_invite(&accept(&invite), owner.auth_identity_id, &Client::default()).await.unwrap();
    let again = session(site.return_from("elsewhere", &returned(ADA, None, Some(ADA))).await);
    assert_eq!(site.user_of(&again).await, None);
    assert_eq!(site.identities_of(user.id).await.len(), 1);
    site.assert_consistent().await;
}

type Outcome = Result<String, (ErrorKind, Option<&'static str>)>;

fn outcome<T, E: DomainError>(result: Result<T, E>, name: impl FnOnce(T) -> String) -> Outcome {
    result.map(name).map_err(|error| (error.kind(), error.code()))
}

/// security.md 2
async fn sixty_four_sign_ups_of_one_identity_are_one_user(site: Site) {
    let caller = site.proved_caller("ada at service", ADA).await;
    let results = site
        .sixty_four(|flows, _| {
            let caller = caller.clone();
            async move { outcome(open(&flows).sign_up(&caller, &Context::operator()).await, |user| user.id.to_string()) }
        })
        .await;
    let (created, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!((created.len(), site.count("users").await), (1, 1));
    for refusal in refused.into_iter().filter_map(Result::err) {
        assert!(matches!(refusal.1, Some("user_exists" | "identity_claimed" | "registration_expired")), "{refusal:?}");
    }
    site.assert_consistent().await;
}

/// security.md 2
async fn sixty_four_identities_of_one_address_are_one_user(site: Site) {
    let mut callers = Vec::new();
    for number in 0..64 {
        callers.push(site.proved_caller(&format!("ada {number}"), ADA).await);
    }
    let results = site
        .sixty_four(|flows, number| {
            let caller = callers[number].clone();
            async move { outcome(open(&flows).sign_up(&caller, &Context::operator()).await, |user| user.id.to_string()) }
        })
        .await;
    let (created, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!((created.len(), site.count("users").await), (1, 1));
    for refusal in refused {
        assert_eq!(refusal, Err((ErrorKind::Conflict, Some("user_exists"))));
    }
    assert_eq!(site.count("auth_identities WHERE expires_at IS NULL").await, 1);
    site.assert_consistent().await;
}

/// security.md 2: peers create a user beside the invite, which then cannot be accepted, or is accepted by a second user.
async fn an_acceptance_at_the_same_time_is_the_one_user(site: Site) {
    let accept = accept(&site.invite(ADA).await);
    let (by_rule, by_invite) = (site.proved_caller("one", ADA).await, site.proved_caller("two", ADA).await);
    let results = site
        .sixty_four(|flows, number| {
            let (accept, by_rule, invited) = (accept.clone(), by_rule.clone(), by_invite.auth_identity_id);
            async move {
                if number % 4 < 2 {
                    return outcome(open(&flows).sign_up(&by_rule, &Context::operator()).await, |_| "sign-up".into());
                }
                let accepted = flows.accept_invite(&accept, invited, &Client::default()).await;
                outcome(accepted, |_| "invite".to_owned())
            }
        })
        .await;
    let (created, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!(created, [Ok("invite".to_owned())]);
    for refusal in refused.into_iter().filter_map(Result::err) {
        let expected = [Some("invite_pending"), Some("user_exists"), Some("invite_already_accepted")];
        assert!(expected.contains(&refusal.1), "{refusal:?}");
    }
    assert_eq!(site.count("users").await, 1);
    site.assert_consistent().await;
}

/// security.md 2: both can slip through at the same moment. Then accepting the invite fails.
async fn an_invite_at_the_same_time_makes_no_second_user(site: Site) {
    let caller = site.proved_caller("ada at service", ADA).await;
    let results = site
        .sixty_four(|flows, number| {
            let caller = caller.clone();
            async move {
                if number % 4 < 2 {
                    let user = open(&flows).sign_up(&caller, &Context::operator()).await;
                    return outcome(user, |_| "sign-up".to_owned());
                }
                let invite = flows.invite(&NewInvite::new(email(ADA)), &Context::operator()).await;
                outcome(invite, |invite| invite.token.unwrap())
            }
        })
        .await;
    let expected = ["invite_pending", "invite_exists", "user_exists", "identity_claimed", "registration_expired"];
    let (mut users, mut tokens) = (0, Vec::new());
    for result in results {
        match result {
            Ok(made) if made == "sign-up" => users += 1,
            Ok(token) => tokens.push(token),
            Err((_, code)) => assert!(code.is_some_and(|code| expected.contains(&code)), "{code:?}"),
        }
    }
    for token in tokens {
        let accept = AcceptInvite { token, ..AcceptInvite::default() };
        let accepted = site.flows.accept_invite_with_password(&accept, PASSWORD, &Client::default()).await;
        users += i64::from(accepted.is_ok());
    }
    assert_eq!((users, site.count("users").await), (1, 1));
    site.assert_consistent().await;
}
