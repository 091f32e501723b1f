//! The public data of providers.

use serde::Serialize;

use super::{AuthProvider, Flow};
use crate::AuthModule;

/// A sign-in method, without its options and secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Provider))]
pub struct AuthProviderInfo {
    /// Its name in routes: `emailpass`.
    pub id: String,
    /// The kind of provider. The same as `id`, as there is one provider of a kind.
    pub identifier: String,
    /// Its display name.
    pub display_name: String,
    /// How users sign in by it: `credentials`, `redirect`, `ceremony` or `code`.
    pub flow: Flow,
}

impl AuthProviderInfo {
    /// The public data of a provider.
    pub fn of(provider: &dyn AuthProvider) -> Self {
        Self {
            id: provider.identifier().to_owned(),
            identifier: provider.identifier().to_owned(),
            display_name: provider.display_name().to_owned(),
            flow: provider.flow(),
        }
    }
}

impl AuthModule {
    /// Lists the providers of these ids, or all of them, in the order in which they were added. Unknown ids are ignored.
    pub fn list_auth_providers(&self, ids: Option<&[&str]>) -> Vec<AuthProviderInfo> {
        let wanted = self.providers().filter(|provider| ids.is_none_or(|ids| ids.contains(&provider.identifier())));
        wanted.map(AuthProviderInfo::of).collect()
    }
}
