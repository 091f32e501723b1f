//! Keycloak: the export of a realm, or a file of its users (`kc.sh export --users different_files`).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json};
use vestibule_auth::imports::ImportFactor;

use super::accounts::{add_factor, add_password, encoded, factor, provider_name};
use super::{SourceError, SourceOptions};
use crate::item::{Account, Content, Person, provider_identity};
use crate::reason::Reason;
use crate::record::Record;
use crate::secrets::base32;

pub(super) fn item(record: &Record, options: &SourceOptions) -> Result<Content, SourceError> {
    if record.0.contains_key("realm") && !record.0.contains_key("username") {
        return Err(SourceError::Options(format!(
            "{}: this is a list of realms: export one realm (kc.sh export --realm NAME --users same_file)",
            options.location
        )));
    }
    let username = record.text("username").unwrap_or_default();
    // A realm may have addresses as names, and nothing in the field for them.
    let email =
        record.text("email").unwrap_or_else(|| if username.contains('@') { username.clone() } else { String::new() });
    let mut person = Person {
        email: email.clone(),
        is_verified: record.is("emailVerified"),
        first_name: record.text("firstName"),
        last_name: record.text("lastName"),
        created_at: record.time("createdTimestamp"),
        ..Person::default()
    };
    if record.0.contains_key("enabled") && !record.is("enabled") {
        person.locked_at = person.created_at.or(Some(vestibule_core::Timestamp::from_seconds(0)));
    }
    let mut account =
        Account { source_id: record.text("id").unwrap_or_else(|| username.clone()), ..Account::default() };
    person.metadata.insert(options.kind.id_field(), Json::String(account.source_id.clone()));
    if !username.is_empty() && username != email {
        person.metadata.insert("keycloak_username".to_owned(), Json::String(username));
    }
    if let Some(attributes) = record.object("attributes") {
        person.metadata.insert("attributes".to_owned(), Json::Object(attributes.0));
    }
    account.roles = record.texts("realmRoles");
    account.roles.extend(record.texts("groups"));
    for (client, roles) in record.object("clientRoles").unwrap_or_default().0 {
        // Those of Keycloak's own pages, which every user has.
        if client != "account" {
            let named = Record(Map::from_iter([(client.clone(), roles)])).texts(&client);
            account.roles.extend(named.into_iter().map(|role| format!("{client}/{role}")));
        }
    }
    for identity in record.objects("federatedIdentities") {
        let (Some(provider), Some(id)) = (identity.text("identityProvider"), identity.text("userId")) else { continue };
        let facts: Map<String, Json> =
            identity.text("userName").map(|name| ("name".to_owned(), Json::String(name))).into_iter().collect();
        account.identities.push(provider_identity(&provider_name(&provider), &id, facts));
    }
    let mut factors = Vec::new();
    for credential in record.objects("credentials") {
        match credential.text("type").as_deref() {
            Some("password") => match stored_hash(&credential) {
                Some(hash) => add_password(&mut account, &email, &hash),
                None => account.notes.push(Reason::Password),
            },
            Some("otp" | "totp") => match otp(&credential) {
                Some(factor) => factors.push(factor),
                None => {
                    let reason = Reason::FactorLost;
                    return Ok(Content::Unusable { kind: "user", id: account.source_id, address: email, reason });
                }
            },
            // Those of a policy against old passwords, of which there is none here.
            Some("password-history") | None => {}
            Some(kind) => account.notes.push(Reason::Credential { kind: kind.to_owned() }),
        }
    }
    // The password comes first: its identity has the factors.
    account
        .identities
        .sort_by_key(|identity| identity.provider_identities.iter().all(|part| part.password_hash.is_none()));
    for factor in factors {
        add_factor(&mut account, factor);
    }
    account.user = Some(person);
    Ok(Content::Account(Box::new(account)))
}

/// A password's hash in a form that is stored. What Keycloak writes is JSON in text; old releases have it in the credential itself.
fn stored_hash(credential: &Record) -> Option<String> {
    let data = credential.object("credentialData").unwrap_or_else(|| credential.clone());
    let secret = credential.object("secretData").unwrap_or_else(|| credential.clone());
    let bytes = |name: &str| STANDARD.decode(secret.text(name)?).ok();
    let output = bytes("value").or_else(|| bytes("hashedSaltedValue"))?;
    let salt = bytes("salt")?;
    let rounds: u32 = data.text("hashIterations")?.parse().ok()?;
    let (salt, output, length) = (encoded(&salt), encoded(&output), output.len());
    match data.text("algorithm")?.as_str() {
        "argon2" => {
            let more = data.object("additionalParameters")?;
            let value = |name: &str| more.texts(name).into_iter().next();
            let kind = value("type").unwrap_or_else(|| "id".to_owned());
            let version = if value("version").as_deref() == Some("1.0") { 16 } else { 19 };
            let (memory, lanes) = (value("memory")?, value("parallelism")?);
            Some(format!("$argon2{kind}$v={version}$m={memory},t={rounds},p={lanes}${salt}${output}"))
        }
        name @ ("pbkdf2" | "pbkdf2-sha256" | "pbkdf2-sha512") => {
            Some(format!("${name}$i={rounds},l={length}${salt}${output}"))
        }
        _ => None,
    }
}

/// A second factor of six digits that change every thirty seconds, by SHA-1; `None` for others, which are not computed here.
fn otp(credential: &Record) -> Option<ImportFactor> {
    let data = credential.object("credentialData")?;
    let secret = credential.object("secretData")?.text("value")?;
    let is = |name: &str, expected: &str| data.text(name).is_none_or(|value| value == expected);
    let is_usual = is("subType", "totp") && is("digits", "6") && is("period", "30") && is("algorithm", "HmacSHA1");
    let secret = match data.text("secretEncoding").as_deref() {
        Some("BASE32") => base32(&secret)?,
        _ => secret.into_bytes(),
    };
    is_usual.then(|| factor(&credential.text("userLabel").unwrap_or_default(), secret))
}
