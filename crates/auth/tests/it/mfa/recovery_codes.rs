//! Recovery codes.

use std::collections::BTreeSet;

use vestibule_auth::mfa::{RecoveryCodeFormat, RecoveryCodesError, VerifyChallengeError};
use vestibule_core::ErrorKind;
use vestibule_database::transaction;
use vestibule_testing::on_both_engines;

use crate::support::{ADA, Module, refusal};

on_both_engines!(
    codes_are_as_the_references_are,
    a_code_works_once_and_a_new_set_kills_the_old,
    codes_need_a_factor_and_a_number,
    a_code_may_be_typed_without_dashes_with_spaces_and_in_capitals,
    short_codes_have_ten_characters_in_two_groups,
);

/// security.md 1: 128 bits each.
async fn codes_are_as_the_references_are(module: Module) {
    let enrolled = module.enrolled().await;
    let codes: BTreeSet<String> = module.recovery_codes(enrolled.identity.id, 50).await.into_iter().collect();
    assert_eq!(codes.len(), 50);
    for code in codes {
        let groups: Vec<&str> = code.split('-').collect();
        let is_group = |group: &&str| group.len() == 4 && group.bytes().all(|byte| b"0123456789abcdef".contains(&byte));
        assert!(groups.len() == 8 && groups.iter().all(is_group), "{code}");
    }
}

/// security.md 19
async fn a_code_works_once_and_a_new_set_kills_the_old(module: Module) {
    let enrolled = module.enrolled().await;
    let other = module.other_identity("user_1").await;
    let old = module.recovery_codes(enrolled.identity.id, 3).await;
    let answer = async |code: &str| {
        let challenge = module.challenge(&other).await;
        module.answer(&challenge, "recovery_code", code).await
    };
    assert_eq!(answer(&old[0]).await.unwrap().method, "recovery_code", "by any identity of the user");
    assert!(matches!(answer(&old[0]).await, Err(VerifyChallengeError::WrongCode)));
    let new = module.recovery_codes(other.id, 1).await;
    for dead in &old {
        assert!(matches!(answer(dead).await, Err(VerifyChallengeError::WrongCode)));
    }
    answer(&new[0]).await.unwrap();
    assert_eq!(module.count("auth_mfa_recovery_codes").await, 0);
    let challenge = module.challenge(&other).await;
    assert_eq!(challenge.methods, ["totp"], "there is none left");
    let (kind, _, message) = refusal(module.answer(&challenge, "recovery_code", &new[0]).await);
    assert_eq!(kind, ErrorKind::InvalidData);
    assert_eq!(message, "MFA challenge does not support method \"recovery_code\"");

    let stranger = module.enrol(module.owned("eve@example.com", "user_2").await).await;
    let theirs = module.recovery_codes(stranger.identity.id, 1).await;
    module.recovery_codes(enrolled.identity.id, 1).await;
    assert!(matches!(answer(&theirs[0]).await, Err(VerifyChallengeError::WrongCode)), "another user's");
}

async fn codes_need_a_factor_and_a_number(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let none = (ErrorKind::NotAllowed, None, "Recovery codes require an enabled MFA factor".to_owned());
    assert_eq!(refusal(module.service.generate_auth_mfa_recovery_codes(identity.id, 10).await), none);
    module.start_mfa(identity.id).await;
    assert_eq!(refusal(module.service.generate_auth_mfa_recovery_codes(identity.id, 10).await), none, "pending");
    for count in [0, 51, u32::MAX] {
        let refused = refusal(module.service.generate_auth_mfa_recovery_codes(identity.id, count).await);
        assert_eq!(refused.0, ErrorKind::InvalidData, "{count}");
    }
}

async fn a_code_may_be_typed_without_dashes_with_spaces_and_in_capitals(module: Module) {
    let enrolled = module.enrolled().await;
    let codes = module.recovery_codes(enrolled.identity.id, 6).await;
    let in_arabic = |code: &str| -> String {
        let digit = |c: char| c.to_digit(10).and_then(|value| char::from_u32(0x660 + value));
        code.chars().map(|c| digit(c).unwrap_or(c)).collect()
    };
    for typed in [
        codes[0].to_uppercase(),
        codes[1].replace('-', ""),
        format!(" {} ", codes[2]),
        codes[3].replace('-', "\u{a0}").to_uppercase(),
        codes[4].replace('-', "\u{2013}"),
        in_arabic(&codes[5]),
    ] {
        let challenge = module.challenge(&enrolled.identity).await;
        module.answer(&challenge, "recovery_code", &typed).await.expect(&typed);
    }
    assert_eq!(module.count("auth_mfa_recovery_codes").await, 0);
    let more = module.recovery_codes(enrolled.identity.id, 1).await;
    for wrong in [more[0].chars().skip(1).collect(), format!("{}0", more[0]), more[0].replace('-', "x")] {
        let challenge = module.challenge(&enrolled.identity).await;
        assert!(matches!(
            module.answer(&challenge, "recovery_code", &wrong).await,
            Err(VerifyChallengeError::WrongCode)
        ));
    }
}

/// security.md 1 and 19: the database holds keyed hashes, and codes of both forms work side by side.
async fn short_codes_have_ten_characters_in_two_groups(module: Module) {
    let enrolled = module.enrolled().await;
    let short = async || -> Vec<String> {
        let made: Result<_, RecoveryCodesError> = async {
            transaction!(module.database, |transaction| {
                let format = RecoveryCodeFormat::Short;
                module.service.generate_codes(transaction, enrolled.identity.id, 50, format).await
            })
        }
        .await;
        made.unwrap().into_vec()
    };
    let codes = short().await;
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 50);
    for code in &codes {
        let (first, second) = code.split_once('-').unwrap();
        let is_group = |group: &str| group.len() == 5 && group.bytes().all(|byte| !b"ilou".contains(&byte));
        assert!(is_group(first) && is_group(second), "{code}");
    }
    let answer = async |code: &str| {
        let challenge = module.challenge(&enrolled.identity).await;
        module.answer(&challenge, "recovery_code", code).await
    };
    answer(&codes[0]).await.unwrap();
    assert!(matches!(answer(&codes[0]).await, Err(VerifyChallengeError::WrongCode)), "once");
    let typed = codes[1].replace('-', " ").to_uppercase().replace('0', "O").replace('1', "l");
    answer(&typed).await.unwrap();
    let plain = codes[2].replace('-', "");
    let digest: Vec<u8> = sha2::Digest::finalize(sha2::Digest::chain_update(sha2::Sha256::default(), &plain)).to_vec();
    let stored: Vec<Vec<u8>> =
        module.database.query_scalars("SELECT hash FROM auth_mfa_recovery_codes", &[]).await.unwrap();
    assert!(stored.len() == 48 && !stored.contains(&digest), "not a plain hash, which could be guessed from");
    // Codes of before.
    let long = module.recovery_codes(enrolled.identity.id, 1).await;
    answer(&long[0]).await.unwrap();
}
