//! Exports: every row that matches, as CSV or as JSON lines, however many there are.
//!
//! A batch is read when the client has taken the one before, so that a slow client holds neither a connection to the database nor
//! memory, and one that goes away ends the export. Before each batch the caller is checked again. An export that cannot go on breaks
//! the connection off: a response without its final chunk is incomplete.

mod csv;
mod reader;

use std::fmt;
use std::str::FromStr;

use axum::BoxError;
use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::stream;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Serialize;
use vestibule_database::Error;
use vestibule_flows::Batches;

pub use self::reader::ExportReader;
use crate::Problem;

/// The format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// RFC 4180, with the names of the columns, for spreadsheets.
    Csv,
    /// A JSON object a line.
    JsonLines,
}

impl ExportFormat {
    /// The ending of a file's name.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    const fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/x-ndjson",
        })
    }

    /// Writes a batch of rows, of which only these columns are in a table. The first batch of a table begins with their names.
    ///
    /// # Errors
    ///
    /// A row that does not serialize as an object.
    pub fn write<T: Serialize>(
        self,
        columns: &[&str],
        rows: &[T],
        is_first: bool,
    ) -> Result<Vec<u8>, serde_json::Error> {
        match self {
            Self::Csv => csv::write(columns, rows, is_first),
            Self::JsonLines => {
                let mut lines = Vec::new();
                for row in rows {
                    serde_json::to_writer(&mut lines, row)?;
                    lines.push(b'\n');
                }
                Ok(lines)
            }
        }
    }
}

impl fmt::Display for ExportFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.ending())
    }
}

/// Text that is no format of an export.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected 'csv' or 'jsonl'")]
pub struct UnknownFormat;

impl FromStr for ExportFormat {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        [Self::Csv, Self::JsonLines].into_iter().find(|format| format.ending() == text).ok_or(UnknownFormat)
    }
}

/// Responds with all rows, as a file of this name. The first batch is read before the response begins, so that its status reports an
/// unavailable database.
///
/// # Errors
///
/// [`Problem`].
pub async fn export<B: Batches>(
    name: &str,
    format: ExportFormat,
    mut batches: B,
    reader: ExportReader,
) -> Result<Response, Problem> {
    let first = Some(batches.next_batch().await?);
    let export = Export { name: name.to_owned(), format, batches, reader, first };
    let mut response = Response::new(Body::from_stream(stream::try_unfold(export, Export::next)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, format.content_type());
    let file = HeaderValue::try_from(format!("attachment; filename=\"{name}.{format}\""));
    headers.insert(CONTENT_DISPOSITION, file.unwrap_or(HeaderValue::from_static("attachment")));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

struct Export<B: Batches> {
    name: String,
    format: ExportFormat,
    batches: B,
    reader: ExportReader,
    /// The first batch, until it is written.
    first: Option<Vec<B::Row>>,
}

/// Why an export broke off.
#[derive(Debug, thiserror::Error)]
enum BrokenOff {
    #[error("the caller may no longer read it")]
    Refused,
    #[error(transparent)]
    Database(#[from] Error),
    #[error("{}", .0.message())]
    Unavailable(Problem),
    #[error(transparent)]
    Row(#[from] serde_json::Error),
}

impl<B: Batches> Export<B> {
    /// Called when the client has taken what was written before.
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, BoxError> {
        match self.write_next().await {
            Ok(written) => Ok(written.map(|bytes| (bytes, self))),
            Err(error) => {
                tracing::warn!(%error, export = self.name, "an export was broken off");
                Err(error.into())
            }
        }
    }

    async fn write_next(&mut self) -> Result<Option<Bytes>, BrokenOff> {
        let (rows, is_first) = match self.first.take() {
            Some(rows) => (rows, true),
            None if self.reader.may_still_read().await.map_err(BrokenOff::Unavailable)? => {
                (self.batches.next_batch().await?, false)
            }
            None => return Err(BrokenOff::Refused),
        };
        if rows.is_empty() && !is_first {
            return Ok(None);
        }
        Ok(Some(self.format.write(self.batches.columns(), &rows, is_first)?.into()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use axum::body::to_bytes;
    use futures_util::StreamExt;
    use serde_json::{Value as Json, json};

    use super::*;

    /// Batches of two rows, and how many were read; after them an error, if it is to fail.
    struct Counted {
        read: Arc<AtomicUsize>,
        batches: usize,
        fails: bool,
    }

    impl Batches for Counted {
        type Row = Json;

        fn columns(&self) -> &[&'static str] {
            &["number"]
        }

        async fn next_batch(&mut self) -> Result<Vec<Json>, Error> {
            match self.read.fetch_add(1, Ordering::SeqCst) {
                read if read < self.batches => {
                    Ok(vec![json!({ "number": 2 * read }), json!({ "number": 2 * read + 1 })])
                }
                _ if self.fails => Err(Error::Other("it is away".into())),
                _ => Ok(Vec::new()),
            }
        }
    }

    async fn begin(format: ExportFormat, batches: usize, fails: bool) -> (Response, Arc<AtomicUsize>, Arc<AtomicBool>) {
        let (read, may_read) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(true)));
        let asked = Arc::clone(&may_read);
        let reader = ExportReader::new(move || {
            let may_read = asked.load(Ordering::SeqCst);
            async move { Ok(may_read) }
        });
        let batches = Counted { read: Arc::clone(&read), batches, fails };
        (export("numbers", format, batches, reader).await.unwrap(), read, may_read)
    }

    async fn text(response: Response) -> Result<String, axum::Error> {
        Ok(String::from_utf8(to_bytes(response.into_body(), usize::MAX).await?.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn every_row_is_written_in_either_format() {
        let (response, ..) = begin(ExportFormat::Csv, 2, false).await;
        assert_eq!(response.headers()[CONTENT_TYPE], "text/csv; charset=utf-8");
        assert_eq!(response.headers()[CONTENT_DISPOSITION], "attachment; filename=\"numbers.csv\"");
        assert_eq!(text(response).await.unwrap(), "\u{feff}number\r\n0\r\n1\r\n2\r\n3\r\n");
        let (response, ..) = begin(ExportFormat::JsonLines, 2, false).await;
        assert_eq!(response.headers()[CONTENT_TYPE], "application/x-ndjson");
        let lines = "{\"number\":0}\n{\"number\":1}\n{\"number\":2}\n{\"number\":3}\n";
        assert_eq!(text(response).await.unwrap(), lines);
        assert_eq!(text(begin(ExportFormat::Csv, 0, false).await.0).await.unwrap(), "\u{feff}number\r\n");
        assert_eq!(text(begin(ExportFormat::JsonLines, 0, false).await.0).await.unwrap(), "");
    }

    #[tokio::test]
    async fn a_batch_is_read_when_the_client_has_taken_the_one_before() {
        let (response, read, _) = begin(ExportFormat::JsonLines, 9, false).await;
        let mut body = response.into_body().into_data_stream();
        assert_eq!(read.load(Ordering::SeqCst), 1);
        for taken in 1..=3 {
            body.next().await.unwrap().unwrap();
            assert_eq!(read.load(Ordering::SeqCst), taken);
        }
        drop(body);
        assert_eq!(read.load(Ordering::SeqCst), 3, "a client that goes away ends it");
    }

    #[tokio::test]
    async fn an_export_that_cannot_go_on_is_no_whole_file() {
        let (response, ..) = begin(ExportFormat::Csv, 2, true).await;
        assert!(text(response).await.is_err(), "the database is away");
        let (response, read, may_read) = begin(ExportFormat::Csv, 9, false).await;
        let mut body = response.into_body().into_data_stream();
        body.next().await.unwrap().unwrap();
        may_read.store(false, Ordering::SeqCst);
        assert!(body.next().await.unwrap().is_err(), "the caller may no longer read");
        assert!(body.next().await.is_none());
        assert_eq!(read.load(Ordering::SeqCst), 1);
        // A database that is away from the beginning is reported by the status.
        let batches = Counted { read: Arc::default(), batches: 0, fails: true };
        let reader = ExportReader::new(|| async { Ok(true) });
        assert!(export("numbers", ExportFormat::Csv, batches, reader).await.is_err());
    }
}
