//! The path under which the server is published, such as `/accounts` in `https://example.com/accounts`.

use http::Uri;
use vestibule_core::public_path;

/// The path of the public URL. A proxy may remove it from the requests or leave it in them: the routes never see it.
#[derive(Debug, Clone)]
pub(super) struct PublicPath(String);

impl PublicPath {
    /// Returns the path of a public URL, if it has one.
    pub(super) fn of_url(url: &str) -> Option<Self> {
        Some(public_path(url)).filter(|path| !path.is_empty()).map(|path| Self(path.to_owned()))
    }

    /// Removes the path from the start of a request's target, where the proxy has left it.
    pub(super) fn remove_from(&self, uri: &mut Uri) {
        if let Some(without) = self.without(uri) {
            *uri = without;
        }
    }

    fn without(&self, uri: &Uri) -> Option<Uri> {
        let rest = uri.path().strip_prefix(&self.0)?;
        let path = match rest {
            "" => "/",
            rest if rest.starts_with('/') => rest,
            _ => return None,
        };
        let target = uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = Some(target.parse().ok()?);
        Uri::from_parts(parts).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_removed_where_it_is_whole() {
        let published = PublicPath::of_url("https://example.com/accounts/").unwrap();
        for (sent, seen) in [
            ("/accounts", "/"),
            ("/accounts/", "/"),
            ("/accounts?a=b", "/?a=b"),
            ("/accounts/app/users?q=a%2Fb", "/app/users?q=a%2Fb"),
            ("/accounts/accounts/x", "/accounts/x"),
            ("/app/users?q=/accounts", "/app/users?q=/accounts"),
            ("/accountsx", "/accountsx"),
            ("http://example.com/accounts/app", "http://example.com/app"),
            ("*", "*"),
        ] {
            let mut uri = sent.parse().unwrap();
            published.remove_from(&mut uri);
            assert_eq!(uri, seen, "{sent}");
        }
        assert!(PublicPath::of_url("https://example.com/").is_none());
    }
}
