//! A link of a provider that waits for the sign-in and the consent of the account's owner.
//!
//! It is stored as a state of a sign-in is: sealed, for ten minutes, for one browser, and works once.

use serde::{Deserialize, Deserializer, Serialize};
use vestibule_database::{Error, Transaction};

use super::AuthIdentityId;
use crate::AuthModule;
use crate::providers::{Browser, PROVIDER_STATE_LIFETIME};

/// What the states are stored under: no provider has such a name.
const PLACE: &str = "pending link";

/// A link that waits for its consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingLink {
    /// The identity that the provider has proved, and that no one owns.
    #[serde(deserialize_with = "read_id")]
    pub auth_identity_id: AuthIdentityId,
    /// The provider.
    pub provider: String,
    /// The id of the actor who is to consent.
    pub actor_id: String,
}

fn read_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AuthIdentityId, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

impl AuthModule {
    /// Remembers a link for ten minutes, for an actor of this type in this browser. Returns the state by which it is found.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database; [`Error::Other`] for [`Browser::Unknown`].
    pub async fn create_pending_link(
        &self,
        link: &PendingLink,
        actor_type: &str,
        browser: &Browser,
    ) -> Result<String, Error> {
        self.provider_states(PLACE, actor_type, browser).remember(link, PROVIDER_STATE_LIFETIME).await
    }

    /// Finds a link that waits in this browser.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_pending_link(
        &self,
        state: &str,
        actor_type: &str,
        browser: &Browser,
    ) -> Result<Option<PendingLink>, Error> {
        self.provider_states(PLACE, actor_type, browser).find(state).await
    }

    /// Takes a link, within the transaction that makes it. Of concurrent callers, one gets it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn take_pending_link_within(
        &self,
        transaction: &mut Transaction,
        state: &str,
        actor_type: &str,
        browser: &Browser,
    ) -> Result<Option<PendingLink>, Error> {
        self.provider_states(PLACE, actor_type, browser).take_within(transaction, state).await
    }
}
