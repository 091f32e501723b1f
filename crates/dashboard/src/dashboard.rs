//! What all pages share.

use std::sync::Arc;

use vestibule_core::link;
use vestibule_flows::Flows;
use vestibule_user::Invite;
use vestibule_web::Web;

use crate::ROOT;
use crate::page_cache::KeptPages;

/// What all pages share: what the routes of the API share, and where people reach us.
#[derive(Debug, Clone)]
pub struct Dashboard {
    pub(crate) web: Web,
    /// The start of every link that is given to people, without a slash at its end.
    pub(crate) public_url: String,
    /// Below which path the pages are.
    path: String,
    pub(crate) kept: Arc<KeptPages>,
}

impl Dashboard {
    /// Pages with this state, for people who reach it at `public_url`: `https://people.example.com`.
    pub fn new(web: Web, public_url: impl Into<String>) -> Self {
        let mut public_url: String = public_url.into();
        public_url.truncate(public_url.trim_end_matches('/').len());
        Self { web, public_url, path: ROOT.to_owned(), kept: Arc::default() }
    }

    /// The same pages below another path, such as `/people`.
    #[must_use]
    pub fn below(mut self, path: &str) -> Self {
        self.path = path.trim_end_matches('/').to_owned();
        self
    }

    /// Where people find a page that the code knows as `/app/users`.
    pub(crate) fn outside(&self, path: &str) -> String {
        match path.strip_prefix(ROOT) {
            Some(rest) if self.path != ROOT => format!("{}{rest}", self.path),
            _ => path.to_owned(),
        }
    }

    /// What the code knows a page as: `/app/users`, wherever people find it.
    pub(crate) fn inside(&self, path: &str) -> String {
        path.strip_prefix(&self.path).map_or_else(|| path.to_owned(), |rest| format!("{ROOT}{rest}"))
    }

    /// A page's HTML with its links, forms and files where people find them. In text that people wrote, the quotation
    /// mark before a path is escaped, so that only what the templates wrote is changed.
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

    /// The link by which somebody accepts an invite.
    pub(crate) fn invite_link(&self, invite: &Invite) -> String {
        link(&self.public_url, &self.outside("/app/invite"), "token", invite.token.as_deref().unwrap_or_default())
    }

    /// The link by which somebody sets a new password.
    pub(crate) fn reset_link(&self, token: &str) -> String {
        link(&self.public_url, &self.outside("/app/reset-password"), "token", token)
    }
}
