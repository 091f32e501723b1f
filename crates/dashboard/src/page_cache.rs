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
use vestibule_server::CompressedOnce;

use vestibule_language::Language;

/// How many bytes are kept at most, their compressed forms, which are a tenth of it, not counted.
const MOST: usize = 4 * 1024 * 1024;

/// What a page takes beside its text and its path: headers, token, its place among the others.
const BESIDE: usize = 2 * 1024;

/// For whom a page is, and what it shows.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
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
    bytes: usize,
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
    pages: HashMap<Key, Kept>,
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
    pub(crate) fn find(&self, asked: &Key, version: &Version, now: Timestamp) -> Option<Response> {
        let shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shelf.version.as_ref() != Some(version) {
            return None;
        }
        shelf.pages.get(asked).filter(|kept| kept.holds_at(now)).map(Kept::response)
    }

    /// Keeps the page of a response, if it may be. `version` and `now` must be older than all that the page shows.
    pub(crate) fn keep(&self, asked: Key, version: Version, now: Timestamp, mut response: Response) -> Response {
        let Some(page) = response.extensions_mut().remove::<Lasting>() else { return response };
        let compressed = CompressedOnce::default();
        response.extensions_mut().insert(compressed.clone());
        let bytes = page.html.len() + asked.here.len() + BESIDE;
        let kept = Kept { headers: response.headers().clone(), page, compressed, made_at: now, bytes };
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shelf.version.as_ref() != Some(&version) || shelf.bytes + bytes > MOST {
            shelf.clear();
            shelf.version = Some(version);
        }
        shelf.bytes += bytes;
        if let Some(before) = shelf.pages.insert(asked, kept) {
            shelf.bytes -= before.bytes;
        }
        response
    }
}

impl std::fmt::Debug for KeptPages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeptPages").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::response::IntoResponse;
    use vestibule_testing::TestDatabase;

    use super::*;

    fn asked(here: &str) -> Key {
        Key { form_token: "a token".to_owned(), language: Language::English, here: here.to_owned() }
    }

    fn now() -> Timestamp {
        "2026-11-26T08:10:00Z".parse().unwrap()
    }

    fn lasting(html: &str, until: Option<Timestamp>) -> Response {
        let html = Bytes::from(html.to_owned());
        let mut response = html.clone().into_response();
        response.extensions_mut().insert(Lasting { html, until });
        response
    }

    /// A version before a commit, and the one after it.
    async fn versions() -> [Version; 2] {
        let place = TestDatabase::sqlite();
        let database = place.open().await;
        let before = database.version().await.unwrap();
        let mut transaction = database.begin().await.unwrap();
        transaction.execute("CREATE TABLE things (id bigint)", &[]).await.unwrap();
        transaction.commit().await.unwrap();
        [before, database.version().await.unwrap()]
    }

    #[tokio::test]
    async fn a_page_is_found_until_something_is_committed_or_a_time_reads_otherwise() {
        let [before, after] = versions().await;
        let later = now() + Duration::from_secs(60);
        let is_found =
            |kept: &KeptPages, here: &str, version: &Version, now| kept.find(&asked(here), version, now).is_some();

        let kept = KeptPages::default();
        drop(kept.keep(asked("/app/a"), before.clone(), now(), lasting("a", Some(later))));
        drop(kept.keep(asked("/app/b"), before.clone(), now(), lasting("b", None)));
        // This one has said nothing of how long it lasts.
        drop(kept.keep(asked("/app/c"), before.clone(), now(), "c".into_response()));
        assert!(is_found(&kept, "/app/a", &before, now()));
        assert!(is_found(&kept, "/app/a", &before, later - Duration::from_micros(1)));
        assert!(!is_found(&kept, "/app/a", &before, later));
        assert!(!is_found(&kept, "/app/a", &before, now() - Duration::from_micros(1)), "the clock was set back");
        assert!(is_found(&kept, "/app/b", &before, later));
        assert!(!is_found(&kept, "/app/c", &before, now()));
        assert!(!is_found(&kept, "/app/a", &after, now()));

        drop(kept.keep(asked("/app/b"), after.clone(), now(), lasting("b", None)));
        assert!(is_found(&kept, "/app/b", &after, now()));
        assert!(!is_found(&kept, "/app/a", &before, now()), "all pages of an earlier version are over");
    }

    #[tokio::test]
    async fn a_page_is_that_of_one_session_in_one_language() {
        let [version, _] = versions().await;
        let kept = KeptPages::default();
        drop(kept.keep(asked("/app/a"), version.clone(), now(), lasting("a", None)));
        let others = [
            Key { form_token: "another token".to_owned(), ..asked("/app/a") },
            Key { language: Language::German, ..asked("/app/a") },
            asked("/app/a?q=b"),
        ];
        assert!(others.iter().all(|other| kept.find(other, &version, now()).is_none()));
    }

    #[tokio::test]
    async fn no_more_than_so_many_bytes_are_kept() {
        let [version, _] = versions().await;
        let kept = KeptPages::default();
        let html = "x".repeat(MOST / 4 - BESIDE - "/app/0".len());
        let keep = |number: usize| {
            drop(kept.keep(asked(&format!("/app/{number}")), version.clone(), now(), lasting(&html, None)));
        };
        for number in [0, 1, 2, 2, 2, 3] {
            keep(number);
        }
        let found = |number: usize| kept.find(&asked(&format!("/app/{number}")), &version, now()).is_some();
        assert!((0..4).all(found), "the same one again takes no more");
        keep(4);
        assert!(found(4) && !(0..4).any(found), "all make way at once");
    }
}
