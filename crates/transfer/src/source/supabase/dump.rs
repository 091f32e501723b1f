//! A dump of the schema as plain SQL.
//!
//! Identities and second factors stand before the users whose they are. The file is read twice: first the places of these rows are
//! gathered, 40 bytes for each, then the users are read, and for each of them the rows at their places.

use super::super::dump::{Dump, Place};
use super::super::file::{FileSource, mark, open as open_file};
use super::super::{SourceError, SourceOptions};
use super::{content, is_own};
use crate::item::Item;
use crate::record::Record;
use crate::secrets::hexadecimal;

const USERS: &str = "auth.users";
const IDENTITIES: &str = "auth.identities";
const FACTORS: &str = "auth.mfa_factors";

/// The id of a user, and a row of theirs.
type Owned = ([u8; 16], Place);

pub(super) fn open(options: &SourceOptions, after: Option<String>) -> Result<FileSource, SourceError> {
    open_file(&options.location)?;
    let options = options.clone();
    Ok(FileSource::start(after, move |sink| {
        let index = Index::read(&options.location)?;
        let mut users = Dump::open(&options.location, &[USERS])?;
        let mut others = Dump::open(&options.location, &[])?;
        while let Some((_, place, user)) = users.next_row()? {
            let Some(number) = sink.number() else { continue };
            let id = user.text("id").as_deref().and_then(key);
            let identities = index.rows(&index.identities, id, &mut others)?;
            let factors = index.rows(&index.factors, id, &mut others)?;
            let content = content(&user, &identities, &factors, &options);
            if sink.put(Item { mark: mark(number), place: format!("line {}", place.line), content }).is_err() {
                return Ok(());
            }
        }
        Ok(())
    }))
}

/// The places of the rows that belong to users, in the order of the users' ids.
struct Index {
    dump: Dump,
    identities: Vec<Owned>,
    factors: Vec<Owned>,
}

impl Index {
    fn read(path: &str) -> Result<Self, SourceError> {
        let mut dump = Dump::open(path, &[USERS, IDENTITIES, FACTORS])?;
        let (mut identities, mut factors, mut has_users) = (Vec::new(), Vec::new(), false);
        while let Some((table, place, row)) = dump.next_row()? {
            let owned = row.text("user_id").as_deref().and_then(key).map(|user| (user, place));
            match table {
                IDENTITIES => identities.extend(owned.filter(|_| !is_own(&row.text("provider").unwrap_or_default()))),
                FACTORS => factors.extend(owned),
                _ => has_users = true,
            }
        }
        if !has_users {
            return Err(SourceError::Options(format!(
                "{path}: there is no row of auth.users in it: is it a dump of the schema auth with its data (pg_dump --schema auth)?"
            )));
        }
        // Stable: the rows of a user stay in the order of the file.
        identities.sort_by_key(|(user, _)| *user);
        factors.sort_by_key(|(user, _)| *user);
        Ok(Self { dump, identities, factors })
    }

    fn rows(&self, owned: &[Owned], user: Option<[u8; 16]>, others: &mut Dump) -> Result<Vec<Record>, SourceError> {
        let Some(user) = user else { return Ok(Vec::new()) };
        let first = owned.partition_point(|(id, _)| *id < user);
        let mine = owned.iter().skip(first).take_while(|(id, _)| *id == user);
        mine.map(|(_, place)| others.row_at(*place, &self.dump)).collect()
    }
}

/// A UUID in bytes.
fn key(id: &str) -> Option<[u8; 16]> {
    hexadecimal(&id.replace('-', ""))?.try_into().ok()
}
