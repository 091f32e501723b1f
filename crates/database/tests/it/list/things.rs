//! Rows of every type, on both engines and in memory.

use vestibule_core::{EmailAddress, Field, FieldKind, Timestamp, Value};
use vestibule_database::list::Table;
use vestibule_database::search::{Searched, search_text};
use vestibule_database::{Database, FromRow, values};
use vestibule_testing::{SetUp, TestDatabase};

use crate::support::{Tables, attempt};

vestibule_core::fields!(
    /// The fields of a [`Thing`].
    ThingField {
        Id: "id" as Text,
        Name: "name" as Text,
        Email: "email" as Email,
        Number: "number" as Int,
        Flag: "flag" as Bool,
        At: "at" as Time,
        Document: "document" as Json,
        Made: "made" as Derived,
    }
);

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Thing {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) number: Option<i64>,
    pub(super) flag: Option<bool>,
    pub(super) at: Option<Timestamp>,
    pub(super) is_deleted: bool,
}

pub(super) const TABLE: Table = Table { name: "things", columns: "id", searched: Some(SEARCHED) };

const SEARCHED: Searched = Searched { table: "things", columns: &["email", "name"], is_indexed: false };

/// The ids alone: which rows were found, and in which order.
#[derive(Debug, PartialEq, FromRow)]
pub(super) struct Found(#[row(column = "id")] pub(super) String);

impl Thing {
    pub(super) fn canonical(&self) -> Option<String> {
        self.email.as_deref().map(EmailAddress::canonical_or_text)
    }

    pub(super) fn search_text(&self) -> String {
        search_text([self.email.as_deref(), self.name.as_deref()])
    }

    /// What a pattern is held against.
    pub(super) fn text(&self, field: ThingField) -> Option<&str> {
        match field {
            ThingField::Id => Some(&self.id),
            ThingField::Name => self.name.as_deref(),
            ThingField::Email => self.email.as_deref(),
            _ => None,
        }
    }

    /// What its field is compared by.
    pub(super) fn value(&self, field: ThingField) -> Value {
        match field {
            ThingField::Id => Value::from(&self.id),
            ThingField::Name => (&self.name).into(),
            ThingField::Email => self.canonical().into(),
            ThingField::Number => self.number.into(),
            ThingField::Flag => self.flag.into(),
            ThingField::At => self.at.into(),
            ThingField::Document | ThingField::Made => {
                unreachable!("neither is compared: {:?}", field.kind() as FieldKind)
            }
        }
    }
}

/// Puts these things, and no others, into the table.
pub(super) async fn fill(database: &Database, things: &[Thing]) {
    let filled = attempt!(database, |transaction| {
        transaction.execute("DELETE FROM things", &[]).await?;
        for thing in things {
            let text =
                "INSERT INTO things (id, name, email, email_canonical, number, flag, at, search_text, deleted_at)
                        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
            let deleted_at = thing.is_deleted.then(|| Timestamp::from_seconds(0));
            let Thing { id, name, email, number, flag, at, .. } = thing;
            let values =
                values![id, name, email, thing.canonical(), *number, *flag, *at, thing.search_text(), deleted_at];
            transaction.execute(text, values).await?;
        }
        Ok(())
    });
    filled.unwrap();
}

/// A migrated database on each engine.
pub(super) async fn both() -> [Tables; 2] {
    let sqlite = Tables::set_up(TestDatabase::sqlite().into()).await;
    let postgres = Tables::set_up(TestDatabase::postgres().await.into()).await;
    [sqlite, postgres]
}
