//! Secret keys, by which programs sign in, keys of directories, and publishable keys, which grant nothing.

use serde::{Serialize, Serializer};
use vestibule_core::Value;

/// The kind of a key. Serialized as `secret`, `scim` or `publishable`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ApiKeyKind {
    /// A program signs in with it. Only its hash is stored.
    #[default]
    Secret,
    /// A directory creates and changes users with it, by SCIM, and does nothing else. Only its hash is stored.
    Scim,
    /// It names a shop to Medusa's clients, is printed in web pages, and grants nothing here.
    Publishable,
}

impl ApiKeyKind {
    /// Whether a program signs in with it, so that its token is never shown again.
    pub const fn is_secret(self) -> bool {
        !matches!(self, Self::Publishable)
    }

    /// As it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Scim => "scim",
            Self::Publishable => "publishable",
        }
    }

    /// Finds the kind of this name.
    pub fn find(name: &str) -> Option<Self> {
        [Self::Secret, Self::Scim, Self::Publishable].into_iter().find(|kind| kind.as_str() == name)
    }

    /// Parses a stored name. An unknown kind grants nothing.
    #[expect(clippy::needless_pass_by_value, reason = "a row's field is read by value")]
    pub(super) fn read(name: String) -> Self {
        Self::find(&name).unwrap_or(Self::Publishable)
    }

    /// The prefix of every token of this kind.
    pub(super) const fn prefix(self) -> &'static str {
        match self {
            Self::Secret => "sk_",
            Self::Scim => "scim_",
            Self::Publishable => "pk_",
        }
    }
}

impl From<ApiKeyKind> for Value {
    fn from(kind: ApiKeyKind) -> Self {
        kind.as_str().into()
    }
}

/// The sales channels of a key: none, since Vestibule has no shops. Serialized as an empty list, as Medusa's clients
/// expect it of every key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NoSalesChannels;

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for NoSalesChannels {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ArrayBuilder::new()
            .items(<String as utoipa::PartialSchema>::schema())
            .max_items(Some(0))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for NoSalesChannels {}

impl Serialize for NoSalesChannels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(std::iter::empty::<()>())
    }
}
