//! Medusa 2: its User Module's and Auth Module's tables, and its API keys, in PostgreSQL.
//!
//! First the users with their identities, then the identities of other actors, then invites, then keys: the mark says which
//! of these a row is of.

mod identity;
mod roles;
mod rows;

use async_trait::async_trait;

use self::identity::{Parts, identity};
use self::roles::Roles;
use self::rows::{invite, key, person};
use super::tables::{Table, Tables};
use super::{Source, SourceError, SourceOptions, SourceRole};
use crate::item::{Account, Content, Item};
use crate::reason::Reason;
use crate::record::Record;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Users,
    Identities,
    Invites,
    Keys,
}

impl Section {
    const ALL: [Self; 4] = [Self::Users, Self::Identities, Self::Invites, Self::Keys];

    const fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Identities => "identities",
            Self::Invites => "invites",
            Self::Keys => "keys",
        }
    }

    const fn table(self) -> Table {
        let name = match self {
            Self::Users => "\"user\"",
            Self::Identities => "auth_identity",
            Self::Invites => "invite",
            Self::Keys => "api_key",
        };
        Table { name, key: "text" }
    }
}

pub(super) struct Medusa {
    tables: Tables,
    options: SourceOptions,
    section: Option<Section>,
    after: String,
    roles: Option<Roles>,
}

impl Medusa {
    pub(super) async fn open(options: &SourceOptions, after: Option<String>) -> Result<Self, SourceError> {
        if !options.is_postgres() {
            return Err(SourceError::Options(
                "users come from Medusa by the URL of its database: postgres://…".to_owned(),
            ));
        }
        let tables = Tables::open(options).await?;
        for table in ["\"user\"", "auth_identity", "provider_identity"] {
            tables.require(table, "Medusa").await?;
        }
        let (section, after) = match after.as_deref().and_then(|mark| mark.split_once(' ')) {
            Some((section, id)) => (Section::ALL.into_iter().find(|known| known.name() == section), id.to_owned()),
            None => (Some(Section::Users), String::new()),
        };
        let roles = Roles::read(&tables).await?;
        Ok(Self { tables, options: options.clone(), section, after, roles })
    }

    async fn read(&self, section: Section) -> Result<Vec<Record>, SourceError> {
        if !self.tables.has(section.table().name).await? {
            return Ok(Vec::new());
        }
        let condition = match section {
            Section::Users | Section::Invites | Section::Keys => "1 = 1",
            Section::Identities => "source.deleted_at IS NULL AND source.app_metadata->>'user_id' IS NULL",
        };
        self.tables.page(section.table(), &self.after, condition).await
    }

    async fn contents(&self, section: Section, rows: &[Record]) -> Result<Vec<Content>, SourceError> {
        Ok(match section {
            Section::Users => self.users(rows).await?,
            Section::Identities => {
                let parts = Parts::read(&self.tables, rows.to_vec(), "id").await?;
                let contents: Result<Vec<_>, _> = rows.iter().map(|row| self.unowned(row, &parts)).collect();
                contents?
            }
            Section::Invites => {
                let with_roles = rows.iter().map(|row| {
                    let id = row.text("id").unwrap_or_default();
                    invite(row, self.roles.as_ref().map(|roles| roles.of(&id)).unwrap_or_default())
                });
                with_roles.collect()
            }
            Section::Keys => rows.iter().map(key).collect(),
        })
    }

    async fn users(&self, rows: &[Record]) -> Result<Vec<Content>, SourceError> {
        let ids: Vec<String> = rows.iter().filter_map(|row| row.text("id")).collect();
        let owned = "source.deleted_at IS NULL AND source.app_metadata->>'user_id'";
        let identities = self.tables.related("auth_identity", owned, &ids).await?;
        let parts = Parts::read(&self.tables, identities, "user_id").await?;
        let mut contents = Vec::with_capacity(rows.len());
        for row in rows {
            let person = person(row);
            let mut account = Account { source_id: row.text("id").unwrap_or_default(), ..Account::default() };
            if let Some(roles) = &self.roles {
                account.roles = roles.of(&account.source_id);
                account.notes = roles.notes(&account.source_id);
            }
            let mut refused = None;
            for found in parts.of(&account.source_id) {
                match identity(found, &parts, &self.options)? {
                    Ok((identity, notes)) => {
                        account.identities.push(identity);
                        account.notes.extend(notes);
                    }
                    Err(reason) => refused = Some(reason),
                }
            }
            contents.push(match refused {
                Some(reason) => {
                    Content::Unusable { kind: "user", id: account.source_id, address: person.email, reason }
                }
                None => {
                    account.user = Some(person);
                    Content::Account(Box::new(account))
                }
            });
        }
        Ok(contents)
    }

    /// An identity that is no user's: another actor's, such as a customer's, or a registration that was never completed.
    fn unowned(&self, row: &Record, parts: &Parts) -> Result<Content, SourceError> {
        let id = row.text("id").unwrap_or_default();
        let address = parts.names_of(&id).join(", ");
        let unusable =
            |reason: Reason| Content::Unusable { kind: "identity", id: id.clone(), address: address.clone(), reason };
        Ok(match identity(row, parts, &self.options)? {
            Err(reason) => unusable(reason),
            Ok((identity, _)) if identity.actors.is_empty() => unusable(Reason::Unclaimed),
            Ok((identity, notes)) => Content::Account(Box::new(Account {
                source_id: id,
                identities: vec![identity],
                notes,
                ..Account::default()
            })),
        })
    }
}

#[async_trait]
impl Source for Medusa {
    fn roles(&self) -> Option<Vec<SourceRole>> {
        self.roles.as_ref().map(|roles| roles.roles.clone())
    }

    async fn next_batch(&mut self) -> Result<Vec<Item>, SourceError> {
        while let Some(section) = self.section {
            let rows = self.read(section).await?;
            if rows.is_empty() {
                self.section = Section::ALL.into_iter().skip_while(|other| *other != section).nth(1);
                self.after = String::new();
                continue;
            }
            let contents = self.contents(section, &rows).await?;
            let items: Vec<Item> = rows
                .iter()
                .zip(contents)
                .map(|(row, content)| {
                    let id = row.text("id").unwrap_or_default();
                    Item { mark: format!("{} {id}", section.name()), place: id, content }
                })
                .collect();
            self.after = rows.last().and_then(|row| row.text("id")).unwrap_or_default();
            return Ok(items);
        }
        Ok(Vec::new())
    }
}
