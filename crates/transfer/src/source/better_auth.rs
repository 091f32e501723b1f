//! better-auth: the tables `user`, `account` and `twoFactor`, in SQLite or PostgreSQL.

use async_trait::async_trait;
use serde_json::{Map, Value as Json};

use super::accounts::{add_codes, add_factor, add_password, encoded, factor, provider_name};
use super::tables::{Table, Tables, by};
use super::{Source, SourceError, SourceOptions};
use crate::item::{Account, Content, Item, Person, provider_identity};
use crate::reason::Reason;
use crate::record::Record;
use crate::secrets::{hexadecimal, open_better_auth};

const USERS: Table = Table { name: "\"user\"", key: "text" };

pub(super) struct BetterAuth {
    tables: Tables,
    options: SourceOptions,
    after: String,
    has_factors: bool,
}

impl BetterAuth {
    pub(super) async fn open(options: &SourceOptions, after: Option<String>) -> Result<Self, SourceError> {
        let tables = Tables::open(options).await?;
        tables.require("\"user\"", "better-auth").await?;
        tables.require("\"account\"", "better-auth").await?;
        let has_factors = tables.has("\"twoFactor\"").await?;
        Ok(Self { tables, options: options.clone(), after: after.unwrap_or_default(), has_factors })
    }
}

#[async_trait]
impl Source for BetterAuth {
    async fn next_batch(&mut self) -> Result<Vec<Item>, SourceError> {
        let users = self.tables.page(USERS, &self.after, "1 = 1").await?;
        let ids: Vec<String> = users.iter().filter_map(|user| user.text("id")).collect();
        let mut accounts = by(self.tables.related("\"account\"", "source.\"userId\"", &ids).await?, "userId");
        let mut factors = match self.has_factors {
            true => by(self.tables.related("\"twoFactor\"", "source.\"userId\"", &ids).await?, "userId"),
            false => std::collections::HashMap::new(),
        };
        self.after = ids.last().cloned().unwrap_or_default();
        let mut items = Vec::with_capacity(users.len());
        for user in &users {
            let id = user.text("id").unwrap_or_default();
            let accounts = accounts.remove(&id).unwrap_or_default();
            let factors = factors.remove(&id).unwrap_or_default();
            let content = content(user, &accounts, &factors, &self.options)?;
            items.push(Item { mark: id.clone(), place: format!("user {id}"), content });
        }
        Ok(items)
    }
}

fn content(
    user: &Record,
    accounts: &[Record],
    factors: &[Record],
    options: &SourceOptions,
) -> Result<Content, SourceError> {
    let email = user.text("email").unwrap_or_default();
    let mut person = Person {
        email: email.clone(),
        is_verified: user.is("emailVerified"),
        avatar_url: user.text("image"),
        phone: user.text("phoneNumber"),
        created_at: user.time("createdAt"),
        updated_at: user.time("updatedAt"),
        ..Person::default()
    };
    person.set_name(user.text("name"));
    if user.is("banned") {
        person.locked_at = person.updated_at.or(person.created_at);
        person.locked_until = user.time("banExpires");
    }
    let mut account =
        Account { source_id: user.text("id").unwrap_or_default(), roles: user.texts("role"), ..Account::default() };
    person.metadata.insert(options.kind.id_field(), Json::String(account.source_id.clone()));
    for row in accounts {
        let (provider, id) = (row.text("providerId").unwrap_or_default(), row.text("accountId").unwrap_or_default());
        match (provider.as_str(), row.text("password")) {
            ("credential", Some(hash)) => add_password(&mut account, &email, &stored_hash(&hash)),
            ("credential", None) => {}
            (provider, _) => {
                let facts: Map<String, Json> =
                    [("email".to_owned(), Json::String(email.clone()))].into_iter().collect();
                account.identities.push(provider_identity(&provider_name(provider), &id, facts));
            }
        }
    }
    for row in factors {
        // Rows of older releases do not say whether the factor was proved: then the user says whether it is on.
        let is_on = if row.0.contains_key("verified") { row.is("verified") } else { user.is("twoFactorEnabled") };
        if !is_on {
            account.notes.push(Reason::FactorUnverified);
            continue;
        }
        let secret = options.auth_secret.as_deref().ok_or_else(|| {
            SourceError::Options(
                "second factors are encrypted: give better-auth's secret with --auth-secret or BETTER_AUTH_SECRET"
                    .to_owned(),
            )
        })?;
        let open = |name: &str| open_better_auth(secret, &row.text(name).unwrap_or_default());
        let Some(opened) = open("secret") else {
            let reason = Reason::FactorLost;
            return Ok(Content::Unusable { kind: "user", id: account.source_id, address: email, reason });
        };
        add_factor(&mut account, factor("", opened.into_bytes()));
        let codes: Vec<String> =
            open("backupCodes").and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        add_codes(&mut account, codes);
    }
    account.user = Some(person);
    Ok(Content::Account(Box::new(account)))
}

/// `salt:key` as it is stored: the salt is the text, and the password is hashed in NFKC. Other hashes stay as they are.
fn stored_hash(hash: &str) -> String {
    let own = || {
        let (salt, key) = hash.split_once(':')?;
        let is_hexadecimal = salt.bytes().all(|byte| byte.is_ascii_hexdigit());
        let key = hexadecimal(key).filter(|_| is_hexadecimal)?;
        Some(format!("$scrypt-nfkc$ln=14,r=16,p=1${}${}", encoded(salt.as_bytes()), encoded(&key)))
    };
    own().unwrap_or_else(|| hash.to_owned())
}
