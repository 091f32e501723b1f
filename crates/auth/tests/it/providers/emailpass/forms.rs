//! One password, typed in two forms (RFC 8265 4.2.2).

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{ADA, Module, belonging_to, object, part, refusal, wrong_password};

on_both_engines!(
    a_password_signs_in_however_its_accents_are_typed,
    an_older_hash_of_another_form_signs_in_and_is_replaced,
    every_form_is_one_hash_whatever_the_account,
);

const COMPOSED: &str = "pässwörd 7 tromb";
const DECOMPOSED: &str = "pa\u{308}sswo\u{308}rd 7 tromb";

/// [`DECOMPOSED`] as npm's scrypt-kdf hashes it, with N = 2^10: it does not compose.
const OF_DECOMPOSED: &str = "c2NyeXB0AAoAAAAIAAAAAQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f2kbOtdVzi2/IZeE31Wq1ieP6JBYaqghhmZ/7cv9aJxbPe308ZEvsQCmmtYFZBnrY";

async fn a_password_signs_in_however_its_accents_are_typed(module: Module) {
    for (address, registered) in [(ADA, COMPOSED), ("bob@example.com", DECOMPOSED)] {
        let identity = module.register(address, registered).await.unwrap();
        for typed in [COMPOSED, DECOMPOSED] {
            assert_eq!(module.register(address, typed).await.unwrap().id, identity.id, "it is the same registration");
            assert_eq!(module.sign_in(address, typed).await.unwrap().id, identity.id);
        }
        module.claim(identity.id, &format!("user_{address}")).await.unwrap();
        for typed in [COMPOSED, DECOMPOSED] {
            assert_eq!(module.sign_in(address, typed).await.unwrap().id, identity.id);
        }
        assert_eq!(refusal(module.sign_in(address, "passwörd 7 tromb").await), wrong_password());
    }
}

async fn an_older_hash_of_another_form_signs_in_and_is_replaced(module: Module) {
    let mut older = part("emailpass", ADA);
    older.provider_metadata = object(json!({ "password": OF_DECOMPOSED }));
    let identity = module.service.create_auth_identities(belonging_to("user_1", [older])).await.unwrap();
    assert_eq!(refusal(module.sign_in(ADA, COMPOSED).await), wrong_password(), "how it was typed cannot be known");
    module.sign_in(ADA, DECOMPOSED).await.unwrap();
    for typed in [COMPOSED, DECOMPOSED] {
        let before = module.passwords.done();
        assert_eq!(module.sign_in(ADA, typed).await.unwrap().id, identity.id, "the hash is of the composed form now");
        assert_eq!(module.passwords.done(), before + 1);
    }
}

/// security.md 10
async fn every_form_is_one_hash_whatever_the_account(module: Module) {
    module.owned(ADA, "user_1").await;
    module.register("waiting@example.com", COMPOSED).await.unwrap();
    for address in [ADA, "stranger@example.com", "rubbish"] {
        for (password, forms) in [("wröng", 1), ("wro\u{308}ng", 2), (DECOMPOSED, 2)] {
            let before = module.passwords.done();
            assert_eq!(refusal(module.sign_in(address, password).await), wrong_password());
            assert_eq!(module.passwords.done(), before + forms, "{address} {password}");
        }
    }
    let before = module.passwords.done();
    module.sign_in("waiting@example.com", DECOMPOSED).await.unwrap();
    assert_eq!(module.passwords.done(), before + 2, "a registration takes as long as an unknown address");
}
