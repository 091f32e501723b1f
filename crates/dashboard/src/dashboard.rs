//! The state that all pages share.

use std::sync::Arc;

use vestibule_core::link;
use vestibule_flows::Flows;
use vestibule_user::Invite;
use vestibule_web::Web;

use crate::ROOT;
use crate::page_cache::PageCache;

/// The state that all pages share: that of the API's routes, and the public URL.
#[derive(Debug, Clone)]
pub struct Dashboard {
    pub(crate) web: Web,
    /// The start of every link, without a trailing slash.
    pub(crate) public_url: String,
    /// The path below which the pages are.
    path: String,
    pub(crate) page_cache: Arc<PageCache>,
}

impl Dashboard {
    /// Creates the pages with this state, at `public_url`: `https://people.example.com`.
    pub fn new(web: Web, public_url: impl Into<String>) -> Self {
        let mut public_url: String = public_url.into();
        public_url.truncate(public_url.trim_end_matches('/').len());
        Self { web, public_url, path: ROOT.to_owned(), page_cache: Arc::default() }
    }

    /// Serves the pages below another path, such as `/people`.
    #[must_use]
    pub fn below(mut self, path: &str) -> Self {
        self.path = path.trim_end_matches('/').to_owned();
        self
    }

    /// Returns the public path of a page that the code knows as `/app/users`.
    pub(crate) fn outside(&self, path: &str) -> String {
        match path.strip_prefix(ROOT) {
            Some(rest) if self.path != ROOT => format!("{}{rest}", self.path),
            _ => path.to_owned(),
        }
    }

    /// Returns the path by which the code knows a page, such as `/app/users`.
    pub(crate) fn inside(&self, path: &str) -> String {
        path.strip_prefix(&self.path).map_or_else(|| path.to_owned(), |rest| format!("{ROOT}{rest}"))
    }

    /// Replaces the paths in a page's HTML by public ones. In text from users the quotation mark before a path is escaped,
    /// so only the templates' own paths are replaced.
    pub(crate) fn outside_html(&self, html: String) -> String {
        if self.path == ROOT {
            return html;
        }
        ["href", "action", "src"].iter().fold(html, |html, attribute| {
            html.replace(&format!("{attribute}=\"{ROOT}"), &format!("{attribute}=\"{}", self.path))
        })
    }

    pub(crate) fn flows(&self) -> &Flows {
        &self.web.flows
    }

    /// Returns the link that accepts an invite.
    pub(crate) fn invite_link(&self, invite: &Invite) -> String {
        link(&self.public_url, &self.outside("/app/invite"), "token", invite.token.as_deref().unwrap_or_default())
    }

    /// Returns the link that sets a new password.
    pub(crate) fn reset_link(&self, token: &str) -> String {
        link(&self.public_url, &self.outside("/app/reset-password"), "token", token)
    }
}
