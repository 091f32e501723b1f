//! Creating and renaming API keys.

use serde_json::json;
use vestibule_auth::{ApiKeyId, ApiKeyKind, CreateApiKey};
use vestibule_core::ErrorKind;
use vestibule_database::{Error, FromRow, Row};
use vestibule_testing::on_both_engines;

use crate::support::{DAY, HOUR, Module, START, refusal};

on_both_engines!(
    a_key_is_returned_once_and_stored_as_a_hash,
    a_publishable_key_is_stored_in_the_clear_and_never_found,
    what_cannot_be_a_key_is_refused,
    a_key_can_be_called_something_else,
);

/// The visible part of a key, and the hidden part between.
fn in_three(token: &str) -> (&str, &str, &str) {
    let (first, rest) = token.split_at(6);
    let (middle, last) = rest.split_at(rest.len() - 3);
    (first, middle, last)
}

/// All columns of a row, as bytes and text.
struct Everything(Vec<u8>);

impl FromRow for Everything {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let mut bytes: Vec<u8> = row.get("token_hash")?;
        for column in ["id", "title", "redacted", "created_by", "revoked_by", "search_text"] {
            bytes.extend(row.get_optional::<String>(column)?.unwrap_or_default().into_bytes());
        }
        Ok(Self(bytes))
    }
}

/// security.md 1 and 31
async fn a_key_is_returned_once_and_stored_as_a_hash(module: Module) {
    let create = CreateApiKey {
        title: "Nightly build".to_owned(),
        kind: ApiKeyKind::Secret,
        expires_at: Some(START + DAY),
        created_by: Some("user_1".to_owned()),
    };
    let made = module.service.create_api_key(&create).await.unwrap();
    let token = made.token.reveal();
    let (first, middle, last) = in_three(token);
    let redacted = format!("{first}***{last}");
    let (id, now) = (made.key.id, START.to_string());
    assert!(id.to_string().starts_with("apk_") && token.starts_with("sk_") && token.len() == 67);
    let mut expected = json!({
        "id": id, "token": token, "redacted": redacted, "title": "Nightly build", "type": "secret",
        "last_used_at": null, "created_by": "user_1", "revoked_by": null, "revoked_at": null,
        "expires_at": (START + DAY).to_string(), "created_at": now, "updated_at": now, "deleted_at": null,
        "sales_channels": [],
    });
    assert_eq!(serde_json::to_value(&made).unwrap(), expected);
    expected["token"] = json!("");
    let found = module.service.retrieve_api_key(id).await.unwrap();
    assert_eq!(serde_json::to_value(&found).unwrap(), expected, "and never again");
    assert_eq!(found, made.key);
    let printed = format!("{made:?} {made:#?} {:?}", found);
    assert!(!printed.contains(middle), "{printed}");

    let rows: Vec<Everything> = module.database.query("SELECT * FROM auth_api_keys", &[]).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert!(!rows[0].0.windows(middle.len()).any(|part| part == middle.as_bytes()));
    assert_ne!(module.api_key("").await.token, made.token, "and a title may be empty");
}

async fn a_publishable_key_is_stored_in_the_clear_and_never_found(module: Module) {
    let create = CreateApiKey { title: "Shop".into(), kind: ApiKeyKind::Publishable, ..CreateApiKey::default() };
    let made = module.service.create_api_key(&create).await.unwrap();
    let token = made.token.reveal();
    assert!(token.starts_with("pk_") && token.len() == 67, "{token}");
    assert_eq!((made.key.token.as_str(), made.key.kind), (token, ApiKeyKind::Publishable));
    assert_eq!(module.service.retrieve_api_key(made.key.id).await.unwrap(), made.key);
    for text in [token, &token.replace("pk_", "sk_")] {
        let found = module.service.find_api_key_by_token(&module.database, text).await.unwrap();
        assert_eq!(found, None, "{text}");
    }
    // Not even if a secret key's row becomes publishable.
    let secret = module.api_key("CI").await;
    let text = "UPDATE auth_api_keys SET type = 'publishable' WHERE id = $1";
    module.execute(text, vestibule_database::values![secret.key.id]).await;
    let found = module.service.find_api_key_by_token(&module.database, secret.token.reveal()).await.unwrap();
    assert_eq!(found, None);
}

async fn what_cannot_be_a_key_is_refused(module: Module) {
    for (title, expires_at, code, message) in [
        ("x".repeat(256), None, "name_too_long", "title is longer than 255 characters"),
        ("two\nlines".to_owned(), None, "control_character", "title has a control character"),
        ("NUL\0".to_owned(), None, "control_character", "title has a control character"),
        ("late".to_owned(), Some(START), "expiry_past", "expires_at is not in the future"),
    ] {
        let create = CreateApiKey { title, expires_at, ..CreateApiKey::default() };
        let refused = refusal(module.service.create_api_key(&create).await);
        assert_eq!(refused, (ErrorKind::InvalidData, Some(code), message.to_owned()));
    }
    assert_eq!(module.count("auth_api_keys").await, 0);
}

async fn a_key_can_be_called_something_else(module: Module) {
    let made = module.api_key("old").await;
    module.clock.advance(HOUR);
    let named = module.service.update_api_key(made.key.id, "ÜBER").await.unwrap();
    assert_eq!((named.title.as_str(), named.updated_at, named.created_at), ("ÜBER", START + HOUR, START));
    assert_eq!(module.service.retrieve_api_key(made.key.id).await.unwrap(), named);
    let missing: ApiKeyId = module.environment.id();
    let refused = refusal(module.service.update_api_key(missing, "x").await);
    assert_eq!(refused, (ErrorKind::NotFound, None, format!("API Key with id: {missing} was not found")));
    let refused = refusal(module.service.update_api_key(made.key.id, "a\rb").await);
    assert_eq!(refused.0, ErrorKind::InvalidData);
    let refused = refusal(module.service.retrieve_api_key(missing).await);
    assert_eq!(refused.0, ErrorKind::NotFound);
}
