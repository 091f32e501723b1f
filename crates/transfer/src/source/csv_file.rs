//! Tables: columns by their names, or as the map says.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};

use csv::{ByteRecord, ReaderBuilder};
use serde_json::Value as Json;

use super::accounts::{add_factor, add_password, factor};
use super::file::{Bounded, FileSource, mark, open as open_file};
use super::{Kind, SourceError, SourceOptions};
use crate::item::{Account, Content, Item, Person};
use crate::record::Record;
use crate::secrets::base32;

/// The most columns that a table has.
const MOST_COLUMNS: usize = 1_000;

/// Our fields, and how tables call them.
const COLUMNS: [(&str, &[&str]); 14] = [
    ("id", &["id", "user_id", "uid"]),
    ("email", &["email", "e_mail", "mail", "email_address", "primary_email_address"]),
    ("first_name", &["first_name", "firstname", "given_name", "givenname"]),
    ("last_name", &["last_name", "lastname", "family_name", "surname"]),
    ("name", &["name", "full_name", "display_name", "displayname"]),
    ("phone", &["phone", "phone_number", "telephone", "primary_phone_number"]),
    ("avatar_url", &["avatar_url", "picture", "image", "photo_url"]),
    (
        "password_hash",
        &["password_hash", "passwordhash", "hash", "hashed_password", "encrypted_password", "password_digest"],
    ),
    ("email_verified", &["email_verified", "emailverified", "verified", "verified_email_addresses"]),
    ("locked", &["locked", "disabled", "blocked", "banned"]),
    ("roles", &["roles", "role", "groups"]),
    ("created_at", &["created_at", "createdat", "created", "date_joined"]),
    ("totp_secret", &["totp_secret"]),
    ("password", &["password", "user_pass", "userpassword"]),
];

/// Opens a table.
pub(super) fn open(options: &SourceOptions, after: Option<String>) -> Result<FileSource, SourceError> {
    let (file, options) = (open_file(&options.location)?, options.clone());
    Ok(FileSource::start(after, move |sink| {
        let path = options.location.clone();
        let (reader, budget) = Bounded::new(BufReader::with_capacity(1 << 16, file));
        let mut reader = BufReader::with_capacity(1 << 16, reader);
        let delimiter = delimiter(&mut reader).map_err(|error| SourceError::File { path: path.clone(), error })?;
        let mut table = ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(reader);
        let (mut row, mut head, mut open_quote) = (ByteRecord::new(), None::<Head>, None);
        loop {
            budget.begin();
            match table.read_byte_record(&mut row) {
                Ok(true) => {}
                Ok(false) if head.is_none() => {
                    return Err(wrong(&path, 1, 1, "the file is empty: its first line names the columns"));
                }
                Ok(false) => return open_quote.filter(|_| budget.has_open_quote()).map_or(Ok(()), Err),
                Err(error) => return Err(failed(&path, &error)),
            }
            let line = row.position().map_or(1, csv::Position::line);
            // Should the file end here, a quote that is not closed has taken the rest of it.
            open_quote = row.iter().next_back().filter(|cell| cell.contains(&b'\n')).map(|_| {
                let column = u64::try_from(row.len()).unwrap_or(1);
                wrong(&path, line, column, "a quote is not closed: is the file complete?")
            });
            let cells = texts(&path, line, &row)?;
            let Some(head) = &head else {
                head = Some(Head::read(&path, &cells, &options)?);
                continue;
            };
            let Some(number) = sink.number() else { continue };
            let content = item(&head.record(&cells), number, &options);
            if sink.put(Item { mark: mark(number), place: format!("line {line}"), content }).is_err() {
                return Ok(());
            }
        }
    }))
}

/// The separator: the one of comma, semicolon and tab that the first line has most of.
fn delimiter<R: Read>(reader: &mut BufReader<R>) -> std::io::Result<u8> {
    let start = reader.fill_buf()?;
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| line.iter().filter(|byte| **byte == delimiter).count();
    Ok([b',', b';', b'\t'].into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b','))
}

fn wrong(path: &str, line: u64, column: u64, message: &str) -> SourceError {
    SourceError::Content { path: path.to_owned(), line, column, message: message.to_owned() }
}

fn failed(path: &str, error: &csv::Error) -> SourceError {
    let line = error.position().map_or(1, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            let message =
                format!("there are {len} cells, and the first line has {expected_len}: is the file complete?");
            wrong(path, line, (*len).min(*expected_len) + 1, &message)
        }
        _ => wrong(path, line, 1, &error.to_string()),
    }
}

/// The cells as text. The column that is named in an error is the number of the cell.
fn texts<'a>(path: &str, line: u64, row: &'a ByteRecord) -> Result<Vec<&'a str>, SourceError> {
    if row.len() > MOST_COLUMNS {
        return Err(wrong(path, line, 1, &format!("there are {} columns: {MOST_COLUMNS} at most", row.len())));
    }
    let cells = row.iter().zip(1_u64..).map(|(cell, column)| match std::str::from_utf8(cell) {
        Ok(text) if text.contains('\0') => {
            Err(wrong(path, line, column, "there is a NUL character: is this a text file?"))
        }
        Ok(text) => Ok(text),
        Err(_) => Err(wrong(path, line, column, "this is not UTF-8: save the table as UTF-8")),
    });
    cells.collect()
}

/// Which cell has which of our fields.
struct Head {
    places: HashMap<&'static str, usize>,
}

impl Head {
    fn read(path: &str, names: &[&str], options: &SourceOptions) -> Result<Self, SourceError> {
        let plain = |name: &str| name.trim().to_lowercase().replace([' ', '-', '.'], "_");
        let find = |wanted: &str| names.iter().position(|name| plain(name) == plain(wanted));
        let mut places = HashMap::new();
        for (field, usual) in COLUMNS {
            let place = match options.map.columns.get(field) {
                Some(column) => Some(find(column).ok_or_else(|| {
                    wrong(path, 1, 1, &format!("there is no column {column:?}, which the map names for {field}"))
                })?),
                None => usual.iter().find_map(|name| find(name)),
            };
            places.extend(place.map(|place| (field, place)));
        }
        if let Some(unknown) = options.map.columns.keys().find(|field| COLUMNS.iter().all(|(known, _)| known != field))
        {
            let known: Vec<&str> = COLUMNS.iter().map(|(field, _)| *field).collect();
            return Err(SourceError::Options(format!(
                "the map names {unknown:?}: the fields are {}",
                known.join(", ")
            )));
        }
        if !places.contains_key("email") {
            return Err(wrong(
                path,
                1,
                1,
                &format!(
                    "no column is called email: the first line names {}. Name the column with --map",
                    names.iter().take(20).copied().collect::<Vec<_>>().join(", ")
                ),
            ));
        }
        Ok(Self { places })
    }

    fn record(&self, cells: &[&str]) -> Record {
        let field = |(field, place): (&&str, &usize)| {
            cells.get(*place).map(|cell| ((*field).to_owned(), Json::String((*cell).to_owned())))
        };
        Record(self.places.iter().filter_map(field).collect())
    }
}

fn item(record: &Record, number: u64, options: &SourceOptions) -> Content {
    let email = record.text("email").unwrap_or_default().trim().to_owned();
    let source_id =
        record.text("id").unwrap_or_else(|| if email.is_empty() { number.to_string() } else { email.clone() });
    let mut person = Person {
        email: email.clone(),
        first_name: record.text("first_name"),
        last_name: record.text("last_name"),
        phone: record.text("phone"),
        avatar_url: record.text("avatar_url"),
        created_at: record.time("created_at"),
        is_verified: record.is("email_verified") || record.texts("email_verified").contains(&email),
        ..Person::default()
    };
    if person.first_name.is_none() && person.last_name.is_none() {
        person.set_name(record.text("name"));
    }
    if record.is("locked") {
        person.locked_at = person.created_at.or(Some(vestibule_core::Timestamp::from_seconds(0)));
    }
    let mut account = Account { source_id, roles: record.texts("roles"), ..Account::default() };
    // A column of that name may hold what users type: then it is not imported.
    let hash = record
        .text("password_hash")
        .or_else(|| record.text("password").filter(|hash| hash.starts_with(['$', '{']) || hash.contains('$')));
    if let Some(hash) = hash {
        add_password(&mut account, &email, &hash);
    }
    if let Some(secret) = record.text("totp_secret") {
        match base32(&secret) {
            Some(secret) => add_factor(&mut account, factor("", secret)),
            None => {
                let reason = super::accounts::FACTOR_LOST.to_owned();
                return Content::Unusable { kind: "user", id: account.source_id, address: email, reason };
            }
        }
    }
    if options.kind == Kind::Clerk {
        person.metadata.insert(options.kind.id_field(), Json::String(account.source_id.clone()));
    }
    account.user = Some(person);
    Content::Account(Box::new(account))
}
