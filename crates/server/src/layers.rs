//! The middleware that every request and response passes.

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use tower::ServiceExt as _;
use vestibule_core::Environment;

use super::client_address::{TrustedProxies, UntrustedProxy};
use super::compression::Compression;
use super::cors::Cors;
use super::middleware::{Middleware, MiddlewareLayer};
use super::origin::{InvalidOrigin, Origin};
use super::public_path::PublicPath;
use super::request_id::RequestIds;
use super::same_origin::TrustedOrigins;
use super::security_headers::SecurityHeaders;

/// The default limit of a request's body: 256 KiB.
const BODY_LIMIT: usize = 256 * 1024;

/// The configuration of [`with_layers`].
#[derive(Clone)]
pub struct LayerConfig {
    environment: Environment,
    proxies: TrustedProxies,
    public: Option<Origin>,
    public_path: Option<PublicPath>,
    cors: Vec<Origin>,
    body_limit: usize,
    pages: Option<String>,
    foreign_forms: Option<String>,
    uploads: Option<String>,
    hsts_subdomains: bool,
}

impl LayerConfig {
    /// No proxies, no public URL, no other websites, bodies up to 256 KiB.
    pub fn new(environment: Environment) -> Self {
        Self {
            environment,
            proxies: TrustedProxies::default(),
            public: None,
            public_path: None,
            cors: Vec::new(),
            body_limit: BODY_LIMIT,
            pages: None,
            foreign_forms: None,
            uploads: None,
            hsts_subdomains: false,
        }
    }

    /// Sets the proxies whose forwarding headers are used.
    pub fn trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        self.proxies = proxies;
        self
    }

    /// Sets the URL under which browsers reach the server. With https, browsers never use plain http
    /// (HSTS). Its path is removed from requests that have it: the routes are the same behind a proxy that removes the
    /// path and behind one that does not.
    ///
    /// # Errors
    ///
    /// [`InvalidOrigin`] where `url` does not begin with a scheme and a host.
    pub fn public_url(mut self, url: &str) -> Result<Self, InvalidOrigin> {
        self.public = Some(Origin::of_url(url)?);
        self.public_path = PublicPath::of_url(url);
        Ok(self)
    }

    /// Sets the websites whose pages may send requests to this server with its users' cookies (CORS).
    ///
    /// # Errors
    ///
    /// [`InvalidOrigin`] for the first that is not `scheme://host[:port]`.
    pub fn cors_origins<T: AsRef<str>>(mut self, origins: impl IntoIterator<Item = T>) -> Result<Self, InvalidOrigin> {
        self.cors = origins.into_iter().map(|origin| origin.as_ref().parse()).collect::<Result<_, _>>()?;
        Ok(self)
    }

    /// Sets the path below which the routes are pages, such as `/app`. A request to a page without a same-origin proof
    /// passes if the browser names no origin at all: the page must check the token of its form. Every other refusal
    /// reaches the page as a [`PageRefusal`](super::PageRefusal), which it renders.
    pub fn pages(mut self, path: &str) -> Self {
        self.pages = Some(path.to_owned());
        self
    }

    /// Sets the path, with a slash at its end, below which other websites may post a form: what has one more segment than it.
    /// Such a request reaches its route without cookies, so that it does nothing in the name of a user.
    pub fn foreign_forms(mut self, path: &str) -> Self {
        self.foreign_forms = Some(path.to_owned());
        self
    }

    /// Sets the path to which files are uploaded. Its route reads the body itself, within a limit of its own and once it knows the
    /// caller: a body that is read before is one that strangers can send.
    pub fn uploads(mut self, path: &str) -> Self {
        self.uploads = Some(path.to_owned());
        self
    }

    /// Sets whether HSTS includes the subdomains of the public URL's host.
    pub fn hsts_subdomains(mut self, include: bool) -> Self {
        self.hsts_subdomains = include;
        self
    }

    /// Sets the most bytes that a request's body may have.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }
}

impl fmt::Debug for LayerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { environment: _, proxies, public, public_path, cors, body_limit, .. } = self;
        let Self { pages, foreign_forms, uploads, hsts_subdomains, .. } = self;
        f.debug_struct("LayerConfig")
            .field("proxies", proxies)
            .field("public", public)
            .field("public_path", public_path)
            .field("cors", cors)
            .field("body_limit", body_limit)
            .field("pages", pages)
            .field("foreign_forms", foreign_forms)
            .field("uploads", uploads)
            .field("hsts_subdomains", hsts_subdomains)
            .finish_non_exhaustive()
    }
}

/// Wraps the routes of `router` in request ids, the client's address, the log, panic handling, the body limit, the
/// same-origin check, CORS, security headers and compression.
///
/// Routes and fallbacks that are added later are not wrapped.
pub fn with_layers(router: Router, config: &LayerConfig) -> Router {
    let middleware = Middleware {
        ids: RequestIds::new(&config.environment),
        proxies: config.proxies.clone(),
        trusted: TrustedOrigins::new(config.public.clone(), config.cors.clone()),
        cors: Cors::new(&config.cors),
        compression: Compression::new(),
        security: SecurityHeaders::new(config.public.as_ref().is_some_and(Origin::is_https), config.hsts_subdomains),
        body_limit: config.body_limit,
        pages: config.pages.clone(),
        foreign_forms: config.foreign_forms.clone(),
        uploads: config.uploads.clone(),
        untrusted_proxy: UntrustedProxy::default(),
    };
    // axum's extractors have a limit of their own, which could be lower than the configured one.
    let router = if config.body_limit > 2_000_000 { router.layer(DefaultBodyLimit::disable()) } else { router };
    let layered = router.layer(MiddlewareLayer(Arc::new(middleware)));
    match config.public_path.clone() {
        None => layered,
        // A layer runs when the route is found already.
        Some(path) => Router::new().fallback_service(layered.map_request(move |mut request: Request| {
            path.remove_from(request.uri_mut());
            request
        })),
    }
}
