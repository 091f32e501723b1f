//! Where browsers reach the server, as far as its cookies depend on it.

use vestibule_core::public_path;

/// Where browsers reach the server: by https or not, and below which path. Cookies are for this place and no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    https: bool,
    /// Without a slash at its end; empty for the root.
    path: String,
}

/// A cookie's name by plain http, and by https at the root and below a path. Only `__Host-` keeps other hosts of the domain
/// from setting the cookie, and it requires `Path=/`; `__Secure-` keeps plain http from setting it.
pub(crate) type CookieNames = [&'static str; 3];

impl Site {
    /// Returns the root of a host.
    pub fn root(https: bool) -> Self {
        Self { https, path: String::new() }
    }

    /// Returns the site at this public URL.
    pub fn at(public_url: &str) -> Self {
        Self { https: public_url.starts_with("https:"), path: public_path(public_url).to_owned() }
    }

    /// Returns whether clients use https: then cookies are sent by https only.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Returns the path below which everything is, such as `/accounts`; empty for the root.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the path of cookies that are sent with every request.
    pub(crate) fn cookie_path(&self) -> &str {
        if self.path.is_empty() { "/" } else { &self.path }
    }

    /// Returns the name that a cookie has here.
    pub(crate) fn name(&self, [plain, root, below]: CookieNames) -> &'static str {
        match (self.https, self.path.is_empty()) {
            (false, _) => plain,
            (true, true) => root,
            (true, false) => below,
        }
    }
}
