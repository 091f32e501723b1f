//! The configuration: read from flags, variables and a file, checked, and returned as typed values.
//!
//! - [`settings`]: THE table. One entry is a field, a key of the file, a variable, a flag and a line of the docs
//! - `entries`: each setting, and each key of each table of the file
//! - [`sources`], [`flags`]: where values come from
//! - `values`, `variables`, `file`: precedence; unknown names are refused with the nearest known one
//! - `clean`: what is removed or refused in every value
//! - `kinds`: how a value is parsed; [`secret`], `secret_file`: the secret that signs tokens
//! - `value_file`: a file that contains only a secret
//! - [`provenance`]: `config show`; [`mod@markdown`]: `docs/configuration.md`
//! - [`error`]: a line for every error, with the location and the remedy
//!
//! Not here: printing, exit codes, and anything that opens a database or a socket. Reading a configuration writes
//! nothing; only [`Configuration::jwt_secret`] may create a file, for the embedded default database.

mod clean;
mod entries;
mod file;
mod kinds;
mod load;
mod nearest;
mod secret_file;
mod value_file;
mod values;
mod variables;

pub mod error;
pub mod flags;
pub mod markdown;
pub mod provenance;
pub mod secret;
pub mod settings;
pub mod sources;

#[cfg(test)]
mod tests;

pub use error::{ConfigurationError, SetBy, TrimmedSecret, UnknownVariable};
pub use flags::Flags;
pub use kinds::{DatabaseUrl, Hidden, LogFormat, MailServer, PasswordRule, PublicUrl, RequiredVerification};
pub use load::Configuration;
pub use markdown::markdown;
pub use provenance::{EffectiveValue, Provenance};
pub use secret::{StrongSecret, WeakSecret};
pub use settings::{
    AuditSettings, AuthSettings, BrandSettings, CompatSettings, DatabaseSettings, EventSettings, GitHubSettings,
    GoogleSettings, HashingSettings, InviteSettings, LimitSettings, LogSettings, MailSettings, MethodSettings,
    OidcSettings, RoleSettings, SETTINGS, ServerSettings, Setting, SignUpSettings, SmtpSettings, TABLES, Table, Unset,
    WebhookSettings,
};
pub use sources::Sources;
