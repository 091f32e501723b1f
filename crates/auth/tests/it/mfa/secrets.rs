//! No secret is printed or stored in the clear (security.md 1, 20 and 31).

use vestibule_auth::mfa::{MfaAnswer, MfaCeremony, MfaUse, StoredFactor};
use vestibule_auth::{AuthOptions, StartAuthMfa};
use vestibule_core::SigningKey;
use vestibule_database::{Error, FromRow, Row};
use vestibule_testing::on_both_engines;

use totp_rs::Secret;

use super::{code, enrolled_secret};
use crate::support::{ADA, Module};

on_both_engines!(nothing_secret_is_printed, the_database_holds_no_secret_and_no_code, another_key_decrypts_nothing);

async fn nothing_secret_is_printed(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let prepared = module.service.prepare_auth_mfa(&StartAuthMfa::new(identity.id, "totp")).await.unwrap();
    let printed = format!("{prepared:?}");
    assert!(!printed.contains("otpauth") && !printed.contains("sealed"), "{printed}");
    let started = module.start_mfa(identity.id).await;
    let secret = enrolled_secret(&started);
    let right = code(&secret, module.clock_now());
    let examined = module.service.examine_auth_mfa(identity.id, started.mfa_factor.id, &right, None).await.unwrap();
    let printed = format!("{started:?} {examined:?}");
    assert!(!printed.contains(&secret) && !printed.contains(&right), "{printed}");
    module.service.refund_attempt(examined.taken).await.unwrap();
    module.service.verify_auth_mfa(identity.id, started.mfa_factor.id, &right).await.unwrap();

    let codes = module.service.generate_auth_mfa_recovery_codes(identity.id, 2).await.unwrap();
    assert_eq!(format!("{codes:?}"), "RecoveryCodes(2 codes)");
    let proof = module.service.examine_mfa_code(identity.id, None, &codes.as_slice()[0]).await.unwrap();
    assert_eq!(format!("{proof:?}"), "Some(MfaProof { method: \"recovery_code\", .. })");
    let hidden = || b"hidden".to_vec().into();
    let printed = format!(
        "{:?} {:?} {:?} {:?}",
        MfaCeremony { state: hidden(), browser: serde_json::Map::new() },
        StoredFactor { data: hidden(), last_use: 1 },
        MfaUse { number: 1, data: Some(hidden()), details: None },
        MfaAnswer::Code("hidden"),
    );
    assert_eq!(printed, "MfaCeremony { .. } StoredFactor { .. } MfaUse { .. } MfaAnswer { .. }");
    let options = AuthOptions::new(SigningKey::new(b"a secret of thirty-two bytes, or"));
    assert!(!format!("{options:?}").contains("thirty-two"));
}

/// Every column of a row, as text and as bytes.
struct Everything(Vec<u8>);

impl FromRow for Everything {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let mut bytes = Vec::new();
        for column in ["id", "provider", "status", "secret", "metadata", "hash", "auth_identity_id", "methods"] {
            if let Ok(Some(text)) = row.get_optional::<String>(column) {
                bytes.extend(text.into_bytes());
            }
            if let Ok(Some(bytes_of_column)) = row.get_optional::<Vec<u8>>(column) {
                bytes.extend(bytes_of_column);
            }
            if let Ok(Some(json)) = row.get_optional::<serde_json::Value>(column) {
                bytes.extend(json.to_string().into_bytes());
            }
        }
        Ok(Self(bytes))
    }
}

async fn the_database_holds_no_secret_and_no_code(module: Module) {
    let enrolled = module.enrolled().await;
    let codes = module.recovery_codes(enrolled.identity.id, 3).await;
    module.challenge(&enrolled.identity).await;
    let mut stored = Vec::new();
    for table in ["auth_mfa_factors", "auth_mfa_recovery_codes", "auth_mfa_challenges"] {
        let rows: Vec<Everything> = module.database.query(format!("SELECT * FROM {table}"), &[]).await.unwrap();
        assert!(!rows.is_empty(), "{table}");
        rows.into_iter().for_each(|row| stored.extend(row.0));
    }
    let holds = |part: &[u8]| stored.windows(part.len()).any(|window| window == part);
    assert!(holds(enrolled.factor.id.to_string().as_bytes()), "something was read");
    assert!(!holds(enrolled.secret.as_bytes()));
    assert!(!holds(Secret::try_from_base32(&enrolled.secret).unwrap().as_bytes()));
    for code in codes {
        let bytes: Vec<u8> =
            code.split('-').flat_map(|group| u16::from_str_radix(group, 16).unwrap().to_be_bytes()).collect();
        assert!(!holds(code.as_bytes()) && !holds(code.replace('-', "").as_bytes()) && !holds(&bytes));
    }
}

/// A stolen database is useless without the secret, and one with another secret fails closed.
async fn another_key_decrypts_nothing(module: Module) {
    let enrolled = module.enrolled().await;
    let other = module.with_options(|options| {
        options.sealing_key = vestibule_core::SealingKey::derived(&SigningKey::new(b"another secret"));
    });
    let right = module.next_code(&enrolled.secret);
    assert_eq!(other.examine_mfa_code(enrolled.identity.id, None, &right).await.unwrap(), None);
    assert!(other.has_mfa(&module.database, enrolled.identity.id).await.unwrap(), "it is required all the same");
    assert!(module.service.examine_mfa_code(enrolled.identity.id, None, &right).await.unwrap().is_some());
}
