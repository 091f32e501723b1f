//! Files of JSON: one document with a list of users, or an object a line. One user is in memory at a time.

use std::fmt;
use std::io::{BufRead, BufReader};

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};

use super::file::{Bounded, Budget, FileSource, Sink, TOO_LONG, mark, open as open_file};
use super::{SourceError, SourceOptions};
use crate::item::{Content, Item};
use crate::record::Record;

/// What makes a row of a user.
pub(super) type MakeItem = fn(&Record, &SourceOptions) -> Result<Content, SourceError>;

/// Opens a document whose users are the list at `path`, or are the list that it consists of.
pub(super) fn open(
    options: &SourceOptions,
    after: Option<String>,
    path: &'static [&'static str],
    make: MakeItem,
) -> Result<FileSource, SourceError> {
    let (file, options) = (open_file(&options.location)?, options.clone());
    Ok(FileSource::start(after, move |sink| {
        let (reader, budget) = Bounded::new(BufReader::with_capacity(1 << 16, file));
        let mut reader = serde_json::Deserializer::from_reader(BufReader::new(reader));
        let mut walk = Walk { sink, options: &options, make, budget, stopped: None, found: false };
        let read = Place { path, walk: &mut walk }.deserialize(&mut reader).and_then(|()| reader.end());
        match (walk.stopped.take(), read) {
            (Some(Ended::Refused(error)), _) => Err(error),
            (Some(Ended::Stopped), _) => Ok(()),
            (None, Err(error)) => Err(content(&options.location, &error)),
            (None, Ok(())) if !walk.found => Err(SourceError::Options(format!(
                "{}: there is no list of users in it: is it a file of {}?",
                options.location, options.kind
            ))),
            (None, Ok(())) => Ok(()),
        }
    }))
}

fn content(path: &str, error: &serde_json::Error) -> SourceError {
    // Without the place, which is said before.
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message).to_owned();
    let line = u64::try_from(error.line()).unwrap_or_default();
    let column = u64::try_from(error.column()).unwrap_or_default();
    SourceError::Content { path: path.to_owned(), line: line.max(1), column: column.max(1), message }
}

enum Ended {
    Stopped,
    Refused(SourceError),
}

struct Walk<'a> {
    sink: &'a mut Sink,
    options: &'a SourceOptions,
    make: MakeItem,
    budget: Budget,
    stopped: Option<Ended>,
    found: bool,
}

impl Walk<'_> {
    fn take(&mut self, fields: Map<String, Json>) -> Result<(), &'static str> {
        self.budget.begin();
        let Some(number) = self.sink.number() else { return Ok(()) };
        let ended = match (self.make)(&Record(fields), self.options) {
            Ok(content) => {
                let item = Item { mark: mark(number), place: format!("user {number}"), content };
                self.sink.put(item).map_err(|_| Ended::Stopped)
            }
            Err(error) => Err(Ended::Refused(error)),
        };
        ended.map_err(|ended| {
            self.stopped = Some(ended);
            "stopped"
        })
    }
}

/// The value at a path of keys.
struct Place<'a, 'b> {
    path: &'static [&'static str],
    walk: &'a mut Walk<'b>,
}

impl<'de> DeserializeSeed<'de> for Place<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.path.is_empty() { "a list of users" } else { "an object with a list of users" })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            self.walk.budget.begin();
            match self.path.split_first() {
                Some((first, rest)) if *first == key => map.next_value_seed(Place { path: rest, walk: self.walk })?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.walk.found = true;
        while let Some(fields) = list.next_element::<Map<String, Json>>()? {
            self.walk.take(fields).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

/// Opens a file with a JSON object a line.
pub(super) fn open_lines(
    options: &SourceOptions,
    after: Option<String>,
    make: MakeItem,
) -> Result<FileSource, SourceError> {
    let (file, options) = (open_file(&options.location)?, options.clone());
    Ok(FileSource::start(after, move |sink| {
        let (reader, budget) = Bounded::new(BufReader::with_capacity(1 << 16, file));
        let (mut reader, mut bytes, mut line) = (BufReader::new(reader), Vec::new(), 0_u64);
        loop {
            bytes.clear();
            budget.begin();
            line += 1;
            let wrong = |column, message: String| SourceError::Content {
                path: options.location.clone(),
                line,
                column,
                message,
            };
            match reader.read_until(b'\n', &mut bytes) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) if error.to_string() == TOO_LONG => return Err(wrong(1, TOO_LONG.to_owned())),
                Err(error) => return Err(SourceError::File { path: options.location.clone(), error }),
            }
            if bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let fields: Map<String, Json> = serde_json::from_slice(&bytes).map_err(|error| {
                let SourceError::Content { column, message, .. } = content(&options.location, &error) else {
                    return wrong(1, error.to_string());
                };
                wrong(column, message)
            })?;
            let Some(number) = sink.number() else { continue };
            let content = make(&Record(fields), &options)?;
            if sink.put(Item { mark: mark(number), place: format!("line {line}"), content }).is_err() {
                return Ok(());
            }
        }
    }))
}
