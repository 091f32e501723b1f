//! Linking providers with an account, and unlinking them.

use serde_json::json;
use vestibule_auth::AuthIdentityId;
use vestibule_core::{DomainError, ErrorKind};
use vestibule_database::values;
use vestibule_flows::{
    Client, Flows, FreshProof, LinkProviderError, SessionCaller, SignIn, Stage, UnlinkProviderError,
};
use vestibule_testing::on_both_engines;

use crate::support::service::{returned, returned_with_second_factor};
use crate::support::{ADA, BOB, HOUR, OTHER_PASSWORD, PASSWORD, START, Site, code, credentials, refusal, session};

on_both_engines!(
    a_linked_provider_signs_in_as_the_account,
    a_link_needs_a_fresh_proof,
    an_identity_of_another_account_is_not_linked,
    an_account_has_one_identity_of_a_provider,
    an_unlinked_provider_signs_in_no_more_and_its_sessions_end,
    an_unlink_needs_a_fresh_proof,
    the_last_method_stays,
    the_second_factor_of_the_account_is_asked_for_after_a_linked_provider,
    a_provider_that_the_actor_type_may_not_use_is_refused,
);
on_both_engines!(4 threads: of_sixty_four_links_of_one_identity_one_is_made, of_two_methods_unlinked_at_once_one_stays);

async fn caller(site: &Site, address: &str) -> SessionCaller {
    let token = site.sign_in(address, PASSWORD).await.unwrap();
    site.bearer(&token).await.unwrap()
}

fn with_password(password: &str) -> FreshProof {
    FreshProof { password: Some(password.to_owned()), ..FreshProof::default() }
}

/// Links without a proof in the request: the session's is fresh.
async fn link(flows: &Flows, caller: &SessionCaller, new: AuthIdentityId) -> Result<(), LinkProviderError> {
    flows.link_provider(caller, &caller.context(Client::default()), (new, "service"), &FreshProof::default()).await
}

async fn unlink(flows: &Flows, caller: &SessionCaller, provider: &str) -> Result<(), UnlinkProviderError> {
    flows.unlink_provider(caller, &caller.context(Client::default()), provider, &FreshProof::default()).await
}

/// A user with a password and the provider `service`.
async fn linked(site: &Site, address: &str) -> SessionCaller {
    site.user(address).await;
    let caller = caller(site, address).await;
    link(&site.flows, &caller, site.identity_from("service", address).await).await.unwrap();
    caller
}

/// security.md 41
async fn a_linked_provider_signs_in_as_the_account(site: Site) {
    let user = site.user(ADA).await;
    let caller = caller(&site, ADA).await;
    let before = session(site.return_from("service", &returned("ada at service", Some(ADA), None)).await);
    assert_eq!(site.user_of(&before).await, None, "a proven address alone links nothing");
    link(&site.flows, &caller, before.auth_identity_id.parse().unwrap()).await.unwrap();
    assert!(site.bearer(&before).await.is_none(), "the session of the registration has ended");
    let after = session(site.return_from("service", &returned("ada at service", Some(ADA), None)).await);
    assert_eq!(site.user_of(&after).await, Some(user.id));
    assert_eq!(after.auth_identity_id, caller.auth_identity_id.to_string());
    assert!(site.sign_in(ADA, PASSWORD).await.is_ok());
    let providers = site.flows.list_linked_providers(&caller).await.unwrap();
    let mut providers: Vec<_> = providers.into_iter().map(|part| part.provider).collect();
    providers.sort();
    assert_eq!(providers, ["emailpass", "service"]);
    let (id, entry) = (user.id.to_string(), json!({ "provider": "service" }));
    let identity = caller.auth_identity_id.to_string();
    assert_eq!(site.audited("provider.linked").await, [json!(["user", id, "identity", identity, null, entry])]);
    site.assert_consistent().await;
}

/// security.md 20
async fn a_link_needs_a_fresh_proof(site: Site) {
    site.user(ADA).await;
    let token = site.sign_in(ADA, PASSWORD).await.unwrap();
    site.clock.advance(HOUR);
    let caller = site.bearer(&token).await.unwrap();
    let new = site.identity_from("service", "ada at service").await;
    let before = site.everything().await;
    let context = caller.context(Client::default());
    let link = |proof: FreshProof| {
        let (flows, caller, context) = (&site.flows, &caller, &context);
        async move { flows.link_provider(caller, context, (new, "service"), &proof).await }
    };
    let (kind, code, _) = refusal(link(FreshProof::default()).await);
    assert_eq!((kind, code), (ErrorKind::Forbidden, Some("fresh_proof_required")));
    let (kind, code, _) = refusal(link(with_password(OTHER_PASSWORD)).await);
    assert_eq!((kind, code), (ErrorKind::InvalidData, Some("wrong_password")));
    assert_eq!(site.everything().await, before);
    link(with_password(PASSWORD)).await.unwrap();
}

/// security.md 41
async fn an_identity_of_another_account_is_not_linked(site: Site) {
    let bob = linked(&site, BOB).await;
    site.user(ADA).await;
    let ada = caller(&site, ADA).await;
    let before = site.everything().await;
    assert_eq!(code(link(&site.flows, &ada, bob.auth_identity_id).await), "identity_claimed");
    assert_eq!(code(link(&site.flows, &bob, bob.auth_identity_id).await), "identity_claimed", "nor one's own again");
    assert_eq!(site.everything().await, before);
    // The identity of a customer is no one's as a user, but someone's.
    let input = returned("customer", None, None);
    let customer = site.flows.sign_in_by_callback("customer", "service", &input, &Client::default()).await.unwrap();
    let customer: AuthIdentityId = session(customer.sign_in).auth_identity_id.parse().unwrap();
    let claimed: Result<(), vestibule_auth::identities::ClaimError> = async {
        vestibule_database::transaction!(site.database, |transaction| {
            site.flows.auth().claim_identity_within(transaction, customer, "customer", "cus_1").await
        })
    }
    .await;
    claimed.unwrap();
    assert_eq!(code(link(&site.flows, &ada, customer).await), "identity_claimed");
    // An identity of another provider than the one that was asked, or one that is gone.
    let other = site.identity_from("elsewhere", "ada elsewhere").await;
    assert_eq!(code(link(&site.flows, &ada, other).await), "registration_expired");
    let new = site.identity_from("service", "ada at service").await;
    site.flows.auth().delete_auth_identities(new).await.unwrap();
    assert_eq!(code(link(&site.flows, &ada, new).await), "registration_expired");
    site.assert_consistent().await;
}

async fn an_account_has_one_identity_of_a_provider(site: Site) {
    let caller = linked(&site, ADA).await;
    let second = site.identity_from("service", "another account there").await;
    assert_eq!(code(link(&site.flows, &caller, second).await), "provider_linked");
    site.assert_consistent().await;
}

async fn an_unlinked_provider_signs_in_no_more_and_its_sessions_end(site: Site) {
    let caller = linked(&site, ADA).await;
    let by_password = site.sign_in(ADA, PASSWORD).await.unwrap();
    let by_service = session(site.return_from("service", &returned(ADA, None, None)).await);
    assert!(site.user_of(&by_service).await.is_some());
    unlink(&site.flows, &caller, "service").await.unwrap();
    assert!(site.bearer(&by_service).await.is_none());
    assert!(site.user_of(&by_password).await.is_some());
    let again = session(site.return_from("service", &returned(ADA, None, None)).await);
    assert_eq!(site.user_of(&again).await, None);
    let (id, entry) = (caller.actor_id.clone().unwrap(), json!({ "provider": "service" }));
    let identity = caller.auth_identity_id.to_string();
    assert_eq!(site.audited("provider.unlinked").await, [json!(["user", id, "identity", identity, entry, null])]);
    let (kind, _, message) = refusal(unlink(&site.flows, &caller, "service").await);
    assert_eq!((kind, message.as_str()), (ErrorKind::NotFound, "The account is not linked with service."));
    site.assert_consistent().await;
}

/// security.md 20
async fn an_unlink_needs_a_fresh_proof(site: Site) {
    let caller = linked(&site, ADA).await;
    let token = site.sign_in(ADA, PASSWORD).await.unwrap();
    site.clock.advance(HOUR);
    let before = site.everything().await;
    let late = site.bearer(&token).await.unwrap();
    assert_eq!(late.auth_identity_id, caller.auth_identity_id);
    let before = (before.len(), site.count("provider_identities").await);
    assert_eq!(code(unlink(&site.flows, &late, "service").await), "fresh_proof_required");
    assert_eq!((site.everything().await.len(), site.count("provider_identities").await), before);
    let context = late.context(Client::default());
    site.flows.unlink_provider(&late, &context, "service", &with_password(PASSWORD)).await.unwrap();
}

/// security.md 44
async fn the_last_method_stays(site: Site) {
    let caller = linked(&site, ADA).await;
    unlink(&site.flows, &caller, "emailpass").await.unwrap();
    let token = session(site.return_from("service", &returned(ADA, None, None)).await);
    let by_service = site.bearer(&token).await.unwrap();
    let refused = refusal(unlink(&site.flows, &by_service, "service").await);
    let message = "This is the only sign-in method of the account. Add another one first.".to_owned();
    assert_eq!(refused, (ErrorKind::NotAllowed, Some("last_sign_in_method"), message));
    assert_eq!(site.user_of(&token).await, by_service.user.map(|user| user.id));
    assert!(site.sign_in(ADA, PASSWORD).await.is_err());
    site.assert_consistent().await;
}

/// security.md 18, 41: peers skip the second factor for users of a provider.
async fn the_second_factor_of_the_account_is_asked_for_after_a_linked_provider(site: Site) {
    let caller = linked(&site, ADA).await;
    let text = "INSERT INTO auth_mfa_factors
                    (id, auth_identity_id, provider, status, last_step, created_at, updated_at)
                VALUES ('authmfa_01JABCDEFGHJKMNPQRSTVWXYZ0', $1, 'totp', 'enabled', 0, $2, $2)";
    let mut transaction = site.database.begin().await.unwrap();
    transaction.execute(text, values![caller.auth_identity_id, START]).await.unwrap();
    transaction.commit().await.unwrap();
    let half = site.return_from("service", &returned(ADA, Some(ADA), None)).await;
    let SignIn::Challenge { token, challenge } = half else { panic!("{half:?}") };
    assert_eq!(challenge.auth_identity_id, caller.auth_identity_id);
    let half = site.bearer(&token).await.unwrap();
    assert_eq!(half.stage, Stage::Half);
    // Only a provider that the operator trusts with it replaces it.
    let whole = session(site.return_from("service", &returned_with_second_factor(ADA)).await);
    assert_eq!(site.bearer(&whole).await.unwrap().stage, Stage::Full);
}

async fn a_provider_that_the_actor_type_may_not_use_is_refused(site: Site) {
    let caller = linked(&site, ADA).await;
    let mut options = site.flows.auth().options().clone();
    options.providers_per_actor.insert("user".to_owned(), vec!["emailpass".to_owned()]);
    let auth = vestibule_auth::AuthModule::new(
        site.database.clone(),
        site.flows.environment().clone(),
        options,
        site.passwords.clone(),
    );
    let flows = site.flows.clone().with_auth(auth.with_provider(crate::support::service::Service("service")));
    let (client, input) = (Client::default(), returned(ADA, Some(ADA), None));
    let refused =
        (ErrorKind::NotAllowed, None, "The actor type user is not allowed to use the auth provider service".to_owned());
    assert_eq!(refusal(flows.sign_in("user", "service", &input, &client).await), refused);
    assert_eq!(refusal(flows.register("user", "service", &input, &client).await), refused);
    assert_eq!(refusal(flows.sign_in_by_callback("user", "service", &input, &client).await), refused);
    assert_eq!(refusal(flows.complete_redirect("user", "service", &input, &Client::default()).await), refused);
    assert!(flows.sign_in("user", "emailpass", &credentials(ADA, PASSWORD), &client).await.is_ok());
    assert!(flows.sign_in_by_callback("customer", "service", &input, &client).await.is_ok());
    // A method that is not offered is none.
    assert_eq!(code(unlink(&flows, &caller, "emailpass").await), "last_sign_in_method");
    unlink(&flows, &caller, "service").await.unwrap();
}

/// security.md 2
async fn of_sixty_four_links_of_one_identity_one_is_made(site: Site) {
    let (ada, bob) = (site.user(ADA).await, site.user(BOB).await);
    let callers = [caller(&site, ADA).await, caller(&site, BOB).await];
    let new = site.identity_from("service", "shared").await;
    let results = site
        .sixty_four(|flows, number| {
            let caller = callers[number / 2 % 2].clone();
            async move { link(&flows, &caller, new).await.map(|()| caller.user.unwrap().id).map_err(|error| error.code()) }
        })
        .await;
    let (made, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!((made.len(), refused.len()), (1, 63));
    for code in refused.into_iter().filter_map(Result::err) {
        assert!(matches!(code, Some("registration_expired" | "identity_claimed" | "provider_linked")), "{code:?}");
    }
    let owner = made.into_iter().flatten().next().unwrap();
    assert!([ada.id, bob.id].contains(&owner));
    let token = session(site.return_from("service", &returned("shared", None, None)).await);
    assert_eq!(site.user_of(&token).await, Some(owner));
    site.assert_consistent().await;
}

/// security.md 2, 44
async fn of_two_methods_unlinked_at_once_one_stays(site: Site) {
    let caller = linked(&site, ADA).await;
    let results = site
        .sixty_four(|flows, number| {
            let caller = caller.clone();
            let provider = if number % 4 < 2 { "service" } else { "emailpass" };
            async move { unlink(&flows, &caller, provider).await.map_err(|error| error.to_string()) }
        })
        .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(site.count("provider_identities WHERE claimed").await, 1);
    site.assert_consistent().await;
}
