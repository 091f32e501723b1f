//! Supabase: the schema `auth` of its PostgreSQL database.

use async_trait::async_trait;
use serde_json::{Map, Value as Json};

use super::accounts::{FACTOR_LOST, add_factor, add_password, factor, provider_name};
use super::tables::{Table, Tables, by};
use super::{Source, SourceError, SourceOptions};
use crate::item::{Account, Content, Item, Person, provider_identity};
use crate::record::Record;
use crate::secrets::base32;

const USERS: Table = Table { name: "auth.users", key: "uuid" };

pub(super) struct Supabase {
    tables: Tables,
    options: SourceOptions,
    after: String,
    has_factors: bool,
}

impl Supabase {
    pub(super) async fn open(options: &SourceOptions, after: Option<String>) -> Result<Self, SourceError> {
        if !options.is_postgres() {
            return Err(SourceError::Options(
                "users come from Supabase by the URL of its database: postgres://…".to_owned(),
            ));
        }
        let tables = Tables::open(options).await?;
        tables.require("auth.users", "Supabase").await?;
        tables.require("auth.identities", "Supabase").await?;
        let has_factors = tables.has("auth.mfa_factors").await?;
        Ok(Self { tables, options: options.clone(), after: after.unwrap_or_default(), has_factors })
    }
}

#[async_trait]
impl Source for Supabase {
    async fn next_batch(&mut self) -> Result<Vec<Item>, SourceError> {
        let users = self.tables.page(USERS, &self.after, "1 = 1").await?;
        let ids: Vec<String> = users.iter().filter_map(|user| user.text("id")).collect();
        let mut identities = by(self.tables.related("auth.identities", "source.user_id::text", &ids).await?, "user_id");
        let mut factors = match self.has_factors {
            true => by(self.tables.related("auth.mfa_factors", "source.user_id::text", &ids).await?, "user_id"),
            false => std::collections::HashMap::new(),
        };
        self.after = ids.last().cloned().unwrap_or_default();
        let items = users.iter().map(|user| {
            let id = user.text("id").unwrap_or_default();
            let identities = identities.remove(&id).unwrap_or_default();
            let factors = factors.remove(&id).unwrap_or_default();
            let content = content(user, &identities, &factors, &self.options);
            Item { mark: id.clone(), place: format!("user {id}"), content }
        });
        Ok(items.collect())
    }
}

fn content(user: &Record, identities: &[Record], factors: &[Record], options: &SourceOptions) -> Content {
    let email = user.text("email").unwrap_or_default();
    let about = user.object("raw_user_meta_data").unwrap_or_default();
    let mut person = Person {
        email: email.clone(),
        is_verified: user.time("email_confirmed_at").is_some(),
        avatar_url: about.text("avatar_url"),
        // Supabase stores the digits alone.
        phone: user.text("phone").map(|phone| if phone.starts_with('+') { phone } else { format!("+{phone}") }),
        created_at: user.time("created_at"),
        updated_at: user.time("updated_at"),
        deleted_at: user.time("deleted_at"),
        ..Person::default()
    };
    person.set_name(about.text("full_name").or_else(|| about.text("name")));
    person.locked_until = user.time("banned_until");
    person.locked_at = person.locked_until.and(person.updated_at.or(person.created_at));
    let mut account = Account { source_id: user.text("id").unwrap_or_default(), ..Account::default() };
    person.metadata.insert(options.kind.id_field(), Json::String(account.source_id.clone()));
    if !about.0.is_empty() {
        person.metadata.insert("user_metadata".to_owned(), Json::Object(about.0));
    }
    if let Some(rights) = user.object("raw_app_meta_data") {
        account.roles = rights.texts("roles");
        account.roles.extend(rights.text("role"));
    }
    if let Some(hash) = user.text("encrypted_password") {
        add_password(&mut account, &email, &hash);
    }
    for row in identities {
        let provider = row.text("provider").unwrap_or_default();
        let data = row.object("identity_data").unwrap_or_default();
        let id = row.text("provider_id").or_else(|| data.text("sub"));
        if let Some(id) = id.filter(|_| !matches!(provider.as_str(), "email" | "phone")) {
            let facts: Map<String, Json> = ["email", "name"]
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), Json::String(data.text(name)?))))
                .collect();
            account.identities.push(provider_identity(&provider_name(&provider), &id, facts));
        }
    }
    for row in factors.iter().filter(|row| row.text("status").as_deref() == Some("verified")) {
        let kind = row.text("factor_type").unwrap_or_default();
        match (kind.as_str(), row.text("secret").and_then(|secret| base32(&secret))) {
            ("totp", Some(secret)) => {
                add_factor(&mut account, factor(&row.text("friendly_name").unwrap_or_default(), secret))
            }
            ("totp", None) => {
                let reason = FACTOR_LOST.to_owned();
                return Content::Unusable { kind: "user", id: account.source_id, address: email, reason };
            }
            (kind, _) => {
                account.notes.push(format!("a second factor of the kind {kind} was left out: the user enrols it again"))
            }
        }
    }
    account.user = Some(person);
    Content::Account(Box::new(account))
}
