//! Linking a provider with the user who has its proven address: the user signs in as before, and consents.

use std::time::Duration;

use serde_json::json;
use vestibule_auth::Browser;
use vestibule_core::{DomainError, ErrorKind};
use vestibule_flows::{Client, Flows, LinkProviderError, SessionCaller, Stage};
use vestibule_testing::on_both_engines;

use crate::support::service::returned;
use crate::support::{ADA, BOB, HOUR, PASSWORD, Site, code, refusal, session};

on_both_engines!(
    the_user_signs_in_consents_and_has_the_link,
    nothing_is_linked_without_consent,
    another_user_does_not_get_the_link,
    a_link_waits_for_ten_minutes_in_its_own_browser,
    an_address_that_no_user_has_is_not_linked,
    an_identity_that_was_used_in_the_meantime_is_not_linked,
    consent_needs_a_fresh_proof,
);
on_both_engines!(4 threads: of_sixty_four_consents_one_makes_the_link);

fn browser() -> Browser {
    Browser::Known("the secret of a browser".to_owned())
}

async fn signed_in(site: &Site, address: &str) -> SessionCaller {
    let token = site.sign_in(address, PASSWORD).await.unwrap();
    site.bearer(&token).await.unwrap()
}

/// The state of a link that waits for the consent of the user with this address.
async fn waiting(site: &Site, address: &str) -> String {
    let new = site.proved_caller("ada at service", address).await;
    site.flows.begin_link(&new, &browser()).await.unwrap().unwrap()
}

async fn confirm(flows: &Flows, caller: &SessionCaller, state: &str) -> Result<(), LinkProviderError> {
    flows.confirm_link(caller, &caller.context(Client::default()), (state, &browser())).await
}

/// security.md 41
async fn the_user_signs_in_consents_and_has_the_link(site: Site) {
    let user = site.user(ADA).await;
    let state = waiting(&site, ADA).await;
    let ada = signed_in(&site, ADA).await;
    let part = site.flows.preview_link(&ada, &state, &browser()).await.unwrap();
    assert_eq!((part.provider.as_str(), part.entity_id.as_str(), part.account()), ("service", "ada at service", ADA));
    confirm(&site.flows, &ada, &state).await.unwrap();
    let after = session(site.return_from("service", &returned("ada at service", Some(ADA), None)).await);
    assert_eq!(site.user_of(&after).await, Some(user.id));
    let (id, identity) = (user.id.to_string(), ada.auth_identity_id.to_string());
    let entry = json!({ "provider": "service" });
    assert_eq!(site.audited("provider.linked").await, [json!(["user", id, "identity", identity, null, entry])]);
    assert_eq!(code(confirm(&site.flows, &ada, &state).await), "link_expired", "a state works once");
    site.assert_consistent().await;
}

/// security.md 41: neither the sign-in nor looking at the page links anything.
async fn nothing_is_linked_without_consent(site: Site) {
    site.user(ADA).await;
    let state = waiting(&site, ADA).await;
    let ada = signed_in(&site, ADA).await;
    for _ in 0..3 {
        site.flows.preview_link(&ada, &state, &browser()).await.unwrap();
    }
    let before = session(site.return_from("service", &returned("ada at service", Some(ADA), None)).await);
    assert_eq!(site.user_of(&before).await, None);
    assert_eq!(site.flows.list_linked_providers(&ada).await.unwrap().len(), 1);
}

/// security.md 41
async fn another_user_does_not_get_the_link(site: Site) {
    site.user(ADA).await;
    site.user(BOB).await;
    let state = waiting(&site, ADA).await;
    let bob = signed_in(&site, BOB).await;
    let message = "This sign-in is to be linked with another account. Sign in to that account to link it.".to_owned();
    let other = (ErrorKind::Forbidden, Some("link_for_another_user"), message);
    assert_eq!(refusal(site.flows.preview_link(&bob, &state, &browser()).await), other);
    assert_eq!(refusal(confirm(&site.flows, &bob, &state).await), other);
    // Nor does a caller who is no user, or is only half signed in.
    let new = site.proved_caller("ada at service", ADA).await;
    assert_eq!(refusal(confirm(&site.flows, &new, &state).await), other);
    let ada = signed_in(&site, ADA).await;
    let half = SessionCaller { stage: Stage::Half, ..ada.clone() };
    assert_eq!(refusal(confirm(&site.flows, &half, &state).await), other);
    // The link waits for its user.
    confirm(&site.flows, &ada, &state).await.unwrap();
    site.assert_consistent().await;
}

async fn a_link_waits_for_ten_minutes_in_its_own_browser(site: Site) {
    site.user(ADA).await;
    let state = waiting(&site, ADA).await;
    let ada = signed_in(&site, ADA).await;
    for other in [Browser::None, Browser::Unknown, Browser::Known("another".to_owned())] {
        assert_eq!(code(site.flows.preview_link(&ada, &state, &other).await), "link_expired");
        let context = ada.context(Client::default());
        assert_eq!(code(site.flows.confirm_link(&ada, &context, (&state, &other)).await), "link_expired");
    }
    for rubbish in ["", "rubbish"] {
        assert_eq!(code(confirm(&site.flows, &ada, rubbish).await), "link_expired");
    }
    site.clock.advance(Duration::from_secs(10 * 60));
    let ada = signed_in(&site, ADA).await;
    assert_eq!(code(confirm(&site.flows, &ada, &state).await), "link_expired");
    assert_eq!(site.audited("provider.linked").await.len(), 0);
}

async fn an_address_that_no_user_has_is_not_linked(site: Site) {
    let new = site.proved_caller("ada at service", ADA).await;
    assert_eq!(site.flows.begin_link(&new, &browser()).await.unwrap(), None);
    site.user(ADA).await;
    // An address that is only stated, and a user's own session.
    let stated = session(site.return_from("service", &returned("stated", None, Some(ADA))).await);
    let stated = site.bearer(&stated).await.unwrap();
    assert_eq!(site.flows.begin_link(&stated, &browser()).await.unwrap(), None);
    let ada = signed_in(&site, ADA).await;
    assert_eq!(site.flows.begin_link(&ada, &browser()).await.unwrap(), None);
    assert_eq!(site.count("auth_provider_states").await, 0);
}

async fn an_identity_that_was_used_in_the_meantime_is_not_linked(site: Site) {
    site.user(ADA).await;
    let new = site.proved_caller("ada at service", ADA).await;
    let state = site.flows.begin_link(&new, &browser()).await.unwrap().unwrap();
    let ada = signed_in(&site, ADA).await;
    site.flows.auth().delete_auth_identities(new.auth_identity_id).await.unwrap();
    assert_eq!(code(site.flows.preview_link(&ada, &state, &browser()).await), "registration_expired");
    assert_eq!(code(confirm(&site.flows, &ada, &state).await), "registration_expired");
    site.assert_consistent().await;
}

/// security.md 20
async fn consent_needs_a_fresh_proof(site: Site) {
    site.user(ADA).await;
    let token = site.sign_in(ADA, PASSWORD).await.unwrap();
    site.clock.advance(HOUR);
    let state = waiting(&site, ADA).await;
    let ada = site.bearer(&token).await.unwrap();
    assert_eq!(code(confirm(&site.flows, &ada, &state).await), "fresh_proof_required");
    let ada = signed_in(&site, ADA).await;
    confirm(&site.flows, &ada, &state).await.unwrap();
}

/// security.md 2
async fn of_sixty_four_consents_one_makes_the_link(site: Site) {
    site.user(ADA).await;
    let state = waiting(&site, ADA).await;
    let ada = signed_in(&site, ADA).await;
    let results = site
        .sixty_four(|flows, _| {
            let (ada, state) = (ada.clone(), state.clone());
            async move { confirm(&flows, &ada, &state).await.map_err(|error| error.code()) }
        })
        .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert!(results.iter().all(|result| matches!(result, Ok(()) | Err(Some("link_expired")))), "{results:?}");
    assert_eq!(site.audited("provider.linked").await.len(), 1);
    site.assert_consistent().await;
}
