//! Rendered pages, cached until a commit, or until one of their times changes.
//!
//! Most requests for a list return what the last one did, and reading and rendering it is nearly all of its cost. The
//! caller is still identified for each request: a cached page is sent only to the session it was rendered for, and only
//! while that may see it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::HeaderMap;
use vestibule_core::Timestamp;
use vestibule_database::Version;
use vestibule_server::CompressedOnce;

use vestibule_language::Language;

use crate::theme::Theme;

/// The most bytes of the cache, without the compressed forms, which add a tenth.
const MOST: usize = 4 * 1024 * 1024;

/// The bytes of a page besides its text and its path: headers, token, the entry itself.
const OVERHEAD: usize = 2 * 1024;

/// The session that a page is for, and its path.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// The token of the session's forms, which no other session has.
    pub(crate) form_token: String,
    pub(crate) language: Language,
    pub(crate) theme: Theme,
    /// The path with its query.
    pub(crate) here: String,
}

/// A page that may be cached, as an extension of its response.
#[derive(Clone)]
pub(crate) struct Lasting {
    pub(crate) html: Bytes,
    /// When the first of its times changes, if any.
    pub(crate) until: Option<Timestamp>,
}

struct CachedPage {
    page: Lasting,
    headers: HeaderMap,
    compressed: CompressedOnce,
    made_at: Timestamp,
    bytes: usize,
}

impl CachedPage {
    fn holds_at(&self, now: Timestamp) -> bool {
        // The clock may be set back.
        self.made_at <= now && self.page.until.is_none_or(|until| now < until)
    }

    fn response(&self) -> Response {
        let mut response = Response::new(Body::from(self.page.html.clone()));
        *response.headers_mut() = self.headers.clone();
        response.extensions_mut().insert(self.compressed.clone());
        response
    }
}

/// The pages of one version of the data: the next commit invalidates them all.
#[derive(Default)]
struct CachedPages {
    version: Option<Version>,
    pages: HashMap<Key, CachedPage>,
    bytes: usize,
}

impl CachedPages {
    fn clear(&mut self) {
        self.pages.clear();
        self.bytes = 0;
    }
}

/// The cached pages of one process.
#[derive(Default)]
pub(crate) struct PageCache(Mutex<CachedPages>);

impl PageCache {
    /// Returns a cached page that is still current. `version` must have been read before the caller was identified.
    pub(crate) fn find(&self, key: &Key, version: &Version, now: Timestamp) -> Option<Response> {
        let cached_pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cached_pages.version.as_ref() != Some(version) {
            return None;
        }
        cached_pages.pages.get(key).filter(|cached| cached.holds_at(now)).map(CachedPage::response)
    }

    /// Caches the page of a response, if it may be. `version` and `now` must have been read before all that the page shows.
    pub(crate) fn keep(&self, key: Key, version: Version, now: Timestamp, mut response: Response) -> Response {
        let Some(page) = response.extensions_mut().remove::<Lasting>() else { return response };
        let compressed = CompressedOnce::default();
        response.extensions_mut().insert(compressed.clone());
        let bytes = page.html.len() + key.here.len() + OVERHEAD;
        let cached = CachedPage { headers: response.headers().clone(), page, compressed, made_at: now, bytes };
        let mut cached_pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cached_pages.version.as_ref() != Some(&version) || cached_pages.bytes + bytes > MOST {
            cached_pages.clear();
            cached_pages.version = Some(version);
        }
        cached_pages.bytes += bytes;
        if let Some(before) = cached_pages.pages.insert(key, cached) {
            cached_pages.bytes -= before.bytes;
        }
        response
    }
}

impl std::fmt::Debug for PageCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PageCache").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::response::IntoResponse;
    use vestibule_testing::TestDatabase;

    use super::*;

    fn key(here: &str) -> Key {
        Key {
            form_token: "a token".to_owned(),
            language: Language::English,
            theme: Theme::System,
            here: here.to_owned(),
        }
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

    /// Returns a version before a commit, and the one after it.
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
    async fn a_page_is_found_until_a_commit_or_until_a_time_changes() {
        let [before, after] = versions().await;
        let later = now() + Duration::from_secs(60);
        let is_found =
            |cache: &PageCache, here: &str, version: &Version, now| cache.find(&key(here), version, now).is_some();

        let cache = PageCache::default();
        drop(cache.keep(key("/app/a"), before.clone(), now(), lasting("a", Some(later))));
        drop(cache.keep(key("/app/b"), before.clone(), now(), lasting("b", None)));
        // This response is not marked as cacheable.
        drop(cache.keep(key("/app/c"), before.clone(), now(), "c".into_response()));
        assert!(is_found(&cache, "/app/a", &before, now()));
        assert!(is_found(&cache, "/app/a", &before, later - Duration::from_micros(1)));
        assert!(!is_found(&cache, "/app/a", &before, later));
        assert!(!is_found(&cache, "/app/a", &before, now() - Duration::from_micros(1)), "the clock was set back");
        assert!(is_found(&cache, "/app/b", &before, later));
        assert!(!is_found(&cache, "/app/c", &before, now()));
        assert!(!is_found(&cache, "/app/a", &after, now()));

        drop(cache.keep(key("/app/b"), after.clone(), now(), lasting("b", None)));
        assert!(is_found(&cache, "/app/b", &after, now()));
        assert!(!is_found(&cache, "/app/a", &before, now()), "all pages of an earlier version are over");
    }

    #[tokio::test]
    async fn a_page_is_for_one_session_in_one_language_and_theme() {
        let [version, _] = versions().await;
        let cache = PageCache::default();
        drop(cache.keep(key("/app/a"), version.clone(), now(), lasting("a", None)));
        let others = [
            Key { form_token: "another token".to_owned(), ..key("/app/a") },
            Key { language: Language::German, ..key("/app/a") },
            Key { theme: Theme::Dark, ..key("/app/a") },
            key("/app/a?q=b"),
        ];
        assert!(others.iter().all(|other| cache.find(other, &version, now()).is_none()));
    }

    #[tokio::test]
    async fn the_size_of_the_cache_is_bounded() {
        let [version, _] = versions().await;
        let cache = PageCache::default();
        let html = "x".repeat(MOST / 4 - OVERHEAD - "/app/0".len());
        let keep = |number: usize| {
            drop(cache.keep(key(&format!("/app/{number}")), version.clone(), now(), lasting(&html, None)));
        };
        for number in [0, 1, 2, 2, 2, 3] {
            keep(number);
        }
        let found = |number: usize| cache.find(&key(&format!("/app/{number}")), &version, now()).is_some();
        assert!((0..4).all(found), "the same one again takes no more");
        keep(4);
        assert!(found(4) && !(0..4).any(found), "all are removed at once");
    }
}
