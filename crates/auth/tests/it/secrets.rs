//! No secret is printed, serialized or stored in the clear (security.md 1 and 31).

use std::fmt::Debug;

use serde_json::json;
use vestibule_auth::providers::{EmailPassProvider, Registration};
use vestibule_auth::{AuthInput, Authentication, CreateAuthIdentity};
use vestibule_database::{Error, FromRow, Row};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, Module, PASSWORD, belonging_to, credentials, object};

on_both_engines!(
    hashes_are_neither_printed_nor_serialized,
    tokens_and_cookies_are_not_printed,
    the_database_holds_no_usable_secret,
);

/// Fails if one of the secrets occurs in the output of `{:?}` and `{:#?}`.
fn assert_hidden(secrets: &[&str], things: &[&dyn Debug]) {
    for thing in things {
        let printed = format!("{thing:?} {thing:#?}");
        for secret in secrets {
            assert!(!printed.contains(secret), "{secret} in {printed}");
        }
    }
}

async fn hashes_are_neither_printed_nor_serialized(module: Module) {
    let part = module
        .service
        .password_identity(&ADA.parse().unwrap(), &vestibule_auth::PasswordSubject::new(ADA, &[]), PASSWORD)
        .await
        .unwrap();
    let hash = part.provider_metadata["password"].as_str().unwrap().to_owned();
    assert!(hash.starts_with("$argon2id$"));
    let create: CreateAuthIdentity = belonging_to("user_1", [part.clone()]);
    let identity = module.service.create_auth_identities(create.clone()).await.unwrap();
    let found = Authentication::Authenticated(Box::new(identity.clone()));
    let registration = Registration {
        entity_id: ADA.to_owned(),
        entity_canonical: ADA.to_owned(),
        registration_key: "the key".to_owned(),
        user_metadata: None,
        provider_metadata: part.provider_metadata.clone(),
    };
    let own_part = &identity.provider_identities[0];
    let things: &[&dyn Debug] =
        &[&part, &create, &identity, own_part, &found, &registration, &Ok::<_, Error>(identity.clone())];
    assert_hidden(&["argon2id", "the key", hash.rsplit('$').next().unwrap()], things);

    let serialized = serde_json::to_string(&identity).unwrap();
    assert!(!serialized.contains("argon2id") && !serialized.contains("provider_metadata"), "{serialized}");
    assert_eq!(
        serde_json::to_value(&identity).unwrap(),
        json!({
            "id": identity.id, "app_metadata": { "user_id": "user_1" },
            "provider_identities": [{
                "id": own_part.id, "auth_identity_id": identity.id, "provider": "emailpass", "entity_id": ADA,
                "user_metadata": null,
                "created_at": "2026-11-22T09:30:00.000Z", "updated_at": "2026-11-22T09:30:00.000Z",
            }],
            "created_at": "2026-11-22T09:30:00.000Z", "updated_at": "2026-11-22T09:30:00.000Z",
        })
    );
    assert!(format!("{identity:?}").contains(ADA), "the rest is printed");
}

async fn tokens_and_cookies_are_not_printed(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let session = module.session(&identity, "user").await;
    let refreshed = module.service.refresh_session(session.sid.parse().unwrap()).await.unwrap();
    let input = AuthInput { query: object(json!({ "code": "a code" })), ..credentials(ADA, PASSWORD) };
    let signature = session.token.rsplit('.').next().unwrap();
    assert_hidden(&[&session.token, signature, PASSWORD, "a code"], &[&session, &refreshed, &input]);
    assert_eq!(format!("{input:?}"), r#"AuthInput { body: ["email", "password"], query: ["code"] }"#);
    assert!(format!("{session:?}").contains(&session.sid));
    let claims = serde_json::to_value(&session).unwrap();
    assert!(claims.get("token").is_none() && !claims.to_string().contains(signature), "{claims}");

    let provider: Vec<String> = module.service.providers().map(|provider| provider.identifier().to_owned()).collect();
    assert_eq!(provider, ["emailpass"]);
    fn is_debug<T: Debug>() {}
    is_debug::<EmailPassProvider>();
}

struct Everything(String);

impl FromRow for Everything {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let mut text = String::new();
        for column in ["id", "registration_key", "provider_metadata", "hash"] {
            if let Ok(Some(value)) = row.get_optional::<String>(column) {
                text.push_str(&value);
            }
            if let Ok(Some(bytes)) = row.get_optional::<Vec<u8>>(column) {
                text.push_str(&String::from_utf8_lossy(&bytes));
            }
            if let Ok(Some(json)) = row.get_optional::<serde_json::Value>(column) {
                text.push_str(&json.to_string());
            }
        }
        Ok(Self(text))
    }
}

async fn the_database_holds_no_usable_secret(module: Module) {
    let owned = module.owned(ADA, "user_1").await;
    module.register("waiting@example.com", PASSWORD).await.unwrap();
    let session = module.session(&owned, "user").await;
    let cookie = module.service.give_cookie(session.sid.parse().unwrap()).await.unwrap().unwrap();
    let signature = session.token.rsplit('.').next().unwrap();
    let mut stored = String::new();
    for table in ["auth_identities", "provider_identities", "auth_sessions", "auth_session_cookies"] {
        let rows: Vec<Everything> = module.database.query(format!("SELECT * FROM {table}"), &[]).await.unwrap();
        assert!(!rows.is_empty(), "{table}");
        rows.into_iter().for_each(|row| stored.push_str(&row.0));
    }
    assert!(stored.contains("$argon2id$") && stored.contains(&session.sid), "something was read: {stored}");
    for secret in [PASSWORD, cookie.value.as_str(), session.token.as_str(), signature] {
        assert!(!stored.contains(secret), "{secret}");
    }
}
