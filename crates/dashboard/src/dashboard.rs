//! The state that all pages share.

use std::sync::Arc;

use vestibule_core::{link, public_path};
use vestibule_flows::Flows;
use vestibule_notify::MailDestination;
use vestibule_transfer::Uploads;
use vestibule_user::Invite;
use vestibule_web::Web;

use crate::ROOT;
use crate::assets::Assets;
use crate::brand::Brand;
use crate::home::Days;
use crate::page_cache::PageCache;
use crate::settings::Installation;

/// The state that all pages share: that of the API's routes, and the public URL.
#[derive(Debug, Clone)]
pub struct Dashboard {
    pub(crate) web: Web,
    /// The start of every link, without a trailing slash.
    pub(crate) public_url: String,
    /// The path below which the pages are, as requests for them arrive.
    path: String,
    /// The path below which the pages are, as browsers see it: that of the public URL comes first.
    public: String,
    pub(crate) page_cache: Arc<PageCache>,
    pub(crate) days: Arc<Days>,
    pub(crate) brand: Arc<Brand>,
    pub(crate) assets: Arc<Assets>,
    pub(crate) installation: Arc<Installation>,
    pub(crate) uploads: Uploads,
    /// How mails are sent, if the program can.
    pub(crate) mails: Option<MailDestination>,
}

impl Dashboard {
    /// Creates the pages with this state, at `public_url`: `https://people.example.com`.
    pub fn new(web: Web, public_url: impl Into<String>) -> Self {
        let mut public_url: String = public_url.into();
        let brand = Arc::new(Brand::default());
        let assets = Arc::new(Assets::new(&brand));
        public_url.truncate(public_url.trim_end_matches('/').len());
        let public = format!("{}{ROOT}", public_path(&public_url));
        Self {
            uploads: Uploads::new(web.flows.clone()),
            web,
            public_url,
            path: ROOT.to_owned(),
            public,
            page_cache: Arc::default(),
            days: Arc::default(),
            brand,
            assets,
            installation: Arc::default(),
            mails: None,
        }
    }

    /// Shows another name, logo and colour than Vestibule's.
    #[must_use]
    pub fn with_brand(mut self, brand: Brand) -> Self {
        self.assets = Arc::new(Assets::new(&brand));
        self.brand = Arc::new(brand);
        self
    }

    /// Tells the page of settings what the program knows of itself.
    #[must_use]
    pub fn with_installation(mut self, installation: Installation) -> Self {
        self.installation = Arc::new(installation);
        self
    }

    /// Has the pages send test mails and show how an invitation looks, as this destination sends them.
    #[must_use]
    pub fn with_mails(mut self, mails: MailDestination) -> Self {
        self.mails = Some(mails);
        self
    }

    /// Serves the pages below another path, such as `/people`.
    #[must_use]
    pub fn below(mut self, path: &str) -> Self {
        self.path = path.trim_end_matches('/').to_owned();
        self.public = format!("{}{}", public_path(&self.public_url), self.path);
        self
    }

    /// Returns the path in the browser of a page that the code knows as `/app/users`.
    pub(crate) fn outside(&self, path: &str) -> String {
        path.strip_prefix(ROOT).map_or_else(|| path.to_owned(), |rest| format!("{}{rest}", self.public))
    }

    /// Returns the path at which requests arrive for a page that the code knows as `/app/users`.
    pub(crate) fn routed(&self, path: &str) -> String {
        path.strip_prefix(ROOT).map_or_else(|| path.to_owned(), |rest| format!("{}{rest}", self.path))
    }

    /// Returns the path by which the code knows a page that was requested, such as `/app/users`.
    pub(crate) fn inside(&self, path: &str) -> String {
        path.strip_prefix(&self.path).map_or_else(|| path.to_owned(), |rest| format!("{ROOT}{rest}"))
    }

    /// Returns the path by which the code knows a page at this path in the browser; none for any other path.
    pub(crate) fn inside_public(&self, path: &str) -> Option<String> {
        path.strip_prefix(&self.public).map(|rest| format!("{ROOT}{rest}"))
    }

    /// Replaces the paths in a page's HTML by those in the browser. In text from users the quotation mark before a path is escaped,
    /// so only the templates' own paths are replaced.
    pub(crate) fn outside_html(&self, html: String) -> String {
        if self.public == ROOT {
            return html;
        }
        ["href", "action", "src"].iter().fold(html, |html, attribute| {
            html.replace(&format!("{attribute}=\"{ROOT}"), &format!("{attribute}=\"{}", self.public))
        })
    }

    /// Returns the address of a page, for other websites and mails.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("{}{}", self.public_url, self.routed(path))
    }

    pub(crate) fn flows(&self) -> &Flows {
        &self.web.flows
    }

    /// Returns the link that accepts an invite.
    pub(crate) fn invite_link(&self, invite: &Invite) -> String {
        link(&self.public_url, &self.routed("/app/invite"), "token", invite.token.as_deref().unwrap_or_default())
    }

    /// Returns the link that sets a new password.
    pub(crate) fn reset_link(&self, token: &str) -> String {
        link(&self.public_url, &self.routed("/app/reset-password"), "token", token)
    }
}
