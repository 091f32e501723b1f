//! What a sign-in leaves behind while it is at its provider.

use std::time::Duration;

use vestibule_auth::AuthModule;
use vestibule_auth::providers::{Browser, ProviderState};
use vestibule_core::{SealingKey, SigningKey};
use vestibule_testing::on_both_engines;

use crate::support::{MICROSECOND, Module, START};

on_both_engines!(4 threads:
    a_state_is_taken_once_by_any_process,
    of_sixty_four_callbacks_at_once_one_gets_it,
    only_its_own_provider_actor_type_and_browser_take_it,
    an_unknown_browser_neither_begins_nor_ends_a_sign_in,
    it_expires_after_ten_minutes_and_is_cleaned_up,
    nothing_in_the_row_can_be_read_or_moved,
);

const TEN_MINUTES: Duration = Duration::from_secs(600);

fn ours() -> Browser {
    Browser::Known("the secret of this browser".to_owned())
}

fn remembered() -> ProviderState {
    ProviderState {
        nonce: Some("the nonce".to_owned()),
        pkce_verifier: Some("the verifier".to_owned()),
        callback_url: Some("https://people.example/callback".to_owned()),
        continue_to: Some("/app/users".to_owned()),
        ceremony: Some(vec![1, 2, 3]),
    }
}

async fn begin(service: &AuthModule, browser: &Browser) -> String {
    service.provider_states("elsewhere", "user", browser).create(&remembered()).await.unwrap()
}

async fn take(service: &AuthModule, browser: &Browser, state: &str) -> Option<ProviderState> {
    service.provider_states("elsewhere", "user", browser).take(state).await.unwrap()
}

async fn a_state_is_taken_once_by_any_process(module: Module) {
    let (state, other) = (begin(&module.service, &ours()).await, begin(&module.service, &ours()).await);
    assert!(state != other && state.len() == 43, "256 random bits");
    let elsewhere = module.another_process().await;
    assert_eq!(take(&elsewhere, &ours(), &state).await, Some(remembered()));
    assert_eq!(take(&module.service, &ours(), &state).await, None);
    assert_eq!(take(&module.service, &ours(), "made up").await, None);
    assert_eq!(take(&module.service, &ours(), &other).await, Some(remembered()));
}

/// security.md 2
async fn of_sixty_four_callbacks_at_once_one_gets_it(module: Module) {
    let state = begin(&module.service, &ours()).await;
    let taken = module
        .sixty_four(|service, _| {
            let state = state.clone();
            async move { take(&service, &ours(), &state).await }
        })
        .await;
    assert_eq!(taken.into_iter().flatten().collect::<Vec<_>>(), [remembered()]);
}

async fn only_its_own_provider_actor_type_and_browser_take_it(module: Module) {
    let service = &module.service;
    let another = Browser::Known("another secret".to_owned());
    let state = begin(service, &ours()).await;
    for (provider, actor_type, browser) in [
        ("another", "user", &ours()),
        ("elsewhere", "customer", &ours()),
        ("elsewhere", "user", &another),
        ("elsewhere", "user", &Browser::None),
        ("elsewhere", "user", &Browser::Unknown),
    ] {
        assert_eq!(service.provider_states(provider, actor_type, browser).take(&state).await.unwrap(), None);
    }
    assert_eq!(take(service, &ours(), &state).await, Some(remembered()), "not used up by them");
    // A program's state is of no use in a browser, where it would sign the user in to another account.
    let state = begin(service, &Browser::None).await;
    assert_eq!(take(service, &ours(), &state).await, None);
    assert_eq!(take(service, &Browser::None, &state).await, Some(remembered()));
}

async fn an_unknown_browser_neither_begins_nor_ends_a_sign_in(module: Module) {
    let states = module.service.provider_states("elsewhere", "user", &Browser::Unknown);
    assert!(states.create(&remembered()).await.is_err());
    assert_eq!(module.count("auth_provider_states").await, 0);
}

async fn it_expires_after_ten_minutes_and_is_cleaned_up(module: Module) {
    let (state, other) = (begin(&module.service, &ours()).await, begin(&module.service, &ours()).await);
    module.clock.set(START + TEN_MINUTES - MICROSECOND);
    assert_eq!(module.service.delete_expired().await.unwrap(), 0);
    assert_eq!(take(&module.service, &ours(), &state).await, Some(remembered()));
    module.clock.set(START + TEN_MINUTES);
    assert_eq!(take(&module.service, &ours(), &other).await, None);
    assert_eq!(module.service.delete_expired().await.unwrap(), 1);
    assert_eq!(module.count("auth_provider_states").await, 0);
}

/// security.md 20
async fn nothing_in_the_row_can_be_read_or_moved(module: Module) {
    let (one, two) = (begin(&module.service, &ours()).await, begin(&module.service, &ours()).await);
    let text = "SELECT sealed FROM auth_provider_states";
    for sealed in module.database.query_scalars::<Vec<u8>>(text, &[]).await.unwrap() {
        assert!(!String::from_utf8_lossy(&sealed).contains("the "));
    }
    let other_key = module.with_options(|options| {
        options.sealing_key = SealingKey::derived(&SigningKey::new(b"another secret"));
    });
    let states = other_key.provider_states("elsewhere", "user", &Browser::None);
    let foreign = begin(&module.service, &Browser::None).await;
    assert!(states.take(&foreign).await.is_err());
    let swap = "UPDATE auth_provider_states SET sealed = (
                    SELECT other.sealed FROM auth_provider_states other WHERE other.hash <> auth_provider_states.hash)";
    module.execute(swap, &[]).await;
    let ours = ours();
    let states = module.service.provider_states("elsewhere", "user", &ours);
    // SQLite changes row after row, so that the last keeps its own value.
    assert!([states.take(&one).await, states.take(&two).await].iter().any(Result::is_err));
    assert!(!format!("{:?} {ours:?}", remembered()).contains("the "));
}
