//! Tables: columns by their names, or as the map says.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};

use csv::{ByteRecord, ReaderBuilder};
use serde_json::Value as Json;

use super::accounts::{add_factor, add_password, factor};
use super::file::{Bounded, FileSource, TOO_LONG, mark};
use super::table_problem::{TableError, TableProblem};
use super::{Kind, SourceError, SourceOptions};
use crate::item::{Account, Content, Item, Person};
use crate::reason::Reason;
use crate::record::Record;
use crate::secrets::base32;

/// The most columns that a table has.
const MOST_COLUMNS: usize = 1_000;

/// Our fields, and how tables call them.
pub(crate) const COLUMNS: [(&str, &[&str]); 14] = [
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
    let (table, options) = (options.read()?, options.clone());
    Ok(FileSource::start(after, move |sink| {
        let mut head = None::<Head>;
        let read = read_rows(table, |line, cells| {
            let Some(head) = &head else {
                head = Some(Head::read(&options.location, cells, &options).map_err(Ended::Refused)?);
                return Ok(());
            };
            let Some(number) = sink.number() else { return Ok(()) };
            let content = item(&head.record(cells), number, &options);
            sink.put(Item { mark: mark(number), place: format!("line {line}"), content }).map_err(|_| Ended::Enough)
        });
        match read {
            Ok(()) | Err(Ended::Enough) => Ok(()),
            Err(Ended::Refused(error)) => Err(error),
            Err(Ended::Wrong(TableError { line, column, problem })) => {
                Err(wrong(&options.location, line, column, &problem.to_string()))
            }
        }
    }))
}

/// Why reading a table ended before its end.
pub(crate) enum Ended {
    /// The table is wrong.
    Wrong(TableError),
    /// What is done with a row has refused the table.
    Refused(SourceError),
    /// Nothing more is needed.
    Enough,
}

/// Reads each row, the first with the names of the columns, with the line on which it begins.
pub(crate) fn read_rows(
    table: impl Read,
    mut each: impl FnMut(u64, &[&str]) -> Result<(), Ended>,
) -> Result<(), Ended> {
    let is_wrong = |line, column, problem| Ended::Wrong(TableError { line, column, problem });
    let (reader, budget) = Bounded::new(BufReader::with_capacity(1 << 16, table));
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    let (delimiter, has_returns) = first_line(&mut reader).map_err(|error| is_wrong(1, 1, problem_of(&error)))?;
    let mut table = ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(reader);
    let (mut row, mut has_head, mut open_quote) = (ByteRecord::new(), false, None);
    loop {
        budget.begin();
        match table.read_byte_record(&mut row) {
            Ok(true) => {}
            Ok(false) if !has_head => return Err(is_wrong(1, 1, TableProblem::Empty)),
            Ok(false) => return open_quote.filter(|_| budget.has_open_quote()).map_or(Ok(()), Err),
            Err(error) => return Err(Ended::Wrong(failed(error, u64::from(has_head && has_returns)))),
        }
        // The parser begins a row before the line feed of a carriage return: on the line before its own.
        let line = row.position().map_or(1, csv::Position::line) + u64::from(has_head && has_returns);
        // Should the file end here, a quote that is not closed has taken the rest of it.
        open_quote = row.iter().next_back().filter(|cell| cell.contains(&b'\n')).map(|_| {
            let column = u64::try_from(row.len()).unwrap_or(1);
            is_wrong(line, column, TableProblem::OpenQuote)
        });
        each(line, &texts(line, &row).map_err(Ended::Wrong)?)?;
        has_head = true;
    }
}

/// The separator, the one of comma, semicolon and tab that the first line has most of; and whether a carriage return ends the line.
fn first_line<R: Read>(reader: &mut BufReader<R>) -> std::io::Result<(u8, bool)> {
    let start = reader.fill_buf()?;
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| line.iter().filter(|byte| **byte == delimiter).count();
    let delimiter = [b',', b';', b'\t'].into_iter().rev().max_by_key(|delimiter| count(*delimiter));
    Ok((delimiter.unwrap_or(b','), line.ends_with(b"\r")))
}

fn wrong(path: &str, line: u64, column: u64, message: &str) -> SourceError {
    SourceError::Content { path: path.to_owned(), line, column, message: message.to_owned() }
}

fn problem_of(error: &std::io::Error) -> TableProblem {
    let message = error.to_string();
    if message == TOO_LONG { TableProblem::LongRow } else { TableProblem::Other(message) }
}

fn failed(error: csv::Error, more: u64) -> TableError {
    let (line, message) = (error.position().map_or(1, csv::Position::line) + more, error.to_string());
    match error.into_kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            let problem = TableProblem::Cells { found: len, expected: expected_len };
            TableError { line, column: len.min(expected_len) + 1, problem }
        }
        csv::ErrorKind::Io(error) => TableError { line, column: 1, problem: problem_of(&error) },
        _ => TableError { line, column: 1, problem: TableProblem::Other(message) },
    }
}

/// The cells as text. The column that is named in an error is the number of the cell.
fn texts(line: u64, row: &ByteRecord) -> Result<Vec<&str>, TableError> {
    let wrong = |column, problem| TableError { line, column, problem };
    if row.len() > MOST_COLUMNS {
        return Err(wrong(1, TableProblem::Columns { found: row.len(), most: MOST_COLUMNS }));
    }
    let cells = row.iter().zip(1_u64..).map(|(cell, column)| match std::str::from_utf8(cell) {
        Ok(text) if text.contains('\0') => Err(wrong(column, TableProblem::Nul)),
        Ok(text) => Ok(text),
        Err(_) => Err(wrong(column, TableProblem::NotUtf8)),
    });
    cells.collect()
}

/// The form in which names of columns are compared.
fn plain(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-', '.'], "_")
}

/// Our field for a column of this name, by the usual names.
pub(crate) fn guess(name: &str) -> Option<&'static str> {
    let name = plain(name);
    COLUMNS.iter().find(|(_, usual)| usual.contains(&name.as_str())).map(|(field, _)| *field)
}

/// Which cell has which of our fields.
struct Head {
    places: HashMap<&'static str, usize>,
}

impl Head {
    fn read(path: &str, names: &[&str], options: &SourceOptions) -> Result<Self, SourceError> {
        if let Some(chosen) = &options.map.places {
            return Ok(Self { places: chosen.clone() });
        }
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
                let reason = Reason::FactorLost;
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
