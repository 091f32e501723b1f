//! Whether a request comes from the server's own pages, as far as browsers report it.

use http::header::{COOKIE, HOST, ORIGIN};
use http::{HeaderMap, Method};

use super::origin::Origin;

/// The pages that may use a user's session: the server's own and those of the allow-list.
#[derive(Debug, Clone)]
pub(super) struct TrustedOrigins {
    public: Option<Origin>,
    listed: Vec<Origin>,
}

/// What a request's headers prove about the page that sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// A trusted page sent it, or no page did.
    Given,
    /// A page sent it, and the browser does not name it. A form has its token as the proof; a JSON route has none.
    Missing,
    /// An untrusted page sent it.
    Refuted,
}

impl TrustedOrigins {
    pub(super) fn new(public: Option<Origin>, listed: Vec<Origin>) -> Self {
        Self { public, listed }
    }

    /// Returns whether the page behind a request may act with the cookie that the browser added.
    ///
    /// A proof is needed only if the method may change something and a cookie is sent. A client that sends neither
    /// `Origin` nor `Sec-Fetch-Site` is no browser, so no page made it send its cookie.
    pub(super) fn proof(&self, method: &Method, headers: &HeaderMap) -> Proof {
        let is_safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE);
        if is_safe || !headers.contains_key(COOKIE) { Proof::Given } else { self.proof_of_page(headers) }
    }

    /// Returns whether a request's headers name a trusted page, or none.
    pub(super) fn are_behind(&self, headers: &HeaderMap) -> bool {
        self.proof_of_page(headers) == Proof::Given
    }

    /// `Origin` decides if it names an origin. It is `null` on pages with `Referrer-Policy: no-referrer`, also for
    /// their own forms; then, and without the header, `Sec-Fetch-Site` decides, which no page can forge. Browsers send
    /// that header over https and to localhost only, and older ones never (security.md 40).
    fn proof_of_page(&self, headers: &HeaderMap) -> Proof {
        let site = headers.get("sec-fetch-site").map(|site| site.as_bytes());
        let is_from_here = matches!(site, Some(b"same-origin" | b"none"));
        let is_trusted = match headers.get(ORIGIN).map(|origin| origin.to_str().unwrap_or("?")) {
            Some("null") if site.is_none() => return Proof::Missing,
            Some("null") => is_from_here,
            Some(origin) => self.include(origin) || (self.serve(origin, headers) && (is_from_here || site.is_none())),
            None => is_from_here || site.is_none(),
        };
        if is_trusted { Proof::Given } else { Proof::Refuted }
    }

    /// Returns whether `origin` is configured as the server's own or as allowed.
    fn include(&self, origin: &str) -> bool {
        self.public.iter().chain(&self.listed).any(|known| known.is(origin))
    }

    /// Returns whether the request was sent to `origin`. `Host` does not name the scheme: https is required if the
    /// public URL is https, so that a page forged over plain http gets nothing.
    fn serve(&self, origin: &str, headers: &HeaderMap) -> bool {
        let Some((scheme, authority)) = origin.split_once("://") else { return false };
        let https_only = self.public.as_ref().is_some_and(Origin::is_https);
        let host = headers.get(HOST).map(|host| host.as_bytes());
        (scheme == "https" || (scheme == "http" && !https_only))
            && host.is_some_and(|host| host.eq_ignore_ascii_case(authority.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(public: &str, headers: &[(&'static str, &'static str)]) -> bool {
        let trusted = TrustedOrigins::new(
            Origin::of_url(public).ok(),
            vec!["https://admin.example".parse().unwrap(), "http://localhost:5173".parse().unwrap()],
        );
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        trusted.proof(&Method::POST, &headers) == Proof::Given
    }

    const COOKIE: (&str, &str) = ("cookie", "connect.sid=s");
    const HOST: (&str, &str) = ("host", "shop.example:9000");

    #[test]
    fn own_and_listed_pages_may_use_the_session() {
        for origin in [
            "http://shop.example:9000",
            "https://shop.example:9000",
            "https://public.example",
            "https://admin.example",
            "http://localhost:5173",
        ] {
            assert!(allowed("https://public.example", &[COOKIE, ("origin", origin)]) || origin.contains("shop"));
            assert!(allowed("http://public.example", &[COOKIE, HOST, ("origin", origin)]) || origin.contains("public"));
        }
        assert!(allowed("http://a.example", &[COOKIE, ("host", "A.Example"), ("origin", "http://a.example")]));
        assert!(allowed("", &[COOKIE, HOST, ("origin", "https://admin.example"), ("sec-fetch-site", "cross-site")]));
    }

    #[test]
    fn other_pages_may_not() {
        for origin in [
            "http://evil.example",
            "null",
            "",
            "?",
            "http://shop.example",
            "http://shop.example:9000.evil.example",
            "https://admin.example.evil.example",
            "http://admin.example",
            "https://admin.example/",
            "file://",
            "shop.example:9000",
        ] {
            assert!(!allowed("http://public.example", &[COOKIE, HOST, ("origin", origin)]), "{origin}");
        }
        for site in ["cross-site", "same-site", "", "rubbish"] {
            assert!(!allowed("", &[COOKIE, HOST, ("sec-fetch-site", site)]), "{site}");
            let own = ("origin", "http://shop.example:9000");
            assert!(!allowed("", &[COOKIE, HOST, own, ("sec-fetch-site", site)]), "{site}");
        }
    }

    #[test]
    fn a_page_forged_into_plain_http_gets_nothing_where_https_is_configured() {
        let from = [COOKIE, ("host", "shop.example"), ("origin", "http://shop.example")];
        assert!(!allowed("https://shop.example", &from));
        assert!(!allowed("https://other.example", &from));
        assert!(allowed("http://other.example", &from));
    }

    #[test]
    fn own_forms_without_referrer_are_recognized_by_sec_fetch_site() {
        assert!(allowed("", &[COOKIE, HOST, ("origin", "null"), ("sec-fetch-site", "same-origin")]));
        assert!(!allowed("", &[COOKIE, HOST, ("origin", "null"), ("sec-fetch-site", "cross-site")]));
        assert!(allowed("", &[COOKIE, HOST, ("sec-fetch-site", "same-origin")]));
        assert!(!allowed("", &[COOKIE, HOST, ("origin", "http://evil.example"), ("sec-fetch-site", "same-origin")]));
    }

    #[test]
    fn without_an_origin_the_form_token_is_the_proof() {
        let trusted = TrustedOrigins::new(Origin::of_url("http://localhost:9000").ok(), Vec::new());
        for (site, proof) in [
            (None, Proof::Missing),
            (Some("same-origin"), Proof::Given),
            (Some("same-site"), Proof::Refuted),
            (Some("cross-site"), Proof::Refuted),
        ] {
            let headers =
                [COOKIE, HOST, ("origin", "null")].into_iter().chain(site.map(|site| ("sec-fetch-site", site)));
            let headers = headers.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            assert_eq!(trusted.proof(&Method::POST, &headers), proof, "{site:?}");
        }
    }

    #[test]
    fn without_cookie_or_browser_no_proof_is_needed() {
        assert!(allowed("", &[HOST, ("origin", "http://evil.example"), ("sec-fetch-site", "cross-site")]));
        assert!(allowed("", &[HOST, COOKIE]));
    }
}
