//! The policy of NIST SP 800-63B-4: 15 characters where the password is the only factor, 8 where a role requires a second
//! one.

use vestibule_auth::{AuthInput, PasswordPolicy};
use vestibule_flows::{AcceptInviteError, Client, Context, CreateUserAccount, FreshProof, NewInvite, SignInMethod};
use vestibule_rbac::{CreateRole, RoleId, UpdateRole};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, BOB, PASSWORD, Site, account, credentials, email, password, refusal};

on_both_engines!(
    the_roles_of_a_new_user_decide,
    the_roles_of_an_invite_decide,
    the_roles_of_the_user_decide_at_a_reset_and_a_change,
    a_registration_and_the_first_user_have_no_second_factor,
);

/// Fourteen characters.
const SHORT: &str = "Lanter-tromb42";
const TOO_SHORT: &str = "The password is too short: 15 characters at least";

fn nist(site: Site) -> Site {
    site.with_options(|options| options.password_policy = PasswordPolicy::default().nist())
}

/// A role that requires a second factor, or one below such a role.
async fn strict(site: &Site, is_below: bool) -> RoleId {
    let mut role = CreateRole::new("Strict");
    role.requires_mfa = true;
    let strict = site.flows.rbac().create_rbac_roles(role).await.unwrap().id;
    if !is_below {
        return strict;
    }
    let mut below = CreateRole::new("Below");
    below.parent_ids = vec![strict];
    site.flows.rbac().create_rbac_roles(below).await.unwrap().id
}

fn with_roles(address: &str, text: &str, roles: &[&RoleId]) -> CreateUserAccount {
    CreateUserAccount { roles: Some(roles.iter().copied().cloned().collect()), ..account(address, password(text)) }
}

/// security.md 8
async fn the_roles_of_a_new_user_decide(site: Site) {
    let site = nist(site);
    let strict = strict(&site, true).await;
    let create =
        async |account: &CreateUserAccount| site.flows.create_user_account(account, &Context::operator()).await;
    for roles in [&[][..], &[&RoleId::super_admin()]] {
        assert_eq!(refusal(create(&with_roles(ADA, SHORT, roles)).await).2, TOO_SHORT);
    }
    assert_eq!(refusal(create(&account(ADA, password(SHORT))).await).2, TOO_SHORT, "the default role");
    let error = refusal(create(&with_roles(ADA, "Lan-42", &[&strict])).await).2;
    assert_eq!(error, "The password is too short: 8 characters at least");
    create(&with_roles(ADA, SHORT, &[&RoleId::super_admin(), &strict])).await.unwrap();
    create(&with_roles(BOB, PASSWORD, &[])).await.unwrap();
}

/// security.md 8
async fn the_roles_of_an_invite_decide(site: Site) {
    let site = nist(site);
    let strict = strict(&site, false).await;
    let invite = async |address: &str, roles| {
        let new = NewInvite { roles, ..NewInvite::new(email(address)) };
        site.flows.invite(&new, &Context::operator()).await.unwrap()
    };
    let least = async |token: &str| site.flows.preview_invite(token).await.unwrap().min_password_length;
    let lax = invite(ADA, None).await;
    assert_eq!(least(lax.token.as_deref().unwrap()).await, 15);
    let error = site.accept_with_password(&lax, SHORT).await.unwrap_err();
    assert!(matches!(error, AcceptInviteError::Password(_)) && error.to_string() == TOO_SHORT);
    let strict_one = invite(BOB, Some(vec![strict.clone()])).await;
    assert_eq!(least(strict_one.token.as_deref().unwrap()).await, 8);
    site.accept_with_password(&strict_one, SHORT).await.unwrap();

    // A user created in advance has roles of their own.
    let advance = CreateUserAccount { roles: Some(vec![strict]), ..account("carl@example.com", SignInMethod::Invite) };
    let advance = site.flows.create_user_account(&advance, &Context::operator()).await.unwrap();
    let advance = advance.invite.unwrap();
    assert_eq!(least(advance.token.as_deref().unwrap()).await, 8);
    site.accept_with_password(&advance, SHORT).await.unwrap();
}

/// security.md 8
async fn the_roles_of_the_user_decide_at_a_reset_and_a_change(site: Site) {
    let site = nist(site);
    let strict = strict(&site, false).await;
    let user = with_roles(ADA, PASSWORD, &[&RoleId::super_admin()]);
    let user = site.flows.create_user_account(&user, &Context::operator()).await.unwrap().user;
    let subject = user.id.to_string();
    let set_again = async |text: &str| {
        let issued = site.flows.issue_password_reset(user.id, &Context::operator()).await.unwrap();
        let pending = site.flows.find_password_reset(&issued.token, "user", "emailpass").await.unwrap();
        site.flows.reset_password(&pending, text, &Context::operator()).await
    };
    let session = site.sign_in(ADA, PASSWORD).await.unwrap();
    let caller = site.bearer(&session).await.unwrap();
    let change = async |present: &str, text: &str| {
        site.flows.change_password(&caller, present, text, &FreshProof::default(), &Context::operator()).await
    };
    assert_eq!(site.flows.min_password_length_of("user", &subject).await.unwrap(), 15);
    assert_eq!(refusal(set_again(SHORT).await).2, TOO_SHORT);
    assert_eq!(refusal(change(PASSWORD, SHORT).await).2, TOO_SHORT);

    site.flows.rbac().assign_roles(&subject, std::slice::from_ref(&strict)).await.unwrap();
    assert_eq!(site.flows.min_password_length_of("user", &subject).await.unwrap(), 8);
    change(PASSWORD, SHORT).await.unwrap();
    set_again("Quarry-77-lamp").await.unwrap();

    // A second factor that no role requires does not count: its owner can remove it.
    let mut lax = UpdateRole::new(strict);
    lax.requires_mfa = Some(false);
    site.flows.rbac().update_rbac_roles(lax).await.unwrap();
    assert_eq!(site.flows.min_password_length_of("user", &subject).await.unwrap(), 15);
    assert_eq!(refusal(set_again(SHORT).await).2, TOO_SHORT);
    site.sign_in(ADA, "Quarry-77-lamp").await.expect("what was set before works");
}

/// security.md 8
async fn a_registration_and_the_first_user_have_no_second_factor(site: Site) {
    let site = nist(site);
    let register = async |actor: &str, text: &str| {
        let input: AuthInput = credentials(ADA, text);
        site.flows.register(actor, "emailpass", &input, &Client::default()).await
    };
    for actor in ["user", "customer"] {
        assert_eq!(refusal(register(actor, SHORT).await).2, TOO_SHORT);
        register(actor, PASSWORD).await.unwrap();
    }
    assert_eq!(site.flows.min_first_password_length().await.unwrap(), 15);
    let token = site.flows.issue_first_user_token().await.unwrap().unwrap();
    let first = |text| account(ADA, password(text));
    let refused = site.flows.create_first_user(&token, &first(SHORT), &Client::default()).await;
    assert_eq!(refusal(refused).2, TOO_SHORT);
    site.flows.create_first_user(&token, &first(PASSWORD), &Client::default()).await.unwrap();
}
