//! Pages that are kept, ready to be sent, until something is committed or one of their times reads otherwise.
//!
//! Most who ask for a list again find what they found before, and reading and writing it anew is nearly all that it
//! costs. Who asks is found out for each request all the same: a kept page is given only to the session that it was
//! made for, and only while that may see it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::HeaderMap;
use vestibule_core::Timestamp;
use vestibule_database::Version;
use vestibule_http::server::CompressedOnce;

use crate::language::Language;

/// How many bytes are kept at most: some hundred pages.
const MOST: usize = 8 * 1024 * 1024;

/// For whom a page is, and what it shows.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Asked {
    /// That of the session's forms: it is the session's alone.
    pub(crate) form_token: String,
    pub(crate) language: Language,
    /// The path with its query.
    pub(crate) here: String,
}

/// A page that may be kept, as an extension of its response.
#[derive(Clone)]
pub(crate) struct Lasting {
    pub(crate) html: Bytes,
    /// When one of its times reads otherwise, if one does.
    pub(crate) until: Option<Timestamp>,
}

struct Kept {
    page: Lasting,
    headers: HeaderMap,
    compressed: CompressedOnce,
    made_at: Timestamp,
}

impl Kept {
    fn holds_at(&self, now: Timestamp) -> bool {
        // A clock may be set back.
        self.made_at <= now && self.page.until.is_none_or(|until| now < until)
    }

    fn response(&self) -> Response {
        let mut response = Response::new(Body::from(self.page.html.clone()));
        *response.headers_mut() = self.headers.clone();
        response.extensions_mut().insert(self.compressed.clone());
        response
    }
}

/// The pages of one version of the data: with the next commit, all are over.
#[derive(Default)]
struct Shelf {
    version: Option<Version>,
    pages: HashMap<Asked, Kept>,
    bytes: usize,
}

impl Shelf {
    fn clear(&mut self) {
        self.pages.clear();
        self.bytes = 0;
    }
}

/// The pages that one process keeps.
#[derive(Default)]
pub(crate) struct KeptPages(Mutex<Shelf>);

impl KeptPages {
    /// The page that was asked for, where it still is what it would be if it were made now. `version` must be older than
    /// what is known of who asks.
    pub(crate) fn find(&self, asked: &Asked, version: &Version, now: Timestamp) -> Option<Response> {
        let shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shelf.version.as_ref() != Some(version) {
            return None;
        }
        shelf.pages.get(asked).filter(|kept| kept.holds_at(now)).map(Kept::response)
    }

    /// Keeps the page of a response, if it may be. `version` and `now` must be older than all that the page shows.
    pub(crate) fn keep(&self, asked: Asked, version: Version, now: Timestamp, mut response: Response) -> Response {
        let Some(page) = response.extensions_mut().remove::<Lasting>() else { return response };
        let compressed = CompressedOnce::default();
        response.extensions_mut().insert(compressed.clone());
        let kept = Kept { headers: response.headers().clone(), page, compressed, made_at: now };
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shelf.version.as_ref() != Some(&version) || shelf.bytes + kept.page.html.len() > MOST {
            shelf.clear();
            shelf.version = Some(version);
        }
        shelf.bytes += kept.page.html.len();
        if let Some(before) = shelf.pages.insert(asked, kept) {
            shelf.bytes -= before.page.html.len();
        }
        response
    }
}

impl std::fmt::Debug for KeptPages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeptPages").finish_non_exhaustive()
    }
}
