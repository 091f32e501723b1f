//! What all pages share.

use std::sync::Arc;

use vestibule_core::link;
use vestibule_flows::Flows;
use vestibule_http::Api;
use vestibule_user::Invite;

use crate::kept::KeptPages;

/// What all pages share: what the routes of the API share, and where people reach us.
#[derive(Debug, Clone)]
pub struct Dashboard {
    pub(crate) api: Api,
    /// The start of every link that is given to people, without a slash at its end.
    pub(crate) public_url: String,
    pub(crate) kept: Arc<KeptPages>,
}

impl Dashboard {
    /// Pages that do what this API does, for people who reach it at `public_url`: `https://people.example.com`.
    pub fn new(api: Api, public_url: impl Into<String>) -> Self {
        let mut public_url: String = public_url.into();
        public_url.truncate(public_url.trim_end_matches('/').len());
        Self { api, public_url, kept: Arc::default() }
    }

    pub(crate) fn flows(&self) -> &Flows {
        &self.api.flows
    }

    /// The link by which somebody accepts an invite.
    pub(crate) fn invite_link(&self, invite: &Invite) -> String {
        link(&self.public_url, "/app/invite", "token", invite.token.as_deref().unwrap_or_default())
    }

    /// The link by which somebody sets a new password.
    pub(crate) fn reset_link(&self, token: &str) -> String {
        link(&self.public_url, "/app/reset-password", "token", token)
    }
}
