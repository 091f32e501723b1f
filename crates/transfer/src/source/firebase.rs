//! Firebase Authentication: the file of `firebase auth:export users.json --format=json`.

use serde_json::{Map, Value as Json};

use super::accounts::{add_password, provider_name};
use super::{SourceError, SourceOptions};
use crate::item::{Account, Content, Person, provider_identity};
use crate::reason::Reason;
use crate::record::Record;

pub(super) fn item(record: &Record, options: &SourceOptions) -> Result<Content, SourceError> {
    let email = record.text("email").unwrap_or_default();
    let mut person = Person {
        email: email.clone(),
        is_verified: record.is("emailVerified"),
        avatar_url: record.text("photoUrl"),
        phone: record.text("phoneNumber"),
        created_at: record.time("createdAt"),
        ..Person::default()
    };
    person.set_name(record.text("displayName"));
    if record.is("disabled") {
        person.locked_at = record.time("lastSignedInAt").or(person.created_at);
    }
    let mut account = Account { source_id: record.text("localId").unwrap_or_default(), ..Account::default() };
    person.metadata.insert(options.kind.id_field(), Json::String(account.source_id.clone()));
    if let Some(attributes) = record.object("customAttributes") {
        account.roles = attributes.texts("roles");
        account.roles.extend(attributes.text("role"));
        person.metadata.insert("custom_attributes".to_owned(), Json::Object(attributes.0));
    }
    if let Some(hash) = record.text("passwordHash") {
        let hash = stored_hash(&hash, &record.text("salt").unwrap_or_default(), options)?;
        add_password(&mut account, &email, &hash);
    }
    for info in record.objects("providerUserInfo") {
        let (Some(provider), Some(id)) = (info.text("providerId"), info.text("rawId")) else { continue };
        if matches!(provider.as_str(), "password" | "phone") {
            continue;
        }
        let facts = [("email", info.text("email")), ("name", info.text("displayName"))];
        let facts: Map<String, Json> =
            facts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), Json::String(text?)))).collect();
        account.identities.push(provider_identity(&provider_name(&provider), &id, facts));
    }
    if !record.objects("mfaInfo").is_empty() {
        account.notes.push(Reason::Credential { kind: "phone".to_owned() });
    }
    account.user = Some(person);
    Ok(Content::Account(Box::new(account)))
}

/// The stored form of a hash, which has the project's parameters in it.
fn stored_hash(hash: &str, salt: &str, options: &SourceOptions) -> Result<String, SourceError> {
    let given = &options.firebase;
    let missing = |what: &str| {
        SourceError::Options(format!(
            "the password hashes need the project's {what}: it is in the Firebase console under Authentication, Users, \
             \"Password hash parameters\""
        ))
    };
    let key = given.signer_key.as_deref().ok_or_else(|| missing("signer key (--signer-key)"))?;
    let separator = given.salt_separator.as_deref().ok_or_else(|| missing("salt separator (--salt-separator)"))?;
    let rounds = given.rounds.ok_or_else(|| missing("rounds (--rounds)"))?;
    let memory = given.mem_cost.ok_or_else(|| missing("memory cost (--mem-cost)"))?;
    Ok(format!("$fbscrypt$v=1,n={memory},r={rounds},p=1,ss={separator},sk={key}${salt}${hash}"))
}
