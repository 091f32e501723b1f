//! The time does not reveal whether an address is known, or waits (security.md 10).

use vestibule_auth::AuthInput;
use vestibule_testing::on_both_engines;

use crate::support::{ADA, Module, OTHER_PASSWORD, PASSWORD, credentials};

on_both_engines!(every_sign_in_is_one_hash, every_registration_is_one_hash);

/// A check costs as much as a hash; see `Recipe::decoy` and its tests.
async fn every_sign_in_is_one_hash(module: Module) {
    module.owned(ADA, "user_1").await;
    module.register("waiting@example.com", PASSWORD).await.unwrap();
    for number in 0..8 {
        module.register("many@example.com", &format!("Strangers-password-{number}")).await.unwrap();
    }
    for address in
        [ADA, "ADA@EXAMPLE.COM", "stranger@example.com", "waiting@example.com", "many@example.com", "rubbish", "a@b\0"]
    {
        for password in [PASSWORD, OTHER_PASSWORD, "x", "Strangers-password-7"] {
            let before = module.passwords.done();
            let _either = module.sign_in(address, password).await;
            assert_eq!(module.passwords.done(), before + 1, "{address:?} {password}");
        }
    }
}

async fn every_registration_is_one_hash(module: Module) {
    module.owned(ADA, "user_1").await;
    for (address, password) in [
        (ADA, PASSWORD),
        (ADA, OTHER_PASSWORD),
        ("new@example.com", PASSWORD),
        ("new@example.com", PASSWORD),
        ("new@example.com", OTHER_PASSWORD),
    ] {
        let before = module.passwords.done();
        let _either = module.register(address, password).await;
        assert_eq!(module.passwords.done(), before + 1, "{address} {password}");
    }
    let before = module.passwords.done();
    module.service.register("emailpass", &AuthInput::default()).await.unwrap_err();
    module.service.register("emailpass", &credentials("rubbish", PASSWORD)).await.unwrap_err();
    assert_eq!(module.passwords.done(), before, "what is refused for its form costs nothing");
}
