//! API keys.

mod create;
mod find;
mod list;
mod revoke;

use vestibule_auth::{CreateApiKey, CreatedApiKey};

use crate::support::Module;

impl Module {
    /// A key of this title, for ever.
    pub(crate) async fn api_key(&self, title: &str) -> CreatedApiKey {
        let create = CreateApiKey { title: title.to_owned(), ..CreateApiKey::default() };
        self.service.create_api_key(&create).await.unwrap()
    }
}
