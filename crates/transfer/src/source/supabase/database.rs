//! The schema in PostgreSQL.

use async_trait::async_trait;

use super::super::tables::{Table, Tables, by};
use super::super::{Source, SourceError, SourceOptions};
use super::content;
use crate::item::Item;

const USERS: Table = Table { name: "auth.users", key: "uuid" };

pub(super) struct Supabase {
    tables: Tables,
    options: SourceOptions,
    after: String,
    has_factors: bool,
}

impl Supabase {
    pub(super) async fn open(options: &SourceOptions, after: Option<String>) -> Result<Self, SourceError> {
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
